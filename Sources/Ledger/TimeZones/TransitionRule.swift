internal import Marketplace

/// The footer of a zone's file: the rule for all years after its last transition.
///
/// Source: POSIX.1-2024, "TZ", such as `EST5EDT,M3.2.0,M11.1.0`, with RFC 9636's hours from -167
/// to 167. West is positive there; here, as everywhere else, east is.
struct TransitionRule {
  private let standardOffset: Int32
  /// The other offset and when it starts and ends each year; nil where the clock stays.
  private let summer: (offset: Int32, start: YearlyDate, end: YearlyDate)?

  /// Nil when the text is no such rule.
  init?(_ text: String) {
    var reader = Reader(rest: Array(text.utf8)[...])
    guard reader.name(), let west = reader.time(maxHours: 24) else { return nil }
    standardOffset = -west
    guard !reader.rest.isEmpty else {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = standardOffset + 3600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let west = reader.time(maxHours: 24) else { return nil }
      offset = -west
    }
    guard let start = reader.date(), let end = reader.date(), reader.rest.isEmpty else {
      return nil
    }
    summer = (offset, start, end)
  }

  /// The interval with one offset around a time in seconds since 1970.
  func interval(at second: Int64) -> ZoneInterval {
    guard let summer else {
      return ZoneInterval(range: .min..<Int64.max, offset: standardOffset)
    }
    let day = Day(truncatingIfNeeded: second / 86_400)
    let year = Timestamp.civil(day).year
    var changes: [(at: Int64, offset: Int32)] = []
    for year in year - 2...year + 2 {
      changes.append((summer.end.seconds(year) - Int64(summer.offset), standardOffset))
      changes.append((summer.start.seconds(year) - Int64(standardOffset), summer.offset))
    }
    // Where one summer ends as the next begins, it is summer all year.
    changes.sort { left, right in
      left.at == right.at
        ? left.offset != summer.offset && right.offset == summer.offset : left.at < right.at
    }
    guard let after = changes.firstIndex(where: { $0.at > second }), after > 0 else {
      preconditionFailure("the changes of five years surround the middle of them")
    }
    return ZoneInterval(
      range: changes[after - 1].at..<changes[after].at,
      offset: changes[after - 1].offset
    )
  }

  /// A time of a day that comes once a year.
  private struct YearlyDate {
    var day: Kind
    /// Seconds from the day's midnight; may be on another day.
    var time: Int32

    enum Kind {
      /// 1 to 365; 29 February is not counted.
      case julian(Int32)
      /// 0 to 365.
      case dayOfYear(Int32)
      /// The week is 1 to 5, the last; the day 0, Sunday, to 6.
      case weekday(month: Int32, week: Int32, day: Int32)
    }

    /// Local seconds since 1970, as the clock before the change shows them.
    func seconds(_ year: Int32) -> Int64 {
      Int64(date(year)) * 86_400 + Int64(time)
    }

    private func date(_ year: Int32) -> Day {
      switch day {
      case .julian(let ordinal):
        let isLeap = first(of: 3, year) - first(of: 1, year) == 60
        return first(of: 1, year) + ordinal - (isLeap && ordinal >= 60 ? 0 : 1)
      case .dayOfYear(let ordinal):
        return first(of: 1, year) + ordinal
      case .weekday(let month, let week, let weekday):
        let first = first(of: month, year)
        // 1970-01-01 was a Thursday.
        let firstWeekday = ((first + 4) % 7 + 7) % 7
        var found = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
        let next = month == 12 ? self.first(of: 1, year + 1) : self.first(of: month + 1, year)
        while found >= next { found -= 7 }
        return found
      }
    }

    private func first(of month: Int32, _ year: Int32) -> Day {
      guard let day = Timestamp.day(year: year, month: month, day: 1) else {
        preconditionFailure("every month has a first day")
      }
      return day
    }
  }

  /// Takes the parts of a rule from the left.
  private struct Reader {
    var rest: ArraySlice<UInt8>

    /// Skips a zone's abbreviation: three letters or more, or anything in `<>`.
    mutating func name() -> Bool {
      let start = rest.startIndex
      if take("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      rest = rest.drop { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
      return rest.startIndex - start >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(maxHours: Int32) -> Int32? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard let hours = number(0...maxHours) else { return nil }
      var seconds = hours * 3600
      if take(":") {
        guard let minutes = number(0...59) else { return nil }
        seconds += minutes * 60
        if take(":") {
          guard let rest = number(0...59) else { return nil }
          seconds += rest
        }
      }
      return isNegative ? -seconds : seconds
    }

    /// `,Mm.w.d`, `,Jn` or `,n`, with `/time` behind it; 02:00 without.
    mutating func date() -> YearlyDate? {
      guard take(","), let day = kind() else { return nil }
      guard take("/") else { return YearlyDate(day: day, time: 7200) }
      guard let time = time(maxHours: 167) else { return nil }
      return YearlyDate(day: day, time: time)
    }

    private mutating func kind() -> YearlyDate.Kind? {
      if take("J") { return number(1...365).map { .julian($0) } }
      guard take("M") else { return number(0...365).map { .dayOfYear($0) } }
      guard let month = number(1...12), take("."), let week = number(1...5), take("."),
        let day = number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    private mutating func number(_ range: ClosedRange<Int32>) -> Int32? {
      let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
      rest = rest[digits.endIndex...]
      guard let number = Int32(String(decoding: digits, as: UTF8.self)), range.contains(number)
      else { return nil }
      return number
    }
  }
}
