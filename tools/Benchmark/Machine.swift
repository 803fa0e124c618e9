import CLMDB
import Glibc

/// What the figures were measured on, and what a flush cost there.
struct Machine {
  var processor: String
  var cores: Int
  var kernel: String
  /// Of the directory that the data was in.
  var fileSystem: String
  var lmdb: String
  /// Of 4 KiB appended to a file and made durable by fdatasync.
  var flush: Latencies

  /// Looks, and flushes `directory`'s disk some hundred times.
  init(directory: String, flushes: Int) throws {
    let processors = try text(of: "/proc/cpuinfo").split(separator: "\n")
    processor =
      processors.first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.drop { $0 == " " } }.map(String.init) ?? "unknown"
    cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    kernel = try text(of: "/proc/sys/kernel/osrelease")
    fileSystem = try Self.fileSystem(of: directory)
    lmdb = String(String(cString: mdb_version(nil, nil, nil)).prefix { $0 != ":" })
    flush = Latencies(try Self.flushTimes(in: directory, count: flushes))
  }

  /// The nanoseconds of each flush behind an append of 4 KiB.
  static func flushTimes(in directory: String, count: Int) throws -> [UInt64] {
    let path = directory + "/flushes"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(call: path) }
    defer {
      close(file)
      unlink(path)
    }
    let page = [UInt8](repeating: 7, count: 4096)
    return try (0..<count).map { _ in
      let start = monotonicNanoseconds()
      guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
        throw Failure(call: path)
      }
      return monotonicNanoseconds() - start
    }
  }

  /// Type, device and mount point, of the longest mount point that the directory is under.
  private static func fileSystem(of directory: String) throws -> String {
    var found = (point: "", text: "unknown")
    for line in try text(of: "/proc/mounts").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2, words[1].count >= found.point.count,
        words[1] == "/" || directory == words[1] || directory.hasPrefix(words[1] + "/")
      else { continue }
      found = (words[1], "\(words[2]), \(words[0]) on \(words[1])")
    }
    return found.text
  }
}
