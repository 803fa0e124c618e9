import Foundation
import Glibc
import Ledger

/// What is looked at wherever the data is.
enum MachineChecks {
  static func findings() -> [Diagnosis] {
    [machine(), memory(), lmdb(), timeZones(), clock()]
  }

  private static func machine() -> Diagnosis {
    var name = utsname()
    uname(&name)
    let release = text(of: &name.release)
    let architecture = text(of: &name.machine)
    let detail =
      "Linux \(release), \(architecture), \(ProcessInfo.processInfo.activeProcessorCount) processors"
    guard MemoryLayout<Int>.size == 8, 1.littleEndian == 1 else {
      return .mend("machine", detail, cure: "use a 64-bit, little-endian machine")
    }
    return .fine("machine", detail)
  }

  private static func text<Field>(of field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static func memory() -> Diagnosis {
    let mebibytes = Int(ProcessInfo.processInfo.physicalMemory >> 20)
    let detail = "\(mebibytes) MiB"
    // Measured: 225 MiB at 16 million events, and the pages of the databases should have room too.
    return mebibytes >= 1_000
      ? .fine("memory", detail)
      : .watch(
        "memory",
        detail,
        cure: "give the machine 1 GiB or more; it needs some 250 MiB itself"
      )
  }

  private static func lmdb() -> Diagnosis {
    let version = Ledger.lmdbVersion
    let detail = "LMDB \(version.major).\(version.minor).\(version.patch)"
    switch (version.major, version.minor, version.patch) {
    case (0, 9, 24...): return .fine("lmdb", detail)
    case (0, ..<9, _), (0, 9, _):
      return .mend("lmdb", detail, cure: "install LMDB 0.9.24 or later (Debian's liblmdb0)")
    default:
      return .watch(
        "lmdb",
        detail,
        cure: "use LMDB 0.9: other lines were not tried with this program"
      )
    }
  }

  private static func timeZones() -> Diagnosis {
    let zones = Ledger.timeZones
    guard zones.isUsable else {
      return .mend(
        "tzdata",
        "there are no time zones in /usr/share/zoneinfo",
        cure: "install tzdata; without it no shop can be opened"
      )
    }
    guard zones.version != "unknown" else {
      return .watch(
        "tzdata",
        "of an unknown version",
        cure: "install the distribution's tzdata, whose tzdata.zi says it"
      )
    }
    return .fine("tzdata", zones.version)
  }

  private static func clock() -> Diagnosis {
    // Before this program was written.
    guard time(nil) > 1_760_000_000 else {
      return .mend("clock", "it stands years back", cure: "set it; recordedAt is what it says")
    }
    let keepers = [
      "/run/systemd/timesync/synchronized": "systemd-timesyncd",
      "/run/chrony/chronyd.pid": "chrony",
      "/run/ntpd.pid": "ntpd",
    ]
    let keeper = keepers.first { FileManager.default.fileExists(atPath: $0.key) }?.value
    guard let keeper else {
      return .watch(
        "clock",
        "no daemon that is known here keeps it in step",
        cure:
          "run chrony or systemd-timesyncd, unless the host does it: commands that seem to come "
          + "from the future are refused"
      )
    }
    return .fine("clock", "kept in step by \(keeper)")
  }
}
