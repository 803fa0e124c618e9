package import Marketplace

/// Where the events of a shop, a product, a person and so on stand in the log.
///
/// Most entities have a few events: their positions stand packed with those of the neighbours. Past
/// `FewPositions.limit` an entity's positions, all of them, move into blocks of 128, so that a row
/// is written for many events and a page is read in few rows. A full block's key ends in its last
/// position: the first row from a position on is the one that has the next. The block that still
/// grows has the greatest key of all, so each event finds it without a search. Where positions
/// stand depends on nothing but the positions themselves.
///
/// | row | key | value |
/// |---|---|---|
/// | entities | kind and 128 (1 byte), packed by entity | `FewPositions` |
/// | full block | kind (1 byte) and entity (7), last position | first position, then 127 steps |
/// | open block | kind (1 byte) and entity (7), 2^64 - 1 | the same with 1 to 127 positions in all |
///
/// Positions and steps are varints.
package enum EventIndex {
  /// What events are found by; the numbers are part of the rows.
  package enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    case shop = 1
    case product = 2
    case share = 3
    case order = 4
    /// As buyer and as visitor.
    case buyer = 5
    /// As agent, and as the sponsor of one, before or after.
    case agent = 6
    case brand = 7
    /// Of every policy; the entity is 0.
    case policy = 8
    /// Of a brand and its agents, without its goods.
    case agency = 9

    /// Where the positions of entities with few events stand, and who has many.
    ///
    /// Neighbouring positions are of one kind now and then only, people are all people.
    var entities: PackedRows {
      PackedRows([0x80 | rawValue], shift: isOfPeople ? 4 : 6)
    }

    var isOfPeople: Bool { self == .buyer || self == .agent }
  }

  /// The events that carry one entity.
  package struct Filter: Hashable, Sendable {
    package var kind: Kind
    /// The position of the event that created it, or the person's number.
    package var entity: UInt64

    package init(_ kind: Kind, _ entity: UInt64) {
      self.kind = kind
      self.entity = entity
    }

    /// Both in eight bytes, in this order.
    ///
    /// 2^56 events would take two thousand years at a million a second.
    var postings: UInt64 {
      precondition(entity < 1 << 56, "an entity beyond 56 bits")
      return UInt64(kind.rawValue) << 56 | entity
    }
  }

  /// Positions that meet every filter, in order.
  package struct Page: Hashable, Sendable {
    package var positions: [Position]
    /// Where the next page starts behind; nil at the end.
    ///
    /// A page may end early, even empty, when many blocks were read and little was in common.
    package var next: Position?
  }

  /// The first positions behind `after` that meet all filters.
  ///
  /// Leaps from candidate to candidate: the cost is near that of the rarest filter, and never more
  /// than `blockLimit` blocks.
  package static func matching(
    _ filters: [Filter],
    after: Position,
    limit: Int,
    blockLimit: Int = 4_096,
    rows: some RowReader
  ) throws -> Page {
    precondition(!filters.isEmpty && limit > 0 && blockLimit > filters.count, "nothing to find")
    var lists = try filters.map { try PostingCursor($0, rows) }
    var found: [Position] = []
    var candidate = after + 1
    var agreeing = 0
    var index = 0
    while true {
      if lists.reduce(0, { $0 + $1.blocksRead }) >= blockLimit {
        return Page(positions: found, next: candidate - 1)
      }
      guard let position = try lists[index].seek(atLeast: candidate, rows) else {
        return Page(positions: found, next: nil)
      }
      agreeing = position == candidate ? agreeing + 1 : 1
      candidate = position
      index = (index + 1) % lists.count
      guard agreeing >= lists.count else { continue }
      guard found.count < limit else { return Page(positions: found, next: found.last) }
      found.append(candidate)
      candidate += 1
      agreeing = 0
    }
  }
}

/// Reads the positions of one entity forward, a block at a time.
private struct PostingCursor {
  let postings: UInt64
  private(set) var blocksRead = 0
  private var positions: [Position]
  private var index = 0
  /// Whether there may be blocks behind the positions.
  private let hasBlocks: Bool

