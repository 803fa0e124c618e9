/// Times and days as text: RFC 3339, computed without calendar, locale or clock.
package enum Timestamp {
  /// The instant in UTC, such as `2017-03-10T00:00:00.000001Z`; without a fraction when it is 0.
  package static func text(_ instant: Microseconds, offsetMinutes: Int32 = 0) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(32)
    append(instant, offsetMinutes: offsetMinutes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the same to other text.
  package static func append(
    _ instant: Microseconds,
    offsetMinutes: Int32 = 0,
    to text: inout [UInt8]
  ) {
    let local = instant + Int64(offsetMinutes) * 60_000_000
    let (day, microsecondsOfDay) = floorDivide(local, 86_400_000_000)
    let (seconds, fraction) = microsecondsOfDay.quotientAndRemainder(dividingBy: 1_000_000)
    append(Day(day), to: &text)
    text.append(UInt8(ascii: "T"))
    append(seconds / 3600, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(seconds / 60 % 60, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(seconds % 60, 2, to: &text)
    if fraction != 0 {
      text.append(UInt8(ascii: "."))
      append(fraction, 6, to: &text)
    }
    guard offsetMinutes != 0 else { return text.append(UInt8(ascii: "Z")) }
    let minutes = Int64(offsetMinutes.magnitude)
    text.append(offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    append(minutes / 60, 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(minutes % 60, 2, to: &text)
  }

  /// The day as `2017-03-10`.
  package static func dayText(_ day: Day) -> String {
    var text: [UInt8] = []
    append(day, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(_ day: Day, to text: inout [UInt8]) {
    let (year, month, dayOfMonth) = civil(day)
    append(Int64(year), 4, to: &text)
    text.append(UInt8(ascii: "-"))
    append(Int64(month), 2, to: &text)
    text.append(UInt8(ascii: "-"))
    append(Int64(dayOfMonth), 2, to: &text)
  }

  /// Year, month and day of the month in the proleptic Gregorian calendar.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  package static func civil(_ day: Day) -> (year: Int32, month: Int32, day: Int32) {
    let shifted = Int64(day) + 719_468
    let (era, dayOfEra) = floorDivide(shifted, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int32(year), Int32(month), Int32(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
  }

  /// The day of a date; nil when there is no such date.
  ///
  /// Source: as `civil`, days_from_civil.
  package static func day(year: Int32, month: Int32, day: Int32) -> Day? {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let (era, yearOfEra) = floorDivide(shiftedYear, 400)
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let found = Day(era * 146_097 + dayOfEra - 719_468)
    return civil(found) == (year, month, day) ? found : nil
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
  }

  /// Appends a number with at least so many digits; a year may be negative or longer.
  private static func append(_ number: Int64, _ width: Int, to text: inout [UInt8]) {
    guard number >= 0, number < 10_000 || width > 4 else {
      text += String(number).utf8
      return
    }
    for _ in 0..<width { text.append(UInt8(ascii: "0")) }
    var rest = number
    var at = text.count
    while rest != 0 {
      at -= 1
      text[at] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
