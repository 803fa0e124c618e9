package import Marketplace

/// The people that a batch adds to a view's stored sets.
///
/// An insertion is one hash lookup and an append; the sets are met in order, once, by `flush`. The
/// memory is that of the batch: 12 bytes an insertion and about 50 a set.
package struct PersonSetChanges: Sendable {
  /// The sets met in this batch, numbered as they came.
  private var slots: [SetKey: UInt32] = [:]
  private var keys: [SetKey] = []
  /// Of each insertion, the set's slot and the person.
  private var insertedSlots: [UInt32] = []
  private var insertedPeople: [UInt64] = []

  package init() {}

  /// Where a set stands in this batch; void once it is flushed.
  package struct Slot: Sendable {
    fileprivate var index: UInt32
  }

  /// Finds the set's slot, for callers that insert into it again and again.
  package mutating func slot(of set: SetKey) -> Slot {
    if let index = slots[set] { return Slot(index: index) }
    let slot = Slot(index: UInt32(keys.count))
    slots[set] = slot.index
    keys.append(set)
    return slot
  }

  package mutating func insert(_ person: Person, into slot: Slot) {
    insertedSlots.append(slot.index)
    insertedPeople.append(person.number)
  }

  package mutating func insert(_ person: Person, into set: SetKey) {
    insert(person, into: slot(of: set))
  }

  /// Unites the stored sets with what was inserted, in the order of the rows' keys, and forgets it.
  ///
  /// Costs a sort of the insertions and one read and at most one write for each container.
  package mutating func flush(into rows: inout some RowWriter) throws {
    let (order, starts, people) = sorted()
    for (rank, slot) in order.enumerated() {
      let run = people[starts[rank]..<starts[rank + 1]]
      try Self.unite(run, into: keys[Int(slot)], &rows)
    }
    slots.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    insertedSlots.removeAll(keepingCapacity: true)
    insertedPeople.removeAll(keepingCapacity: true)
  }

  /// The slots in the order of their keys, where each one's people start, and all people.
  ///
  /// A counting sort by set, which is linear, and within each set a sort by person.
  private func sorted() -> (order: [UInt32], starts: [Int], people: [UInt64]) {
    let order = keys.indices.map { UInt32($0) }.sorted { keys[Int($0)] < keys[Int($1)] }
    var ranks = [Int](repeating: 0, count: keys.count)
    for (rank, slot) in order.enumerated() { ranks[Int(slot)] = rank }
    var starts = [Int](repeating: 0, count: keys.count + 1)
    for slot in insertedSlots { starts[ranks[Int(slot)] + 1] += 1 }
    for rank in keys.indices { starts[rank + 1] += starts[rank] }
    var next = starts
    var people = [UInt64](repeating: 0, count: insertedPeople.count)
    for (slot, person) in zip(insertedSlots, insertedPeople) {
      let rank = ranks[Int(slot)]
      people[next[rank]] = person
      next[rank] += 1
    }
    // Through a buffer, because sorting a slice of an array copies the whole array.
    people.withUnsafeMutableBufferPointer { people in
      for rank in keys.indices { people[starts[rank]..<starts[rank + 1]].sort() }
    }
    return (order, starts, people)
  }

  private static func unite(
    _ people: ArraySlice<UInt64>,
    into set: SetKey,
    _ rows: inout some RowWriter
  ) throws {
    var rest = people
    while let first = rest.first {
      let number = PersonContainer.number(of: first)
      let end = rest.firstIndex { $0 >> 16 != UInt64(number) } ?? rest.endIndex
      let key = set.row(container: number)
      let stored = try rows.row(key)
      var container = stored.map { PersonContainer(row: $0) } ?? PersonContainer()
      container.formUnion(
        ascending: rest[..<end].lazy.map { UInt16(truncatingIfNeeded: $0) }
      )
      // Nothing new is the common case for sets that only grow: it dirties no page.
      if container.bytes != stored { try rows.put(key, container.bytes) }
      rest = rest[end...]
    }
  }
}
