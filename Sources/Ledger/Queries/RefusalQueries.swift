internal import EventLog
internal import JSON
internal import Marketplace

/// Which refusals are asked for.
package struct RefusalFilter: Sendable {
  /// The number behind which to begin; the first refusal that was ever made is 1.
  package var after: UInt64 = 0
  package var limit = 500
  package var reason: String?
  /// The user id of who sent the command.
  package var peer: UInt32?

  package init() {}
}

/// What was refused, and what operators did.
extension Ledger {
  /// How many refusals a page looks at before it ends, perhaps empty.
  private static let refusalScanLimit: UInt64 = 20_000

  /// A page of the refusals that are kept, the oldest first, as one JSON object.
  ///
  /// - Throws: `QueryError` when there is no such reason.
  package func refusals(_ filter: RefusalFilter) async throws -> [UInt8] {
    let names = Rejection.Reason.allCases.map(\.name)
    if let reason = filter.reason, !names.contains(reason) {
      throw QueryError.badRequest(
        "reason=\(reason): give one of \(names.sorted().joined(separator: ", "))"
      )
    }
    let end = try log.refusalCount()
    var serial = max(filter.after, try log.firstRefusal())
    let scanEnd = min(end, serial + Self.refusalScanLimit)
    var left = filter.limit
    var json = JSONWriter()
    try json.object { json in
      try json.array("refusals") { json in
        while serial < scanEnd, left > 0 {
          serial += 1
          guard let refusal = try log.refusal(serial - 1).flatMap(Refusal.init(row:)),
            filter.reason == nil || refusal.rejection.reason.name == filter.reason,
            filter.peer == nil || refusal.peer == filter.peer
          else { continue }
          refusal.write(numbered: serial, to: &json)
          left -= 1
        }
      }
      if serial < end { json.member("next", serial) }
    }
    return json.bytes
  }

  /// A page of what was done to the ledger, the oldest first, as one JSON object.
  package func operations(after: UInt64, limit: Int) async -> [UInt8] {
    operationsList.answer(after: after, limit: limit)
  }

  /// Puts on record that something is about to be done; without that, it is not done.
  ///
  /// - Throws: `QueryError` when the entry cannot be written.
  func record(
    _ operation: String,
    by: String,
    _ members: (inout JSONWriter) -> Void = { _ in }
  ) throws {
    let head = log.treeHead
    do {
      try operationsList.append(
        operation,
        by: by,
        position: head.size,
        rootHash: head.rootHash,
        members
      )
    } catch {
      throw QueryError.conflict(
        "it cannot be put on record, and so is not done: \(error); make room, and ask again"
      )
    }
  }
}

extension Refusal {
  fileprivate func write(numbered number: UInt64, to json: inout JSONWriter) {
    json.object { json in
      json.member("refusal", number)
      json.member("recordedAt", Timestamp.text(recordedAt))
      json.member("rejection", rejection.reason.name)
      json.member("command", id)
      // Earlier programs did not keep these two.
      json.member("type", ifPresent: type.isEmpty ? nil : type)
      if let peer { json.member("peer", peer) }
      json.member("detail", rejection.detail)
    }
  }
}
