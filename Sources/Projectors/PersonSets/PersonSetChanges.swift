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

  private struct Change: Sendable {
    var slot: UInt32
    var isRemoval = false
    var person: UInt64

    /// The person within the container.
    var member: UInt16 { UInt16(truncatingIfNeeded: person) }
  }

  package init() {}

  /// Where a set stands in this batch; void once it is flushed.
  package struct Slot: Sendable {
    fileprivate var index: UInt32
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
    return Slot(index: UInt32(number))
  }

  package mutating func insert(_ person: Person, into slot: Slot) {
    changes.append(Change(slot: slot.index, person: person.number))
  }

  package mutating func insert(_ person: Person, into set: SetKey) {
    insert(person, into: slot(of: set))
  }

  /// Takes a person out of a set that has no wider one, and into which the batch does not put them.
  package mutating func remove(_ person: Person, from set: SetKey) {
    changes.append(Change(slot: slot(of: set).index, isRemoval: true, person: person.number))
  }

  /// Changes the stored sets, the narrow ones first, and forgets the changes.
  ///
  /// Costs a sort of the changes and one read and at most one write for each container.
  package mutating func flush(into rows: inout some RowWriter) throws {
    let ranks = ranks()
    while !changes.isEmpty {
      changes.radixSort { $0.person }
      changes.radixSort { UInt64(ranks[Int($0.slot)]) }
      let sorted = changes
      changes.removeAll(keepingCapacity: true)
      var index = 0
      while index < sorted.count {
        let first = sorted[index]
        let number = PersonContainer.number(of: first.person)
        let start = index
        repeat {
          index += 1
        } while index < sorted.count && sorted[index].slot == first.slot
          && PersonContainer.number(of: sorted[index].person) == number
        try apply(sorted[start..<index], toContainer: number, &rows)
      }
    }
    sets.removeAll()
    wider.removeAll(keepingCapacity: true)
  }

  /// The places of the slots in the order of their keys.
  private func ranks() -> [UInt32] {
    var order = sets.keys.indices.map { UInt32($0) }
    order.radixSort { sets.keys[Int($0)].low }
    order.radixSort { sets.keys[Int($0)].high }
    var ranks = [UInt32](repeating: 0, count: order.count)
    for (rank, slot) in order.enumerated() { ranks[Int(slot)] = UInt32(rank) }
    return ranks
  }

  /// Applies the changes of one container of one set, and puts those who are new into the wider set.
  private mutating func apply(
    _ run: ArraySlice<Change>,
    toContainer number: UInt32,
    _ rows: inout some RowWriter
  ) throws {
    let slot = Int(run[run.startIndex].slot)
    let key = sets.keys[slot].row(container: number)
    var container = try rows.row(key) { PersonContainer(row: $0) } ?? PersonContainer()
    var isChanged = false
    container.formUnion(
      ascending: run.lazy.filter { !$0.isRemoval }.map { $0.member }
    ) { member in
      isChanged = true
      let person = Person(UInt64(number) << 16 | UInt64(member))
      if let wider = wider[slot].0 { insert(person, into: wider) }
      if let wider = wider[slot].1 { insert(person, into: wider) }
    }
    if run.contains(where: { $0.isRemoval }) {
      isChanged = true
      container.subtract(ascending: run.lazy.filter { $0.isRemoval }.map { $0.member })
    }
    // Nothing new is the common case for sets that only grow: it dirties no page.
    guard isChanged else { return }
    if container.bytes.isEmpty {
      try rows.remove(key)
    } else {
      try rows.put(key, container.bytes)
    }
  }
}
