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

  /// What is to be read.
  struct Task {
    /// A data directory, or that of an export when `isExport` says so.
    var directory: String
    var isExport = false
    var isDeep = false
    var config: String?
    /// A file with a checkpoint that was kept elsewhere, and the key that signed it.
    var checkpoint: String?
    var key: String?

    var arguments: [String] {
      var arguments = ["verify", "--in-process", isExport ? "--tiles" : "--data", directory]
      if isDeep { arguments.append("--deep") }
      for (name, value) in [("config", config), ("checkpoint", checkpoint), ("key", key)] {
        if let value { arguments += ["--" + name, value] }
      }
      return arguments
    }
  }

  /// Starts it, gives each line that it writes, and waits for its end.
  static func run(
    _ task: Task,
    _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let child = Process()
    // Not the path: the file there may be another program's by now.
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    child.arguments = task.arguments
    let pipe = Pipe()
    child.standardOutput = pipe
    do {
      try child.run()
    } catch {
      throw Failure(.refused, "cannot start a process to read \(task.directory): \(error)")
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

  /// The child's part: reads in this process.
  static func read(_ task: Task, _ configuration: LedgerConfiguration) async throws {
    let clock = ContinuousClock()
    var lastTold: ContinuousClock.Instant?
    var lastCheck = ""
    // A pipe that nobody reads any more ends this process.
    signal(SIGPIPE, SIG_DFL)
    func progress(_ check: String, _ done: UInt64, _ total: UInt64) {
      let now = clock.now
      if check == lastCheck, let lastTold, now - lastTold < .milliseconds(100) { return }
      lastTold = now
      lastCheck = check
      tell("progress") { json in
        json.member("check", check)
        json.member("done", done)
        json.member("total", total)
      }
    }
    func found(_ finding: Finding) {
      tell("finding") { json in
        json.member("check", finding.check)
        if let position = finding.position { json.member("position", position) }
        json.member("detail", finding.detail)
      }
    }
    let (checkpoint, key) = try await outside(task)
    do {
      let contents =
        task.isExport
        ? TileVerification(
          TileDirectory(task.directory),
          signedBy: key,
          continuing: checkpoint,
          progress: progress,
          found: found
        ).run()
        : try Verification(
          configuration,
          continuing: checkpoint,
          isDeep: task.isDeep,
          progress: progress,
          found: found
        ).run()
      if let contents { tell(contents) }
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }

  /// The checkpoint that was kept elsewhere, when one is given.
  private static func outside(_ task: Task) async throws -> (SignedCheckpoint?, VerifierKey?) {
    do {
      let key = try task.key.map { (key) throws(AuditError) in try VerifierKey(parsing: key) }
      guard let path = task.checkpoint else { return (nil, key) }
      let bytes = try await InputFile(path).contents(limit: 1 << 20)
      return (try SignedCheckpoint(parsing: bytes, signedBy: key), key)
    } catch let error as AuditError {
      throw Failure(.refused, error.description)
    }
  }

  private static func tell(_ contents: LedgerContents) {
    tell("contents") { json in
      json.member("rootHash", contents.rootHash)
      json.member("events", contents.events)
      if let people = contents.people { json.member("people", people) }
      if let texts = contents.texts { json.member("texts", texts) }
      if !contents.continued.isEmpty {
        json.member("continues", contents.continued.joined(separator: "; "))
      }
    }
  }

  private static func tell(_ kind: String, _ members: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object { json in json.object(kind, members) }
    try? Terminal.write([json.text])
  }
}
