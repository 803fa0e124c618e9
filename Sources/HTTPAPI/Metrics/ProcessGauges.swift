internal import Foundation
internal import Glibc
internal import Ledger

/// What the kernel says of this process, under the names that Prometheus's own clients use.
enum ProcessGauges {
  static func gauges() -> [GaugeFamily] {
    var gauges: [GaugeFamily] = []
    func add(_ name: String, _ help: String, _ value: Double?) {
      if let value { gauges.append(GaugeFamily(name, help, value)) }
    }
    let page = Double(sysconf(Int32(_SC_PAGESIZE)))
    let memory = words(of: "/proc/self/statm").compactMap(Double.init)
    add(
      "process_resident_memory_bytes",
      "Memory in use, with the pages of the databases that the kernel keeps for this process.",
      memory.count > 1 ? memory[1] * page : nil
    )
    add(
      "shopledger_anonymous_memory_bytes",
      "Memory in use that is this process's own, and no page of a file.",
      anonymousBytes
    )
    add(
      "process_open_fds",
      "Open file descriptors.",
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
        // The one by which they are listed is gone again.
        .map { Double($0.count - 1) }
    )
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      add("process_max_fds", "How many file descriptors may be open.", Double(limit.rlim_cur))
    }
    return gauges
  }

  /// Counted by the kernel, so it only grows.
  static var processorSeconds: GaugeFamily? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else {
      return nil
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return GaugeFamily(
      "process_cpu_seconds_total",
      "Processor time used.",
      seconds(usage.ru_utime) + seconds(usage.ru_stime)
    )
  }

  private static var anonymousBytes: Double? {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    return kibibytes.map { $0 * 1024 }
  }

  private static func words(of path: String) -> [Substring] {
    // Files of /proc say that they are empty, and are read to their end all the same.
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split { $0 == " " || $0 == "\n" }
  }
}
