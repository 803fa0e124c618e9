internal import EventLog
internal import JSON
package import Marketplace
internal import Projectors

/// The log, or a part of it, as lines of CloudEvents; see ExportFormat.swift.
///
/// It is of the log as it is when this is made, however long the reading takes. Memory is bounded:
/// each piece has some hundred events, and no transaction is open between two.
package struct LogExport: Sendable {
  private static let pieceEvents = 256

  private let log: EventLog
  private let filters: [EventIndex.Filter]
  private let type: String?
  private let after: Position
  private let withNames: Bool
  private let size: Position
  private let rootHash: [UInt8]
  private let source: String
  private var stage = Stage.beginning
  private var events = 0

  private enum Stage {
    case beginning
    /// Events behind this one are still to come.
    case events(after: Position)
    case over
  }

  init(
    _ log: EventLog,
    filters: [EventIndex.Filter] = [],
    type: String? = nil,
    after: Position = 0,
    withNames: Bool
  ) {
    self.log = log
    self.filters = filters
    self.type = type
    self.after = after
    self.withNames = withNames
    (size, rootHash) = log.treeHead
    source = ExportFormat.source(log.identity)
  }

  private var isWhole: Bool { filters.isEmpty && type == nil && after == 0 && withNames }

  /// The next lines; nil behind the last.
  ///
  /// - Throws: what reading the log throws.
  package mutating func next() throws -> [UInt8]? {
    switch stage {
    case .beginning:
      stage = .events(after: after)
      return try firstLine()
    case .events(let after):
      guard after < size else {
        stage = .over
        return try lastLine()
      }
      return try page(after: after)
    case .over:
      return nil
    }
  }

  private mutating func page(after: Position) throws -> [UInt8] {
    var lines: [UInt8] = []
    var written = 0
    let last = try log.read(
      after: after,
      limit: Int(min(UInt64(Self.pieceEvents), size - after))
    ) { _, bytes in
      guard try isWanted(bytes) else { return true }
      lines += try line(bytes)
      written += 1
      return true
    }
    events += written
    stage = .events(after: last)
    return lines
  }

  private func isWanted(_ bytes: RawSpan) throws -> Bool {
    guard type != nil || !filters.isEmpty else { return true }
    return try LentRecord.read(bytes) { record in
      guard type == nil || record.type == type else { return false }
      guard !filters.isEmpty else { return true }
      let met = try EventIndex.filters(of: record)
      return filters.allSatisfy(met.contains)
    }
  }

  // MARK: Lines

  private func firstLine() throws -> [UInt8] {
    try cloudEvent(id: "export-\(size)", ExportFormat.started) { json in
      json.member("format", ExportFormat.version)
      json.member("ledger", Ledger.hex(log.identity))
      json.member("size", size)
      json.member("rootHash", Ledger.hex(rootHash))
      json.member("epoch", RestoreMark.epoch(in: log.directory + "/.."))
      json.member("whole", isWhole)
      if isWhole { json.member("key", ExportFormat.base64(log.key)) }
    }
  }

  private func lastLine() throws -> [UInt8] {
    try cloudEvent(id: "export-\(size)-end", ExportFormat.ended) { json in
      json.member("events", events)
    }
  }

  /// A line that is about the file; its time is that of the last event, not of the clock.
  private func cloudEvent(
    id: String,
    _ type: String,
    _ data: (inout JSONWriter) -> Void
  ) throws -> [UInt8] {
    let time = try log.record(at: size) { try Record(decoding: $0).envelope.recordedAt }
    var json = JSONWriter()
    json.object { json in
      ExportFormat.attributes(&json, id: id, source: source, type: type, time: time)
      json.object("data", data)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private func line(_ bytes: RawSpan) throws -> [UInt8] {
    let record = try Record(decoding: bytes)
    let text = withNames && !record.event.textHash.isEmpty ? try log.text(at: record.position) : nil
    let names = LedgerLog(log: log)
    var data = JSONWriter()
    try record.write(
      to: &data,
      names: { withNames ? try names.name(of: $0) : "person:\($0.number)" },
      text: text?.text
    )
    var json = JSONWriter()
    try json.object { json in
      ExportFormat.attributes(
        &json,
        id: String(record.position),
        source: source,
        type: ExportFormat.typePrefix + record.event.type,
        time: record.envelope.recordedAt
      )
      json.member("subject", record.event.subject)
      json.member("position", String(record.position))
      json.member("record", bytes.withUnsafeBytes { ExportFormat.base64($0) })
      if withNames { json.member("people", ifPresent: try people(of: record)) }
      if let text { json.member("textrow", ExportFormat.base64(text.salt + text.text.utf8)) }
      json.member("data", json: data.bytes)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  /// Whom the record names first; who was forgotten since is left out.
  private func people(of record: Record) throws -> String {
    try record.envelope.newPeople.compactMap { newcomer in
      let number = newcomer.person.number
      guard let row = try log.person(number) else { return nil }
      return "\(number):\(ExportFormat.base64(row.salt)):\(row.name)"
    }
    .joined(separator: " ")
  }
}

extension Ledger {
  /// The events that meet every filter, or all of them; `filter.limit` does not count.
  ///
  /// - Throws: `QueryError` when a filter names what is not there.
  package func export(_ filter: EventFilter, withNames: Bool) throws -> LogExport {
    try check(type: filter.type)
    if filter.command != nil {
      throw QueryError.badRequest("an export of one command: ask /v1/events?command=ID instead")
    }
    return LogExport(
      log,
      filters: try indexFilters(filter),
      type: filter.type,
      after: filter.after,
      withNames: withNames
    )
  }
}

extension StoppedLedger {
  /// Every event behind a position; to select by things takes a ledger that runs.
  package func export(after: Position, withNames: Bool) -> LogExport {
    LogExport(log, after: after, withNames: withNames)
  }
}
