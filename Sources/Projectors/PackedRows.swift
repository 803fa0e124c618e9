import Marketplace

/// Small values of numbered things, those of neighbouring numbers together in one row.
///
/// A row costs a search and a place in a page, however short it is, and what a view keeps of one
/// person, share or order is a few bytes. So the row of a block, `1 << shift` numbers, holds for
/// each number that has a value, ascending: the number's place in the block, the length of the value
/// (varints) and the value. The key is a prefix and the block (8 bytes).
struct PackedRows: Sendable {
  /// The first bytes of the keys.
  let prefix: [UInt8]
  /// Small where most numbers have values, great where few do.
  let shift: UInt64

  init(_ prefix: [UInt8], shift: UInt64) {
    self.prefix = prefix
    self.shift = shift
  }

  fileprivate func block(of number: UInt64) -> UInt64 {
    number >> shift
  }

  fileprivate func place(of number: UInt64) -> UInt64 {
    number & (1 << shift - 1)
  }

  fileprivate func putKey(ofBlock block: UInt64, into key: inout ByteWriter) {
    key.removeAll()
    key.bytes += prefix
    key.put(block)
  }

  /// The key of the row that a number's value stands in.
  func key(ofNumber number: UInt64) -> [UInt8] {
    var key = ByteWriter(capacity: prefix.count + 8)
    putKey(ofBlock: block(of: number), into: &key)
    return key.bytes
  }

  /// Lends the value of a number, if it has one.
  func lend(
    _ number: UInt64,
    in rows: some RowReader,
    to body: (RawSpan) throws -> Void
  ) throws {
    var key = ByteWriter(capacity: prefix.count + 8)
    putKey(ofBlock: block(of: number), into: &key)
    let wanted = place(of: number)
    try rows.lend(key.bytes.span.bytes) { row in
      var offset = 0
      while offset < row.byteCount {
        let entry = PackedEntry(row, at: offset)
        if entry.place == wanted { return try body(row.extracting(entry.value)) }
        if entry.place > wanted { return }
        offset = entry.value.upperBound
      }
    }
  }

  /// What the body makes of the value of a number; nil when it has none.
  func value<Found>(
    of number: UInt64,
    in rows: some RowReader,
    _ body: (RawSpan) throws -> Found
  ) throws -> Found? {
    var found: Found?
    try lend(number, in: rows) { found = try body($0) }
    return found
  }

  /// Visits the values from a number on, in ascending order, until the body answers false.
  func scan(
    from first: UInt64,
    in rows: some RowReader,
    _ body: (_ number: UInt64, _ value: RawSpan) throws -> Bool
  ) throws {
    var key = ByteWriter(capacity: prefix.count + 8)
    putKey(ofBlock: block(of: first), into: &key)
    try rows.scan(from: key.bytes) { key, row in
      guard key.starts(with: prefix) else { return false }
      return try forEach(key, row) { number, value in
        try number < first || body(number, value)
      }
    }
  }

  /// Visits the values of one row, in ascending order, until the body answers false.
  @discardableResult
  func forEach(
    _ key: RawSpan,
    _ row: RawSpan,
    _ body: (_ number: UInt64, _ value: RawSpan) throws -> Bool
  ) rethrows -> Bool {
    var offset = prefix.count
    let start = key.integer(at: &offset, as: UInt64.self) << shift
    offset = 0
    while offset < row.byteCount {
      let entry = PackedEntry(row, at: offset)
      guard try body(start + entry.place, row.extracting(entry.value)) else { return false }
      offset = entry.value.upperBound
    }
    return true
  }
}

/// Where an entry of a block's row lies.
private struct PackedEntry {
  let place: UInt64
  let value: Range<Int>

  init(_ row: RawSpan, at offset: Int) {
    var offset = offset
    place = row.varint(at: &offset)
    let length = Int(row.varint(at: &offset))
    value = offset..<offset + length
  }
}

/// Changes values of packed rows, in ascending order of their numbers.
///
/// Each block that is touched is read and written once, and its other values are copied over.
struct PackedWriter {
  private var table: PackedRows
  private var block: UInt64?
  private var key = ByteWriter()
  /// The block's row before, of which `offset` bytes are dealt with, and its row after.
  private var stored = ByteWriter()
  private var offset = 0
  private var row = ByteWriter()
  private var value = ByteWriter()

  init(_ table: PackedRows = PackedRows([], shift: 0)) {
    self.table = table
  }

  /// Goes on with another table.
  mutating func move(to table: PackedRows, _ rows: inout some RowWriter) throws {
    try finish(&rows)
    self.table = table
  }

  /// Changes one value; `finish` writes the last ones.
  ///
  /// - Parameters:
  ///   - number: Greater than the one before.
  ///   - rows: Where the row of the block before is put.
  ///   - body: Takes the value, empty when there is none, and appends the one to put in its place;
  ///     nothing for none.
  /// - Throws: What `rows` and `body` throw.
  mutating func update(
    _ number: UInt64,
    in rows: inout some RowWriter,
    _ body: (_ old: RawSpan, _ new: inout ByteWriter) throws -> Void
  ) throws {
    if table.block(of: number) != block {
      try finish(&rows)
      try begin(table.block(of: number), rows)
    }
    let place = table.place(of: number)
    // Held here, since no part of self is to be borrowed while another changes.
    let bytes = stored.bytes
    let (start, old) = Self.find(place, in: bytes.span.bytes, from: offset)
    row.bytes += bytes[offset..<start]
    offset = old.upperBound
    value.removeAll()
    try body(bytes.span.bytes.extracting(old), &value)
    guard !value.bytes.isEmpty else { return }
    row.put(varint: place)
    row.put(varint: UInt64(value.bytes.count))
    row.bytes += value.bytes
  }

  /// Writes what the last updates changed.
  mutating func finish(_ rows: inout some RowWriter) throws {
    guard block != nil else { return }
    row.bytes += stored.bytes[offset...]
    block = nil
    if row.bytes == stored.bytes { return }
    if row.bytes.isEmpty {
      try rows.remove(key.bytes.span.bytes)
    } else {
      try rows.put(key.bytes.span.bytes, row.bytes.span.bytes)
    }
  }

  private mutating func begin(_ block: UInt64, _ rows: some RowReader) throws {
    self.block = block
    table.putKey(ofBlock: block, into: &key)
    stored.removeAll()
    row.removeAll()
    offset = 0
    let key = key.bytes
    try rows.lend(key.span.bytes) { stored.put($0) }
  }

  /// Where the entry of a place begins, or the first behind it, and where its value lies.
  private static func find(
    _ place: UInt64,
    in row: RawSpan,
    from start: Int
  ) -> (entry: Int, value: Range<Int>) {
    var offset = start
    while offset < row.byteCount {
      let entry = PackedEntry(row, at: offset)
      if entry.place == place { return (offset, entry.value) }
      if entry.place > place { break }
      offset = entry.value.upperBound
    }
    return (offset, offset..<offset)
  }
}