  init(_ filter: EventIndex.Filter, _ rows: some RowReader) throws {
    postings = filter.postings
    var few = FewPositions()
    try filter.kind.entities.lend(filter.entity, in: rows) { few.read($0, of: filter) }
    positions = few.positions
    hasBlocks = few.areMany
  }

  /// The first position that is not below; nil when there is none.
  ///
  /// Only ever asked for greater positions than before.
  mutating func seek(atLeast position: Position, _ rows: some RowReader) throws -> Position? {
    if hasBlocks, (positions.last ?? 0) < position {
      var found: [UInt8]?
      try rows.scan(from: PostingBlock.key(postings, last: position)) { key, value in
        var offset = 0
        if key.integer(at: &offset, as: UInt64.self) == postings { found = value.copy }
        return false
      }
      guard let found else { return nil }
      blocksRead += 1
      positions = PostingBlock(row: found).positions
      index = 0
    }
    while index < positions.count, positions[index] < position { index += 1 }
    return index < positions.count ? positions[index] : nil
  }
}

/// The positions of an entity with few events, or that it has many.
///
/// In varints: the bits in which the first position differs from the entity, none for the event that
/// created it, doubled; then the steps. Of an entity with many events there is only a 1.
struct FewPositions: Sendable {
  static let limit = 12

  /// Rising; empty when they are many.
  private(set) var positions: [Position] = []
  /// Whether the positions stand in blocks.
  private(set) var areMany = false

  /// Takes in a stored value, with the memory that is here.
  mutating func read(_ value: RawSpan, of filter: EventIndex.Filter) {
    positions.removeAll(keepingCapacity: true)
    areMany = false
    if value.isEmpty { return }
    var offset = 0
    let first = value.varint(at: &offset)
    areMany = first & 1 != 0
    guard !areMany else { return }
    var last = first >> 1 ^ filter.entity
    positions.append(last)
    while offset < value.byteCount {
      last += value.varint(at: &offset)
      positions.append(last)
    }
  }

  func write(to value: inout ByteWriter, of filter: EventIndex.Filter) {
    guard let first = positions.first else {
      if areMany { value.put(varint: 1 as UInt64) }
      return
    }
    value.put(varint: (first ^ filter.entity) << 1)
    var last = first
    for position in positions.dropFirst() {
      value.put(varint: position - last)
      last = position
    }
  }

  /// Adds a later position.
  mutating func append(_ position: Position) {
    positions.append(position)
  }

  /// Takes out the positions to be put into blocks: those added, where there are many, or all, where
  /// they became too many.
  mutating func takeTooMany() -> [Position] {
    guard areMany || positions.count > Self.limit else { return [] }
    areMany = true
    defer { positions = [] }
    return positions
  }
}

/// At most 128 positions, rising.
struct PostingBlock {
  static let capacity = 128
  /// The open block stands behind every full one.
  static let openKey = Position.max

  private(set) var positions: [Position] = []
  private(set) var row: [UInt8] = []

  init() {}

  init(row: [UInt8]) {
    self.row = row
    positions.reserveCapacity(Self.capacity)
    var last: Position = 0
    var step: UInt64 = 0
    var shift: UInt64 = 0
    for byte in row {
      step |= UInt64(byte & 0x7F) << shift
      shift += 7
      guard byte < 0x80 else { continue }
      last += step
      positions.append(last)
      step = 0
      shift = 0
    }
    precondition(shift == 0 && positions.count <= Self.capacity, "a block cut off")
  }

  static func key(_ postings: UInt64, last position: Position) -> [UInt8] {
    var writer = ByteWriter(capacity: 16)
    writer.put(postings)
    writer.put(position)
    return writer.bytes
  }

  var isFull: Bool { positions.count == Self.capacity }

  mutating func append(_ position: Position) {
    let last = positions.last ?? 0
    precondition(position > last && !isFull, "positions rise, 128 to a block")
    var step = position - last
    while step >= 0x80 {
      row.append(UInt8(truncatingIfNeeded: step) | 0x80)
      step >>= 7
    }
    row.append(UInt8(step))
    positions.append(position)
  }
}
