extension ClaimedTime {
  /// What a text lacks to be a time; continues a sentence that starts with the field's name.
  package struct ParseError: Error, Hashable, Sendable {
    package var detail: String
  }

  /// Reads RFC 3339, such as `2017-03-10T08:00:00.25+08:00`.
  ///
  /// The offset is required, `T` and `Z` may be small. Of the fraction's 1 to 9 digits those beyond
  /// microseconds are cut off. Leap seconds are refused, for no later reader could place them.
  package init(parsing text: String) throws(ParseError) {
    try self.init(parsing: ArraySlice(text.utf8))
  }

  /// The same from bytes of UTF-8.
  init(parsing text: ArraySlice<UInt8>) throws(ParseError) {
    var digits = TimeDigits(text)
    let day = try digits.day()
    guard digits.take(UInt8(ascii: "t")) else { throw digits.shape }
    let microseconds = try digits.timeOfDay()
    let offset = try digits.offsetMinutes()
    guard digits.isAtEnd else { throw digits.shape }
    offsetMinutes = offset
    instant = Int64(day) * 86_400_000_000 + microseconds - Int64(offset) * 60_000_000
  }
}

/// The characters of a time, taken from the left.
private struct TimeDigits {
  private let bytes: ArraySlice<UInt8>
  private var offset: Int

  init(_ text: ArraySlice<UInt8>) {
    bytes = text
    offset = text.startIndex
  }

  var isAtEnd: Bool { offset == bytes.endIndex }

  var shape: ClaimedTime.ParseError {
    ClaimedTime.ParseError(
      detail: "is no RFC 3339 time; give one such as 2017-03-10T08:00:00+08:00"
    )
  }

  mutating func day() throws(ClaimedTime.ParseError) -> Day {
    let year = try number(4)
    guard take(UInt8(ascii: "-")) else { throw shape }
    let month = try number(2)
    guard take(UInt8(ascii: "-")) else { throw shape }
    let dayOfMonth = try number(2)
    guard year > 0, let day = Timestamp.day(year: year, month: month, day: dayOfMonth) else {
      throw ClaimedTime.ParseError(detail: "names a day that no calendar has; give a real one")
    }
    return day
  }

  /// Microseconds since midnight.
  mutating func timeOfDay() throws(ClaimedTime.ParseError) -> Int64 {
    let hour = try number(2)
    guard take(UInt8(ascii: ":")) else { throw shape }
    let minute = try number(2)
    guard take(UInt8(ascii: ":")) else { throw shape }
    let second = try number(2)
    guard second != 60 else {
      throw ClaimedTime.ParseError(detail: "is a leap second; give the second before or after")
    }
    guard hour < 24, minute < 60, second < 60 else {
      throw ClaimedTime.ParseError(detail: "goes beyond 23:59:59; give a real time of day")
    }
    return (Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)) * 1_000_000
      + (try fraction())
  }

  private mutating func fraction() throws(ClaimedTime.ParseError) -> Int64 {
    guard take(UInt8(ascii: ".")) else { return 0 }
    var microseconds: Int64 = 0
    var count = 0
    while let digit = digit() {
      if count < 6 { microseconds = microseconds * 10 + Int64(digit) }
      count += 1
    }
    guard (1...9).contains(count) else {
      throw ClaimedTime.ParseError(detail: "has a fraction of \(count) digits; give 1 to 9")
    }
    for _ in count..<max(count, 6) { microseconds *= 10 }
    return microseconds
  }

  mutating func offsetMinutes() throws(ClaimedTime.ParseError) -> Int32 {
    if take(UInt8(ascii: "z")) { return 0 }
    let isEast = take(UInt8(ascii: "+"))
    guard isEast || take(UInt8(ascii: "-")) else {
      throw isAtEnd
        ? ClaimedTime.ParseError(detail: "has no offset from UTC; end it with Z or such as +08:00")
        : shape
    }
    let hours = try number(2)
    guard take(UInt8(ascii: ":")) else { throw shape }
    let minutes = try number(2)
    guard hours < 24, minutes < 60 else {
      throw ClaimedTime.ParseError(detail: "has an offset beyond 23:59; give the real one")
    }
    return (isEast ? 1 : -1) * (hours * 60 + minutes)
  }

  /// Whether the character stands next, or its capital.
  mutating func take(_ character: UInt8) -> Bool {
    guard !isAtEnd,
      bytes[offset] == character
        || (character >= UInt8(ascii: "a") && bytes[offset] | 0x20 == character)
    else { return false }
    offset += 1
    return true
  }

  private mutating func number(_ count: Int) throws(ClaimedTime.ParseError) -> Int32 {
    var number: Int32 = 0
    for _ in 0..<count {
      guard let digit = digit() else { throw shape }
      number = number * 10 + Int32(digit)
    }
    return number
  }

  private mutating func digit() -> UInt8? {
    guard !isAtEnd, bytes[offset] &- UInt8(ascii: "0") < 10 else { return nil }
    offset += 1
    return bytes[offset - 1] - UInt8(ascii: "0")
  }
}
