/// Times and days as text: RFC 3339, computed without calendar, locale or clock.
package enum Timestamp {
  /// The instant in UTC, such as `2017-03-10T00:00:00.000001Z`; without a fraction when it is 0.
  package static func text(_ instant: Microseconds, offsetMinutes: Int32 = 0) -> String {
    let local = instant + Int64(offsetMinutes) * 60_000_000
    let (day, microsecondsOfDay) = floorDivide(local, 86_400_000_000)
    let (seconds, fraction) = microsecondsOfDay.quotientAndRemainder(dividingBy: 1_000_000)
    var text = dayText(Day(day)) + "T" + padded(seconds / 3600, 2) + ":"
    text += padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
    if fraction != 0 { text += "." + padded(fraction, 6) }
    guard offsetMinutes != 0 else { return text + "Z" }
    let minutes = Int64(offsetMinutes.magnitude)
    return text + (offsetMinutes < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":"
      + padded(minutes % 60, 2)
  }

  /// The day as `2017-03-10`.
  package static func dayText(_ day: Day) -> String {
    let (year, month, dayOfMonth) = civil(day)
    return padded(Int64(year), 4) + "-" + padded(Int64(month), 2) + "-"
      + padded(Int64(dayOfMonth), 2)
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

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
