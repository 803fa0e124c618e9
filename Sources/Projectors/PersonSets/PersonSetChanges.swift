package import Marketplace

/// The people that a batch adds to a view's stored sets, or takes out of them.
///
/// An insertion is an append; the sets are met in order, once, by `flush`. The memory is that of
/// the batch: 16 bytes a change and about 50 a set.
package struct PersonSetChanges: Sendable {
  /// The sets met in this batch.
  private var sets = SlotTable<SetKey>()
  /// Of each set, the slots of the wider ones.
  private var wider: [(Slot?, Slot?)] = []
  private var changes: [Change] = []

  /// One person who comes into a set or goes out of it.
  struct Change: Sendable {
    var slot: UInt32
    var extra: UInt8
    var isRemoval = false
    var person: UInt64

    /// The person within the container.
    var member: UInt16 { UInt16(truncatingIfNeeded: person) }

    /// Sorts as the rows do within a table: by container, extra and member.
    var order: UInt64 { (person >> 16) << 24 | UInt64(extra) << 16 | person & 0xFFFF }
  }

  package init() {}

  /// Where a set stands in this batch; void once it is flushed.
  package struct Slot: Sendable {
    fileprivate var index: UInt32
    fileprivate var extra: UInt8
  }

  /// Finds the set's slot, for callers that insert into it again and again.
  ///
  /// - Parameters:
  ///   - set: The set.
  ///   - wider: A set that holds everybody in this one, such as that of the day's month. Who is
  ///     inserted here comes into it too, at no cost for those who were here before.
  ///   - other: Another such set.
  /// - Returns: The slot.
  package mutating func slot(
    of set: SetKey,
    within wider: Slot? = nil,
    _ other: Slot? = nil
  ) -> Slot {
    let (number, isNew) = sets.slot(of: set)
    if isNew { self.wider.append((wider, other)) }
    return Slot(index: UInt32(number), extra: set.extra)
  }

  package mutating func insert(_ person: Person, into slot: Slot) {
    changes.append(Change(slot: slot.index, extra: slot.extra, person: person.number))
  }

  package mutating func insert(_ person: Person, into set: SetKey) {
    insert(person, into: slot(of: set))
  }

  /// Takes a person out of a set that has no wider one, and into which the batch does not put them.
  package mutating func remove(_ person: Person, from set: SetKey) {
    let slot = slot(of: set).index
    changes.append(Change(slot: slot, extra: set.extra, isRemoval: true, person: person.number))
  }

  /// Changes the stored sets, the narrow ones first, and forgets the changes.
  ///
  /// Costs a sort of the changes, and one read and at most one write for each row.
  package mutating func flush(into rows: inout some RowWriter) throws {
    let ranks = ranks()
    var writer = PackedWriter()
    while !changes.isEmpty {
      changes.radixSort { $0.order }
      changes.radixSort { UInt64(ranks[Int($0.slot)]) }
      let sorted = changes
      changes.removeAll(keepingCapacity: true)
      var rank: UInt32?
      var index = 0
      while index < sorted.count {
        let first = sorted[index]
        let set = sets.keys[Int(first.slot)]
        let container = PersonContainer.number(of: first.person)
        let start = index
        repeat {
          index += 1
        } while index < sorted.count && sorted[index].slot == first.slot
          && PersonContainer.number(of: sorted[index].person) == container
        if ranks[Int(first.slot)] != rank {
          rank = ranks[Int(first.slot)]
          try writer.move(to: set.table, &rows)
        }
        try writer.update(set.place(ofContainer: container), in: &rows) { old, new in
          apply(sorted[start..<index], to: old, container, &new)
        }
      }
      try writer.finish(&rows)
    }
    sets.removeAll()
    wider.removeAll(keepingCapacity: true)
  }

  /// The places of the sets' tables in the order of their keys.
  private func ranks() -> [UInt32] {
    let keys = sets.keys
    var order = keys.indices.map { UInt32($0) }
    order.radixSort { keys[Int($0)].number }
    order.radixSort { keys[Int($0)].high }
    var ranks = [UInt32](repeating: 0, count: order.count)
    var last: SetKey?
    var rank: UInt32 = 0
    for slot in order {
      let key = keys[Int(slot)]
      if let last, last.high != key.high || last.number != key.number { rank += 1 }
      ranks[Int(slot)] = rank
      last = key
    }
    return ranks
  }

  /// Applies the changes of one container of one set, and puts who is new into the wider sets.
  private mutating func apply(
    _ run: ArraySlice<Change>,
    to stored: RawSpan,
    _ number: UInt32,
    _ row: inout ByteWriter
  ) {
    let wider = wider[Int(run[run.startIndex].slot)]
    PersonContainer.change(stored, by: run, into: &row) { member in
      let person = Person(UInt64(number) << 16 | UInt64(member))
      if let set = wider.0 { insert(person, into: set) }
      if let set = wider.1 { insert(person, into: set) }
    }
  }
}
