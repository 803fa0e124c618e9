import Foundation

/// What a program that has ended left behind.
struct Ended {
  /// The exit status; less than 0: the signal that ended it.
  var status: Int32
  var output: [UInt8]
  var errors: String

  var text: String { String(decoding: output, as: UTF8.self) }

  var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

/// A program that was started, with its output in files, so that nobody has to drain a pipe.
final class Program: Sendable {
  /// Whatever takes longer hangs, and is killed.
  static let patience = 60.0

  private let process = Process()
  private let ended: AsyncStream<Never>
  private let outputPath: String
  private let errorsPath: String

  /// Starts it with `input`, if any, to read on standard input.
  init(
    _ path: String,
    _ arguments: [String],
    input: [UInt8] = [],
    environment: [String: String] = [:],
    in directory: TestDirectory
  ) throws {
    let name = directory.path + "/" + UUID().uuidString
    outputPath = name + ".out"
    errorsPath = name + ".err"
    for (path, bytes) in [(outputPath, []), (errorsPath, []), (name + ".in", input)] {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.standardInput = FileHandle(forReadingAtPath: name + ".in")
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorsPath)
    let (ended, end) = AsyncStream.makeStream(of: Never.self)
    self.ended = ended
    process.terminationHandler = { _ in end.finish() }
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var id: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// What it has printed until now.
  var output: [UInt8] { FileManager.default.contents(atPath: outputPath).map(Array.init) ?? [] }

  var errors: String {
    String(decoding: FileManager.default.contents(atPath: errorsPath) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Waits for its end; a program that hangs is killed, and its status says so.
  func end() async -> Ended {
    let id = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: watchdog)
    for await _ in ended {}
    watchdog.cancel()
    let status = process.terminationStatus
    return Ended(
      status: process.terminationReason == .uncaughtSignal ? -status : status,
      output: output,
      errors: errors
    )
  }
}

extension Program {
  /// The binary under test, which stands beside the tests.
  static let shopledger =
    Bundle.main.executableURL?.deletingLastPathComponent().appendingPathComponent("shopledger").path
    ?? "shopledger"

  /// Runs a program to its end.
  static func run(
    _ path: String,
    _ arguments: [String],
    input: [UInt8] = [],
    environment: [String: String] = [:],
    in directory: TestDirectory
  ) async throws -> Ended {
    let program = try Program(
      path,
      arguments,
      input: input,
      environment: environment,
      in: directory
    )
    return await program.end()
  }

  /// Runs a Python script, for what a client does that neither curl nor the command line can.
  static func python(
    _ script: String,
    _ arguments: [String],
    input: [UInt8] = [],
    in directory: TestDirectory
  ) throws -> Program {
    try Program("/usr/bin/env", ["python3", "-c", script] + arguments, input: input, in: directory)
  }
}

/// Waits until something holds, for as long as the machine may be busy.
///
/// - Returns: whether it came to hold.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(Program.patience)
  while clock.now < end {
    if try await holds() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}
