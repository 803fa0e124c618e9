/// The gapless number of an event in the log, from 1.
///
/// 0 stands for "before the first event".
package typealias Position = UInt64

/// A local day: days since 1970-01-01, in whichever zone the figure is kept.
package typealias Day = Int32

/// An instant: microseconds since 1970-01-01T00:00:00Z.
package typealias Microseconds = Int64

/// A person, as the log knows one: a number given at first appearance, from 1, without a gap.
@usableFromInline package struct Person: Hashable, Comparable, Sendable {
  @usableFromInline package var number: UInt64

  @inlinable
  package init(_ number: UInt64) {
    self.number = number
  }

  @inlinable
  package static func < (left: Person, right: Person) -> Bool {
    left.number < right.number
  }
}

/// A thing by the name its caller gave it and by the position of the event that created it.
///
/// The position is the key of choice: it is unique, eight bytes, in order of creation, and leads
/// straight to the event.
package struct Reference: Hashable, Sendable {
  package var id: String
  package var position: Position

  package init(id: String, position: Position) {
    self.id = id
    self.position = position
  }
}
