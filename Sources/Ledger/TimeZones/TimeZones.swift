internal import Glibc
package import Marketplace
internal import Synchronization

/// A time zone that an event needs and the system has no more.
package struct UnknownTimeZone: Error, Hashable, Sendable, CustomStringConvertible {
  package var name: String
  package var directory: String

  package var description: String {
    "\(directory) has no time zone \(name); install the tzdata that the ledger was started with"
  }
}

/// The system's time zones: which names there are, and which day it is where.
///
/// A zone's file is read at its first use and kept, with the interval around the last instant asked
/// for, so that the usual call compares two numbers. A new tzdata counts from the next start.
package final class TimeZones: Sendable {
  /// Of the tzdata, such as `2025b`; `unknown` when it does not say.
  package let version: String
  private let directory: String
  private let cache = Mutex(Cache())

  private struct Cache {
    var zones: [String: Int] = [:]
    var intervals: [ZoneInterval] = []
    var files: [TimeZoneFile] = []
    /// Most calls ask for the zone of the call before.
    var lastName: String?
    var lastZone = 0
  }

  package init(directory: String = "/usr/share/zoneinfo") {
    self.directory = directory
    version = Self.version(in: directory)
  }

  /// Whether the tzdata has a zone, or a link, of exactly this name.
  package func knows(_ name: String) -> Bool {
    cache.withLock { cache in zone(name, &cache) != nil }
  }

  /// The local day of an instant.
  package func day(of instant: Microseconds, in name: String) throws(UnknownTimeZone) -> Day {
    let second = Self.floorDivide(instant, 1_000_000)
    let local = second + Int64(try offset(at: second, in: name))
    return Day(truncatingIfNeeded: Self.floorDivide(local, 86_400))
  }

  /// Seconds east of UTC at a time in seconds since 1970.
  func offset(at second: Int64, in name: String) throws(UnknownTimeZone) -> Int32 {
    let offset: Int32? = cache.withLock { cache in
      guard let zone = zone(name, &cache) else { return nil }
      if !cache.intervals[zone].range.contains(second) {
        cache.intervals[zone] = cache.files[zone].interval(at: second)
      }
      return cache.intervals[zone].offset
    }
    guard let offset else { throw UnknownTimeZone(name: name, directory: directory) }
    return offset
  }

  private func zone(_ name: String, _ cache: inout Cache) -> Int? {
    if name == cache.lastName { return cache.lastZone }
    guard let zone = cache.zones[name] ?? load(name, &cache) else { return nil }
    cache.lastName = name
    cache.lastZone = zone
    return zone
  }

  private func load(_ name: String, _ cache: inout Cache) -> Int? {
    guard Self.isZoneName(name), let bytes = Self.read("\(directory)/\(name)"),
      let file = TimeZoneFile(bytes)
    else { return nil }
    let zone = cache.files.count
    cache.files.append(file)
    cache.intervals.append(file.interval(at: 0))
    cache.zones[name] = zone
    return zone
  }

  /// Keeps the look-up within the directory, and off what stands there beside the zones.
  ///
  /// Every zone's name starts with a capital; `posix/`, `right/`, `posixrules`, `localtime` and the
  /// tables do not.
  private static func isZoneName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
    else { return false }
    return name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
          UInt8(ascii: "-"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
      && !name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .contains(where: \.isEmpty)
  }

  private static func version(in directory: String) -> String {
    let start = read("\(directory)/tzdata.zi", limit: 64) ?? []
    let line = String(decoding: start.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let mark = "# version "
    return line.hasPrefix(mark) ? String(line.dropFirst(mark.count)) : "unknown"
  }

  /// A file's first bytes; nil when there is none to read.
  private static func read(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = fread(buffer.baseAddress, 1, limit, file)
    }
    return ferror(file) == 0 ? bytes : nil
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
