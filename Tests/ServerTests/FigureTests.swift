import JSON
import Testing

@testable import shopledger

@Suite struct FigureTests {
  @Test(arguments: [
    ("CNY", "1234567", "12,345.67"), ("CNY", "5", "0.05"), ("CNY", "-5", "-0.05"),
    ("CNY", "-123456", "-1,234.56"), ("CNY", "0", "0.00"), ("JPY", "1234567", "1,234,567"),
    ("KRW", "100", "100"), ("KWD", "1234567", "1,234.567"), ("BHD", "1", "0.001"),
    (
      "CNY", "170141183460469231731687303715884105727",
      "1,701,411,834,604,692,317,316,873,037,158,841,057.27"
    ),
    ("CNY", "1234.5", "12.35"), ("JPY", "1234.4", "1,234"), ("CNY", "null", "–"),
  ])
  func `money has its currency's decimals`(currency: String, json: String, expected: String) throws
  {
    #expect(Figure.money(try JSONValue(parsing: json.utf8), currency) == expected)
  }

  @Test(arguments: [
    ("0.123", "12.3%"), ("1", "100.0%"), ("0", "0.0%"), ("0.9999", "100.0%"), ("null", "–"),
  ])
  func `a ratio is a percentage`(json: String, expected: String) throws {
    #expect(Figure.ratio(try JSONValue(parsing: json.utf8)) == expected)
  }

  @Test(arguments: [("2.25", "+2.3"), ("-1", "-1.0"), ("0", "0.0"), ("0.04", "0.0"), ("null", "–")])
  func `a change has a sign`(json: String, expected: String) throws {
    #expect(Figure.change(try JSONValue(parsing: json.utf8)) == expected)
  }

  @Test func `what is absent is a dash`() {
    #expect(Figure.count(nil as JSONValue?) == "–")
    #expect(Figure.ratio(nil) == "–")
    #expect(Figure.text(.null) == "–")
  }

  @Test(arguments: [
    (0.04, "0.0 s"), (8.24, "8.2 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"),
    (3900, "1 h 5 min"), (Double.infinity, "–"), (Double.nan, "–"),
  ])
  func `a duration has two units at most`(seconds: Double, expected: String) {
    #expect(Figure.duration(seconds) == expected)
  }

  @Test(arguments: [
    (0.0, "    "), (1.0, "████"), (0.5, "██  "), (0.6, "██▍ "), (2.0, "████"), (-1.0, "    "),
  ])
  func `a bar has its width whatever it shows`(part: Double, expected: String) {
    #expect(Figure.bar(part, width: 4) == expected)
  }

  private let half = Progress(
    label: "submit",
    unit: .bytes,
    done: 13_500_000,
    total: 27_000_000,
    rate: "140,312 commands/s",
    secondsLeft: 12
  )

  @Test func `progress fits the line, and the bar gives way first`() {
    let figures = "50%  13.5 MB of 27.0 MB  140,312 commands/s  12 s left"
    #expect(half.line(width: 74) == "submit  █████       " + figures)
    #expect(half.line(width: 70) == "submit  " + figures)
    #expect(half.line(width: 20).displayWidth == 20)
    #expect(half.sentence == "submit: 50%, 13.5 MB of 27.0 MB, 140,312 commands/s, 12 s left")
  }

  @Test func `progress without a known end says how much is done`() {
    var progress = half
    progress.total = nil
    progress.secondsLeft = nil
    #expect(progress.line(width: 80) == "submit  13.5 MB  140,312 commands/s")
  }

  @Test func `progress says 100% of what is done only`() {
    let almost = Progress(label: "rebuild", unit: .events, done: 99_999, total: 100_000)
    let done = Progress(label: "rebuild", unit: .events, done: 100_000, total: 100_000)
    #expect(almost.sentence == "rebuild: 99%, 99,999 of 100,000 events")
    #expect(done.sentence == "rebuild: 100%, 100,000 of 100,000 events")
  }
}
