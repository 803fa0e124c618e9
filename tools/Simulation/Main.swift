import Foundation

/// `Simulation [SEEDS] [STEPS] [--seed N]`: runs seeds one after the other; see tools/simulate.
@main
enum Main {
  static func main() {
    var numbers: [UInt64] = []
    var first: UInt64?
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      guard let number = word == "--seed" ? words.popFirst().flatMap({ UInt64($0) }) : UInt64(word)
      else {
        write("give [SEEDS] [STEPS] [--seed N], each a whole number\n")
        exit(2)
      }
      if word == "--seed" { first = number } else { numbers.append(number) }
    }
    let seeds = numbers.first ?? (first == nil ? 100 : 1)
    let steps = Int(numbers.dropFirst().first ?? 1_000)
    let scratch = scratchDirectory()
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    var failed = 0
    var counts: [String: Int] = [:]
    for seed in (first ?? 1)..<(first ?? 1) + seeds {
      do {
        let simulation = try Simulation(seed: seed, scratch: scratch)
        defer { counts.merge(simulation.counts, uniquingKeysWith: +) }
        try simulation.run(steps: steps)
      } catch {
        failed += 1
        write("seed \(seed): \("\(error)".prefix(600))\n")
        write("  again: tools/simulate 1 \(steps) --seed \(seed)\n")
      }
    }
    for (what, count) in counts.sorted(by: { $0.value > $1.value }) {
      write("\(String(repeating: " ", count: max(0, 10 - "\(count)".count)))\(count) \(what)\n")
    }
    write("\(Int(seeds) - failed) passed, \(failed) failed\n")
    if failed > 0 { exit(1) }
  }

  /// In memory where the system has a place for that: what is tried is no disk's speed.
  private static func scratchDirectory() -> String {
    let memory = "/dev/shm"
    let base =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    return base + "/shopledger-simulation-\(getpid())"
  }

  private static func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
