import Marketplace

/// Spreads a number of commands over 90 days, with quiet nights, a noon and an evening peak.
///
/// The days are local ones of +08:00, from 2026-01-05, a Monday, on. Integers only.
struct DailyRhythm {
  static let days = 90
  /// How busy each hour of the day is, from midnight on.
  private static let hourWeights: [Int] = [
    8, 4, 2, 1, 1, 2, 6, 12, 20, 28, 34, 36, 40, 36, 32, 32, 34, 36, 44, 56, 64, 60, 44, 22,
  ]

  private let commands: Int
  private let dayWeight = hourWeights.reduce(0, +)
  /// Of each weight unit of a day: its hour, and the units of the day before that hour.
  private let hours: [(hour: Int, unitsBefore: Int)]
  private let firstDay: Day
  private var day = -1
  private var dayText: [UInt8] = []

  /// A rhythm for so many commands, at most 10^9.
  init(commands: Int) {
    precondition((1...1_000_000_000).contains(commands), "\(commands) commands")
    self.commands = commands
    var hours: [(hour: Int, unitsBefore: Int)] = []
    for (hour, weight) in Self.hourWeights.enumerated() {
      let before = hours.count
      hours += (0..<weight).map { _ in (hour, before) }
    }
    self.hours = hours
    guard let day = Timestamp.day(year: 2026, month: 1, day: 5) else {
      preconditionFailure("2026-01-05 is a day")
    }
    firstDay = day
  }

  /// Appends when the command with this index happens, such as `2026-01-05T08:00:00.000+08:00`.
  ///
  /// Never earlier than the command before it.
  mutating func append(timeOf index: Int, to bytes: inout [UInt8]) {
    let (unit, rest) = (index * Self.days * dayWeight).quotientAndRemainder(dividingBy: commands)
    let (day, unitOfDay) = unit.quotientAndRemainder(dividingBy: dayWeight)
    let (hour, unitsBefore) = hours[unitOfDay]
    let progress = (unitOfDay - unitsBefore) * commands + rest
    let milliseconds = progress * 3_600_000 / (Self.hourWeights[hour] * commands)
    if day != self.day {
      self.day = day
      dayText = Array(Timestamp.dayText(firstDay + Day(day)).utf8)
    }
    bytes += dayText
    Self.append(UInt8(ascii: "T"), hour, digits: 2, to: &bytes)
    Self.append(UInt8(ascii: ":"), milliseconds / 60_000, digits: 2, to: &bytes)
    Self.append(UInt8(ascii: ":"), milliseconds / 1000 % 60, digits: 2, to: &bytes)
    Self.append(UInt8(ascii: "."), milliseconds % 1000, digits: 3, to: &bytes)
    bytes += "+08:00".utf8
  }

  private static func append(
    _ separator: UInt8,
    _ number: Int,
    digits: Int,
    to bytes: inout [UInt8]
  ) {
    bytes.append(separator)
    var scale = digits == 3 ? 100 : 10
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
      scale /= 10
    }
  }
}
