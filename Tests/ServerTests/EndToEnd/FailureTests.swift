import Foundation
import JSON
import Testing

@testable import shopledger

/// The real program, killed at random moments and out of room, while several clients send.
@Suite struct FailureTests {
  private static func sample(
    _ count: Int,
    seed: UInt64,
    in directory: TestDirectory
  ) async throws -> [String] {
    let sample = try await Program.run(
      Program.shopledger,
      ["generate", "--seed", String(seed), "--commands", String(count)],
      in: directory
    )
    return sample.text.split(separator: "\n").map(String.init)
  }

  /// Every answer that was ever read, by the command's id; the word that it is repeated is left out.
  private struct Answers {
    var byID: [String: JSONValue] = [:]
    var changed: [String] = []

    mutating func add(_ receipts: some Sequence<JSONValue>) {
      for receipt in receipts {
        guard let id = receipt["id"]?.string, receipt["outcome"]?.string != "unavailable" else {
          continue
        }
        let answer = receipt.sorted(without: ["repeated"])
        if let first = byID[id], first != answer { changed.append("\(first), then \(answer)") }
        byID[id] = byID[id] ?? answer
      }
    }

    var positions: [Int64] {
      byID.values.flatMap { answer -> [Int64] in
        guard let first = answer["positions"]?[0]?.integer,
          let last = answer["positions"]?[1]?.integer
        else { return [] }
        return Array(first...last)
      }.sorted()
    }
  }

  /// Sends all again: everything has its first answer, and the log and the views are whole.
  private func expectWhole(
    _ server: Server,
    _ answers: inout Answers,
    _ commands: [String]
  ) async throws {
    answers.add(try await server.submit(commands.joined(separator: "\n")).dropLast())
    let again = try await server.submit(commands.joined(separator: "\n"))
    #expect(again.last?["summary"]?["repeated"]?.integer == Int64(commands.count))
    answers.add(again.dropLast())
    #expect(answers.changed.isEmpty, "\(answers.changed.prefix(3))")
    let head = try await server.position()
    #expect(answers.positions == Array(1...head))
    let rebuild = try await server.cli(["rebuild", "--all"])
    #expect(rebuild.status == 0, "\(rebuild.text) \(rebuild.errors)")
    #expect(rebuild.lines.count { $0.hasSuffix("no difference") } == 5)
  }

  private func expectVerified(_ directory: TestDirectory) async throws {
    let verified = try await Program.run(
      Program.shopledger,
      ["verify", "--data", directory.path + "/data"],
      in: directory
    )
    #expect(verified.status == 0, "\(verified.text) \(verified.errors)")
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `whenever it is killed, every receipt that was read stands`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    let commands = try await Self.sample(12_000, seed: seed, in: directory)
    var random = SplitMix64(seed: seed)
    var answers = Answers()
    for _ in 0..<4 {
      let server = try await Server(in: directory)
      // Two senders of the same commands, of which either may be the first.
      let clients = try [commands, Array(commands.dropFirst(random.below(3_000)))].map {
        try Program.python(
          Clients.endless,
          [server.socket],
          input: Array(($0.joined(separator: "\n") + "\n").utf8),
          in: directory
        )
      }
      try await Task.sleep(for: .milliseconds(100 + random.below(900)))
      #expect(await server.stop(SIGKILL) == -SIGKILL)
      for client in clients {
        let lines = await client.end().output.split(separator: UInt8(ascii: "\n"))
        answers.add(lines.compactMap { try? JSONValue(parsing: $0) })
      }
    }
    #expect(answers.changed.isEmpty, "seed \(seed): \(answers.changed.prefix(3))")
    let server = try await Server(in: directory)
    try await expectWhole(server, &answers, commands)
    #expect(await server.stop() == 0)
    try await expectVerified(directory)
  }

  /// A limit on the size of files stands in for a full disk: LMDB meets it as a short write too.
  @Test func `out of room nothing is lost or half done, and with room it goes on`() async throws {
    let directory = try TestDirectory()
    let commands = try await Self.sample(8_000, seed: 3, in: directory)
    let server = try await Server(in: directory, under: ["prlimit", "--fsize=1500000:"])
    var answers = Answers()
    async let other = server.submit(commands.dropFirst(1_000).joined(separator: "\n"))
    let first = try await server.submit(commands.joined(separator: "\n"))
    answers.add(first.dropLast())
    answers.add(try await other.dropLast())
    #expect((first.last?["summary"]?["unavailable"]?.integer ?? 0) > 0)
    #expect(answers.positions == Array(1...(try await server.position())))

    let pid = String(server.program.id)
    _ = try await Program.run(
      "/usr/bin/env",
      ["prlimit", "--pid", pid, "--fsize=unlimited:"],
      in: directory
    )
    try await expectWhole(server, &answers, commands)
    #expect(await server.stop() == 0)
    try await expectVerified(directory)
  }
}
