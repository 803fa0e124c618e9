internal import Glibc
internal import Marketplace

/// The time of the `Date` field, written anew once a second.
struct HTTPDate {
  private var second = -1
  private var written = ""

  /// Such as `Fri, 10 Mar 2017 00:00:00 GMT`.
  mutating func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    if time.tv_sec != second {
      second = time.tv_sec
      written = Self.text(second)
    }
    return written
  }

  /// Source: RFC 9110, section 5.6.7.
  static func text(_ second: Int) -> String {
    let (day, secondOfDay) = second.quotientAndRemainder(dividingBy: 86_400)
    let date = Timestamp.civil(Day(day))
    // 1970-01-01 was a Thursday.
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day % 7]
    let month = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ][Int(date.month) - 1]
    let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map(twoDigits)
    return "\(weekday), \(twoDigits(Int(date.day))) \(month) \(date.year) "
      + clock.joined(separator: ":") + " GMT"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
