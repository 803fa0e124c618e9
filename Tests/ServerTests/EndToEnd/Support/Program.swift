import Foundation
import Synchronization

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
///
/// By `posix_spawn`: Foundation's `Process` has been seen to crash when many are started at once.
final class Program: Sendable {
  /// Whatever takes longer hangs, and is killed.
  static let patience = 60.0

  /// A call that could not start it.
  struct StartFailure: Error {
    var words: [String]
    var code: Int32
  }

  let id: pid_t
  private let outputPath: String
  private let errorsPath: String
  /// What `waitpid` said; nil while it runs.
  private let status = Mutex<Int32?>(nil)
  private let ended: AsyncStream<Never>

  /// Starts it with `input`, if any, to read on standard input.
  init(
    _ path: String,
    _ arguments: [String],
    input: [UInt8] = [],
    in directory: TestDirectory
  ) throws {
    let name = directory.path + "/" + UUID().uuidString
    outputPath = name + ".out"
    errorsPath = name + ".err"
    try Data(input).write(to: URL(fileURLWithPath: name + ".in"))
    // `env -C` changes the directory, and becomes the program.
    id = try Self.spawn(
      ["/usr/bin/env", "-C", directory.path, path] + arguments,
      files: [(name + ".in", O_RDONLY), (outputPath, O_WRONLY), (errorsPath, O_WRONLY)]
    )
    let (ended, end) = AsyncStream.makeStream(of: Never.self)
    self.ended = ended
    Thread.detachNewThread { [self] in
      var information = siginfo_t()
      // Its number is taken back only under the lock, so that no signal goes to another's.
      while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
      status.withLock { status in
        var code: Int32 = 0
        waitpid(id, &code, 0)
        status = code
      }
      end.finish()
    }
  }

  /// Starts a program with the descriptors 0, 1 and 2 opened on files.
  private static func spawn(
    _ words: [String],
    files: [(path: String, mode: Int32)]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, file) in files.enumerated() {
      let flags = file.mode | (file.mode == O_WRONLY ? O_CREAT : 0)
      posix_spawn_file_actions_addopen(&actions, Int32(descriptor), file.path, flags, 0o600)
    }
    // The threads of tasks block signals, and a program would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
    )
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, words[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw StartFailure(words: words, code: code) }
    return id
  }

  var isRunning: Bool { status.withLock { $0 == nil } }

  /// What it has printed until now.
  var output: [UInt8] { FileManager.default.contents(atPath: outputPath).map(Array.init) ?? [] }

  var errors: String {
    String(decoding: FileManager.default.contents(atPath: errorsPath) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) {
    status.withLock { status in
      if status == nil { kill(id, signal) }
    }
  }

  /// Waits for its end; a program that hangs is killed, and its status says so.
  func end() async -> Ended {
    let watchdog = DispatchWorkItem { self.send(SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: watchdog)
    for await _ in ended {}
    watchdog.cancel()
    let code = status.withLock { $0 } ?? 0
    let signal = code & 0x7F
    return Ended(
      status: signal == 0 ? code >> 8 & 0xFF : -signal,
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
    in directory: TestDirectory
  ) async throws -> Ended {
    try await Program(path, arguments, input: input, in: directory).end()
  }

  /// Runs a Python script, for what a client does that neither curl nor the command line can.
  static func python(
    _ script: String,
    _ arguments: [String],
    input: [UInt8] = [],
    in directory: TestDirectory
  ) throws -> Program {
    try Program("python3", ["-c", script] + arguments, input: input, in: directory)
  }
}

/// Waits until something holds, for as long as the machine may be busy.
///
/// Looks many times at least: a busy machine may let the time pass without letting anybody look.
///
/// - Returns: whether it came to hold.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(Program.patience)
  var looks = 0
  while clock.now < end || looks < 50 {
    if try await holds() { return true }
    looks += 1
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}
