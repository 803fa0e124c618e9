package import Marketplace

/// The stretches of local days that a series of figures is cut into.
package enum Period: String, CaseIterable, Sendable {
  case day
  /// From Monday.
  case week
  case month

  /// The first day of the period that the day lies in.
  package func start(of day: Day) -> Day {
    switch self {
    case .day:
      return day
    case .week:
      // 1970-01-01 was a Thursday, three days after a Monday.
      let daysAfterMonday = (day % 7 + 10) % 7
      return day - daysAfterMonday
    case .month:
      return day - (Timestamp.civil(day).day - 1)
    }
  }

  /// The first day of the next period.
  package func start(after start: Day) -> Day {
    switch self {
    case .day: start + 1
    case .week: start + 7
    // The 32nd day from a month's first lies in the next month, whatever the length of both.
    case .month: self.start(of: start + 31)
    }
  }
}

/// Local days from the first to the last, both included; empty when the last lies before the first.
struct DayRange: Hashable, Sendable {
  var first: Day
  var last: Day

  static let always = DayRange(first: .min, last: .max)
  /// Holds no day; the neutral element of `formUnion`.
  static let never = DayRange(first: .max, last: .min)

  var isEmpty: Bool { last < first }

  func contains(_ day: Day) -> Bool {
    first <= day && day <= last
  }

  func contains(_ other: DayRange) -> Bool {
    other.isEmpty || first <= other.first && other.last <= last
  }

  func intersection(_ other: DayRange) -> DayRange {
    DayRange(first: max(first, other.first), last: min(last, other.last))
  }

  /// Widens the range so that it reaches over both.
  mutating func formUnion(_ other: DayRange) {
    first = min(first, other.first)
    last = max(last, other.last)
  }
}
