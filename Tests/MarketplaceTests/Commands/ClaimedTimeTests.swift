import Testing

@testable import Marketplace

struct ClaimedTimeTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0),
      ("1970-01-01t00:00:00z", 0, 0),
      ("2017-03-10T08:00:00+08:00", 1_489_104_000_000_000, 480),
      ("2017-03-09T14:30:00-09:30", 1_489_104_000_000_000, -570),
      ("2017-03-10T00:00:00-00:00", 1_489_104_000_000_000, 0),
      ("1969-12-31T23:59:59.999999Z", -1, 0),
      ("1970-01-01T00:00:00.1Z", 100_000, 0),
      ("1970-01-01T00:00:00.0000019Z", 1, 0),
      ("1970-01-01T00:00:00.123456789Z", 123_456, 0),
      ("2000-02-29T23:59:59+23:59", 951_782_459_000_000, 1439),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, 0),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, 0),
    ] as [(String, Int64, Int32)]
  )
  func `a time is read as its instant and offset`(
    text: String,
    instant: Int64,
    offset: Int32
  )
    throws
  {
    #expect(
      try ClaimedTime(parsing: text) == ClaimedTime(instant: instant, offsetMinutes: offset)
    )
  }

  private static let shape = "is no RFC 3339 time; give one such as 2017-03-10T08:00:00+08:00"
  private static let noDay = "names a day that no calendar has; give a real one"
  private static let noTime = "goes beyond 23:59:59; give a real time of day"
  private static let noOffset = "has no offset from UTC; end it with Z or such as +08:00"

  @Test(arguments: [
    ("", shape), ("2017-03-10", shape), ("2017-03-10 08:00:00Z", shape),
    ("17-03-10T08:00:00Z", shape), ("2017-3-10T08:00:00Z", shape), ("20170310T080000Z", shape),
    ("2017-03-10T08:00Z", shape), ("2017-03-10T08:00:00Z ", shape),
    (" 2017-03-10T08:00:00Z", shape), ("2017-03-10T08:00:00ZZ", shape),
    ("2017-03-10T08:00:00+08", shape), ("2017-03-10T08:00:00+0800", shape),
    ("2017-03-10T08:00:00+8:00", shape), ("2017-03-10T08:00:00,5Z", shape),
    ("2017-03-10T08:00:00 +08:00", shape), ("2017-03-10T08:00:0aZ", shape),
    ("+2017-03-10T08:00:00Z", shape), ("2017-03-10T08:00:00é", shape),
    ("2017-02-29T08:00:00Z", noDay), ("1900-02-29T08:00:00Z", noDay),
    ("2017-04-31T08:00:00Z", noDay), ("2017-00-10T08:00:00Z", noDay),
    ("2017-13-10T08:00:00Z", noDay), ("2017-03-00T08:00:00Z", noDay),
    ("0000-03-10T08:00:00Z", noDay),
    ("2017-03-10T24:00:00Z", noTime), ("2017-03-10T08:60:00Z", noTime),
    ("2017-03-10T08:00:61Z", noTime),
    ("2016-12-31T23:59:60Z", "is a leap second; give the second before or after"),
    ("2017-03-10T08:00:00", noOffset), ("2017-03-10T08:00:00.5", noOffset),
    ("2017-03-10T08:00:00+24:00", "has an offset beyond 23:59; give the real one"),
    ("2017-03-10T08:00:00+08:60", "has an offset beyond 23:59; give the real one"),
    ("2017-03-10T08:00:00.Z", "has a fraction of 0 digits; give 1 to 9"),
    ("2017-03-10T08:00:00.0123456789Z", "has a fraction of 10 digits; give 1 to 9"),
  ])
  func `what is no time is refused with the cure`(text: String, detail: String) {
    #expect(throws: ClaimedTime.ParseError(detail: detail)) { try ClaimedTime(parsing: text) }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `what Timestamp writes is read back`(seed: UInt64) throws {
    var state = seed
    for _ in 0..<2_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let instant = Int64(state >> 8) % 250_000_000_000_000_000
      let offset = Int32(state % 2_879) - 1_439
      let text = Timestamp.text(instant, offsetMinutes: offset)
      let time = ClaimedTime(instant: instant, offsetMinutes: offset)
      #expect(try ClaimedTime(parsing: text) == time)
    }
  }
}
