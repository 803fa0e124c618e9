import Glibc

/// A program started by the benchmark.
final class Child {
  let id: pid_t
  /// The ends of its standard input and output that are ours; −1 where it has none.
  private let input: Int32
  let output: Int32
  private let name: String
  private let errors: String
  private var received: [UInt8] = []
  /// What it ended with; nil while it runs.
  private var status: Int32?

  /// Starts a program with an almost empty environment, so that no setting of the caller's counts.
  ///
  /// `words` are the path of the program and its arguments; `errors` is the file that its standard
  /// error goes to. One that `talks` reads orders from its standard input and answers each.
  init(_ words: [String], errors: String, talks: Bool = false) throws {
    var orders: [Int32] = [-1, -1]
    var answers: [Int32] = [-1, -1]
    if talks {
      guard pipe(&orders) == 0, pipe(&answers) == 0 else { throw Failure(call: "pipe") }
      // Or another program would hold them open.
      for end in orders + answers { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    defer {
      if talks {
        close(orders[0])
        close(answers[1])
      }
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if talks {
      posix_spawn_file_actions_adddup2(&actions, orders[0], 0)
      posix_spawn_file_actions_adddup2(&actions, answers[1], 1)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    }
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
    // The threads of tasks block signals, and a program would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments = words.map { strdup($0) } + [nil]
    var environment = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for text in arguments + environment { free(text) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, words[0], &actions, &attributes, &arguments, &environment)
    guard code == 0 else {
      throw Failure("cannot start \(words[0]): \(String(cString: strerror(code)))")
    }
    self.id = id
    name = words.prefix(2).joined(separator: " ")
    self.errors = errors
    input = orders[1]
    output = answers[0]
  }

  deinit {
    end(by: SIGKILL)
    if input >= 0 { close(input) }
    if output >= 0 { close(output) }
  }

  /// Sends one line and returns the line that answers it.
  func ask(_ order: String) throws -> String {
    let line = Array((order + "\n").utf8)
    guard write(input, line, line.count) == line.count else { throw Failure(call: order) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeSubrange(...end) }
        return String(decoding: received[..<end], as: UTF8.self)
      }
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { throw failure("ended instead of answering \"\(order)\"") }
      received += buffer[..<count]
    }
  }

  /// That it did not do what it was started for, with what it said of it.
  func failure(_ what: String) -> Failure {
    let said = (try? text(of: errors)) ?? ""
    return Failure("\(name) \(what)\(said.isEmpty ? "" : ":\n" + said)")
  }

  var isRunning: Bool {
    if status == nil { reap(WNOHANG) }
    return status == nil
  }

  /// Waits until it ends by itself; 0 when it succeeded.
  func wait() -> Int32 {
    while status == nil { reap(0) }
    return status ?? 0
  }

  /// Ends it by a signal, and waits until it is gone.
  func end(by signal: Int32) {
    guard status == nil else { return }
    kill(id, signal)
    _ = wait()
  }

  private func reap(_ options: Int32) {
    var code: Int32 = 0
    if waitpid(id, &code, options) == id { status = code }
  }
}
