import Glibc

/// Real-time priority: a busy core otherwise adds some milliseconds to every flush, because a
/// thread that wakes from the disk waits for a tick.
enum Scheduling {
  /// Whether this process, and so whatever it starts, runs at real-time priority.
  static var isRealTime: Bool { sched_getscheduler(0) != SCHED_OTHER }

  /// Puts the threads that fold views back to the normal priority.
  ///
  /// They lower their own niceness, so that commands go first, and at real-time priority niceness
  /// does not count: they would take the cores from the writer.
  static func letViewsYield(in process: pid_t) {
    setNormal(in: process) { $0.hasPrefix("view ") }
  }

  /// Leaves real-time priority to the ledger's own threads, of which the writer is one.
  ///
  /// For a load that wants more than the cores have: at real-time priority each thread would keep a
  /// core for a tenth of a second, and latencies would tell of that.
  static func letAllButLedgerYield(in process: pid_t) {
    setNormal(in: process) { !$0.hasPrefix("ledger") }
  }

  /// Runs the body, and whatever threads it starts, at normal priority.
  static func atNormalPriority<Result>(_ body: () throws -> Result) rethrows -> Result {
    var parameters = sched_param()
    sched_getparam(0, &parameters)
    let policy = sched_getscheduler(0)
    var normal = sched_param(sched_priority: 0)
    sched_setscheduler(0, SCHED_OTHER, &normal)
    defer { sched_setscheduler(0, policy, &parameters) }
    return try body()
  }

  private static func setNormal(in process: pid_t, where isMeant: (String) -> Bool) {
    guard isRealTime else { return }
    // Threads name themselves when they begin to run.
    usleep(2000)
    guard let tasks = opendir("/proc/\(process)/task") else { return }
    defer { closedir(tasks) }
    while let entry = readdir(tasks) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let thread = pid_t(name),
        let title = try? text(of: "/proc/\(process)/task/\(name)/comm"), isMeant(title)
      else { continue }
      var parameters = sched_param(sched_priority: 0)
      sched_setscheduler(thread, SCHED_OTHER, &parameters)
    }
  }
}

/// A small file such as those under /proc, without the newline at its end.
func text(of path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw Failure(call: path) }
  defer { close(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 14)
  while case let count = read(file, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
  if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
  return String(decoding: bytes, as: UTF8.self)
}
