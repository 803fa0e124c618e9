/// What one commit adds to a log; reused from one commit to the next, to allocate nothing.
package struct AppendBatch: Sendable {
  private(set) var records = ByteStrings()
  private(set) var people = ByteStrings()
  private(set) var peopleNumbers: [UInt64] = []
  private(set) var texts = ByteStrings()
  private(set) var textPositions: [UInt64] = []
  private(set) var refusals = ByteStrings()
  /// Of a copy: the serial number of the first refusal, where those before are gone already; nil: the
  /// one after the log's last.
  package var firstRefusal: UInt64?

  package init() {}

  package var recordCount: Int { records.count }
  package var refusalCount: Int { refusals.count }
  package var isEmpty: Bool { records.count == 0 && people.count == 0 && refusals.count == 0 }

  /// The bytes of all records together.
  package var recordByteCount: Int { records.bytes.count }

  /// Everything that the commit will store, tiles and keys left out.
  var byteCount: Int {
    records.bytes.count + people.bytes.count + texts.bytes.count + refusals.bytes.count
  }

  /// Adds the record that the body appends to the bytes that it is given; nothing, when it throws.
  ///
  /// The body only appends. A record is under 64 KiB.
  package mutating func addRecord<Failure: Error>(
    _ body: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try records.add(body)
    precondition(
      records.range(records.count - 1).count < LogFormat.recordByteLimit,
      "a record of 64 KiB"
    )
  }

  package mutating func add(record: [UInt8]) {
    addRecord { $0.append(contentsOf: record) }
  }

  /// Lends a record of the batch, by its place in it, from 0.
  package func withRecord<Result, Failure: Error>(
    _ index: Int,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try records.withBytes(index, body)
  }

  /// Adds a person, whose number is past every one that was added before, here or to the log.
  ///
  /// The salt has 16 bytes.
  package mutating func addPerson(number: UInt64, salt: [UInt8], name: String) {
    precondition(number > peopleNumbers.last ?? 0, "a person's number is not past the last one")
    precondition(salt.count == LogFormat.saltByteCount, "a salt has 16 bytes")
    peopleNumbers.append(number)
    people.add { bytes in
      bytes.append(contentsOf: salt)
      bytes.append(contentsOf: name.utf8)
    }
  }

  /// Adds a text, at a position that an event of this batch will have, past the last text's.
  ///
  /// The salt has 16 bytes.
  package mutating func addText(position: UInt64, salt: [UInt8], text: String) {
    precondition(position > textPositions.last ?? 0, "a text's position is not past the last one")
    precondition(salt.count == LogFormat.saltByteCount, "a salt has 16 bytes")
    textPositions.append(position)
    texts.add { bytes in
      bytes.append(contentsOf: salt)
      bytes.append(contentsOf: text.utf8)
    }
  }

  /// Adds the refusal that the body appends to the bytes that it is given; nothing, when it throws.
  package mutating func addRefusal<Failure: Error>(
    _ body: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try refusals.add(body)
  }

  package mutating func add(refusal: [UInt8]) {
    addRefusal { $0.append(contentsOf: refusal) }
  }

  /// Empties the batch and keeps its memory.
  package mutating func removeAll() {
    records.removeAll()
    people.removeAll()
    peopleNumbers.removeAll(keepingCapacity: true)
    texts.removeAll()
    textPositions.removeAll(keepingCapacity: true)
    refusals.removeAll()
    firstRefusal = nil
  }
}
