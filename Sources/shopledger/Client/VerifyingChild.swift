import Foundation
import Glibc
import JSON
import Ledger

/// A process of its own that reads a ledger: a damaged file can end it by a signal, and then this
/// program is still there to say so.
///
/// It tells what it finds on standard output, a JSON object a line: `{"progress":…}`,
/// `{"finding":…}`, and last `{"contents":…}` when it could read to the end.
enum VerifyingChild {
  enum Ending {
    /// It told everything.
    case ended
    /// It could not begin, and has said why.
    case failed(ProgramStatus)
    case crashed(signal: Int32)
  }

  /// Starts it, gives each line that it writes, and waits for its end.
  static func run(
    directory: String,
    config: String?,
    _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let child = Process()
    // Not the path: the file there may be another program's by now.
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    child.arguments = ["verify", "--in-process", "--data", directory]
    if let config { child.arguments? += ["--config", config] }
    let pipe = Pipe()
    child.standardOutput = pipe
    do {
      try child.run()
    } catch {
      throw Failure(.refused, "cannot start a process to read \(directory): \(error)")
    }
    var splitter = LineSplitter()
    while case let piece = pipe.fileHandleForReading.availableData, !piece.isEmpty {
      try splitter.split(piece, take)
    }
    child.waitUntilExit()
    switch (child.terminationReason, child.terminationStatus) {
    case (.uncaughtSignal, let signal): return .crashed(signal: signal)
    case (_, 0): return .ended
    case (_, let status): return .failed(ProgramStatus(rawValue: status) ?? .refused)
    }
  }

  /// The child's part: reads the ledger in this process.
  static func read(_ configuration: LedgerConfiguration) throws {
    let clock = ContinuousClock()
    var lastTold: ContinuousClock.Instant?
    var lastCheck = ""
    // A pipe that nobody reads any more ends this process.
    signal(SIGPIPE, SIG_DFL)
    let verification = Verification(configuration) { check, done, total in
      let now = clock.now
      if check == lastCheck, let lastTold, now - lastTold < .milliseconds(100) { return }
      lastTold = now
      lastCheck = check
      tell("progress") { json in
        json.member("check", check)
        json.member("done", done)
        json.member("total", total)
      }
    } found: { finding in
      tell("finding") { json in
        json.member("check", finding.check)
        if let position = finding.position { json.member("position", position) }
        json.member("detail", finding.detail)
      }
    }
    do {
      guard let contents = try verification.run() else { return }
      tell("contents") { json in
        json.member("rootHash", contents.rootHash)
        json.member("events", contents.events)
        json.member("people", contents.people)
        json.member("texts", contents.texts)
      }
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }

  private static func tell(_ kind: String, _ members: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object { json in json.object(kind, members) }
    try? Terminal.write([json.text])
  }
}
