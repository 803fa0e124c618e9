import Foundation
import Marketplace
import Testing

@testable import Ledger

/// Days and offsets as Python's `zoneinfo` computes them from the same files.
struct TimeZonesTests {
  private let zones = TimeZones()

  private static let names = [
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Johannesburg",
    "America/Argentina/Buenos_Aires", "America/Asuncion", "America/Caracas", "America/Havana",
    "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Nuuk",
    "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll",
    "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Pyongyang", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo", "Asia/Urumqi",
    "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney",
    "Etc/GMT+12", "Etc/GMT-14", "Europe/Dublin", "Europe/Istanbul", "Europe/London",
    "Europe/Moscow", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
    "UTC",
  ]

  private struct Sample: Hashable {
    var zone: String
    var second: Int64
    var offset: Int32
    var day: Day
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `days and offsets are those of Python's zoneinfo`(seed: UInt64) throws {
    let samples = try Self.samples(seed: seed)
    #expect(samples.count == Self.names.count * 400)
    for expected in samples {
      var found = expected
      found.offset = try zones.offset(at: expected.second, in: expected.zone)
      found.day = try zones.day(of: expected.second * 1_000_000 + 999_999, in: expected.zone)
      try #require(found == expected)
    }
  }

  /// Half of the instants lie within a minute of a change of some year's clocks or of midnight.
  private static func samples(seed: UInt64) throws -> [Sample] {
    let program = """
      import datetime, random, sys, zoneinfo
      utc, epoch = datetime.timezone.utc, datetime.date(1970, 1, 1)
      chance = random.Random(int(sys.argv[1]))
      for name in sys.argv[2:]:
          zone = zoneinfo.ZoneInfo(name)
          at = lambda s: datetime.datetime.fromtimestamp(s, utc).astimezone(zone)
          for i in range(400):
              second = chance.randrange(0, 110 * 31556952)
              if i % 2:
                  low, high = second, second + 200 * 86400
                  while high - low > 1:
                      middle = (low + high) // 2
                      if at(middle).utcoffset() == at(low).utcoffset(): low = middle
                      else: high = middle
                  second = high - chance.randrange(0, 2)
              local = at(second)
              offset = int(local.utcoffset().total_seconds())
              print(name, second, offset, (local.date() - epoch).days)
      """
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", program, String(seed)] + names
    let output = Pipe()
    python.standardOutput = output
    try python.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    return try text.split(separator: "\n").map { line in
      let parts = line.split(separator: " ")
      return Sample(
        zone: String(parts[0]),
        second: try #require(Int64(parts[1])),
        offset: try #require(Int32(parts[2])),
        day: try #require(Day(parts[3]))
      )
    }
  }

  @Test
  func `a day begins at its first microsecond, also before 1970`() throws {
    let midnight: Microseconds = -86_400_000_000
    #expect(try zones.day(of: midnight, in: "UTC") == -1)
    #expect(try zones.day(of: midnight - 1, in: "UTC") == -2)
    #expect(try zones.day(of: midnight - 8 * 3_600_000_000, in: "Asia/Shanghai") == -1)
    #expect(try zones.day(of: midnight - 8 * 3_600_000_000 - 1, in: "Asia/Shanghai") == -2)
  }

  @Test(arguments: [Microseconds.min, .max])
  func `the ends of time have a day in every zone`(instant: Microseconds) throws {
    for name in Self.names {
      let utc = try zones.day(of: instant, in: "UTC")
      #expect(abs(try zones.day(of: instant, in: name) - utc) <= 1)
    }
  }

  @Test
  func `Samoa skipped a day when it crossed the date line`() throws {
    // 2011-12-30T10:00Z: midnight of the 30th in Apia, which became the 31st.
    let skip: Microseconds = 1_325_239_200_000_000
    #expect(Timestamp.dayText(try zones.day(of: skip - 1, in: "Pacific/Apia")) == "2011-12-29")
    #expect(Timestamp.dayText(try zones.day(of: skip, in: "Pacific/Apia")) == "2011-12-31")
  }

  @Test(arguments: ["Asia/Shanghai", "UTC", "Etc/GMT+5", "America/Port-au-Prince", "PRC"])
  func `the names of the tzdata are known, links among them`(name: String) {
    #expect(zones.knows(name))
  }

  @Test(arguments: [
    "", "/", "asia/shanghai", "Asia", "Asia/", "Asia//Shanghai", "/Asia/Shanghai", "Asia/Atlantis",
    "Asia/../Asia/Shanghai", "./UTC", "../zoneinfo/UTC", "posix/Asia/Shanghai",
    "right/Asia/Shanghai", "posixrules", "localtime", "tzdata.zi", "zone.tab", "leapseconds",
    "UTC\0", "UTC ", "Asia/Shanghai/",
  ])
  func `whatever is no zone's name is not known, and has no day`(name: String) {
    #expect(!zones.knows(name))
    #expect(throws: UnknownTimeZone(name: name, directory: "/usr/share/zoneinfo")) {
      try zones.day(of: 0, in: name)
    }
  }

  @Test
  func `the version is that of the tzdata, or unknown`() {
    #expect(zones.version.wholeMatch(of: /20[0-9]{2}[a-z]+/) != nil)
    #expect(TimeZones(directory: "/nowhere").version == "unknown")
  }

  /// Every cut and every changed byte gives a zone or none, and never a trap.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a damaged file is no zone, or one that answers`(seed: UInt64) throws {
    let path = "/usr/share/zoneinfo/Australia/Lord_Howe"
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for count in 0..<whole.count { #expect(TimeZoneFile(Array(whole[..<count])) == nil) }
    var state = seed
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for _ in 0..<500 {
      var bytes = whole
      bytes[random(below: bytes.count)] = UInt8(random(below: 256))
      guard let file = TimeZoneFile(bytes) else { continue }
      for second in [Int64.min / 1_000_000, 0, 4_102_444_800, Int64.max / 1_000_000] {
        #expect(file.interval(at: second).offset.magnitude <= 90_000)
      }
    }
  }

  @Test
  func `a rule may be summer all year`() throws {
    let rule = try #require(TransitionRule("EST5EDT,0/0,J365/25"))
    for second in stride(from: Int64(4_102_444_800), to: 4_134_000_000, by: 86_399) {
      #expect(rule.interval(at: second).offset == -4 * 3600)
    }
  }
}
