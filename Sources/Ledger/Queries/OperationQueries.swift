internal import EventLog
internal import Foundation
internal import Glibc
internal import JSON
internal import LMDB
internal import Marketplace
internal import Projections

/// What operators ask, and the little that they do.
extension Ledger {
  /// How far a view may lag before the ledger calls itself not ready, in seconds.
  private static let readyLag = 60.0

  package func views() async throws -> [UInt8] {
    Self.answer(openedViews, at: clock())
  }

  static func answer(_ views: [View], at now: Microseconds) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.array("views") { json in
        for view in views { view.status(at: now).write(to: &json) }
      }
    }
    return json.bytes
  }

  package func rebuild(view name: String, by caller: String) async throws {
    let view = try view(named: name)
    try record("rebuild", by: caller) { $0.member("view", name) }
    do {
      try view.rebuild()
    } catch ViewError.conflict(let detail) {
      throw QueryError.conflict(detail)
    }
  }

  package func rollback(view name: String, by caller: String) async throws {
    let view = try view(named: name)
    try record("rollback", by: caller) { $0.member("view", name) }
    do {
      try view.rollback()
    } catch ViewError.conflict(let detail) {
      throw QueryError.conflict(detail)
    }
  }

  package func status() async throws -> [UInt8] {
    let now = clock()
    // Nothing here needs a transaction: what an operator asks when the disk has failed is answered.
    let file = log.environmentInfo
    let tree = log.treeHead
    let (people, refusals) = state.withLock { ($0.mark.lastPerson, $0.mark.refusals) }
    var json = JSONWriter()
    json.object { json in
      json.member("version", LedgerConfiguration.version)
      json.member("position", tree.size)
      json.member("startedAt", Timestamp.text(opened))
      json.member("uptimeSeconds", (now - opened) / 1_000_000)
      json.member("pid", Int(getpid()))
      json.member("directory", configuration.directory)
      json.member("writer", writer.stopped == nil ? "running" : "stopped")
      json.member("detail", ifPresent: writer.stopped)
      json.member("queuedCommands", queue.depth)
      json.member("people", people)
      json.member("refusals", refusals)
      json.object("log") { json in
        json.member("bytes", file.usedBytes)
        json.member("mapSize", file.mapSize)
        json.member("readers", file.readers)
        json.member("rootHash", Self.hex(tree.rootHash))
      }
      if let signer {
        json.object("audit") { json in
          json.member("origin", signer.key.name)
          json.member("verifier", "\(signer.key.verifier)")
          json.member("signing", signer.stopped == nil ? "running" : "stopped")
          json.member("detail", ifPresent: signer.stopped)
          if let last = signer.last {
            json.member("signedEvents", last.size)
            json.member("signedRootHash", Self.hex(last.rootHash))
          }
        }
      }
      json.array("views") { json in
        for view in openedViews {
          let status = view.status(at: now)
          json.object { json in
            json.member("view", status.name)
            json.member("position", status.position)
            json.member("state", status.state.rawValue)
          }
        }
      }
    }
    return json.bytes
  }

  /// Whether the log takes commands, what is signed continues, and every view is within bounds;
  /// else what is not.
  package func readiness() async -> (ready: Bool, detail: String) {
    if let reason = writer.stopped ?? signer?.stopped { return (false, reason) }
    let now = clock()
    for status in openedViews.map({ $0.status(at: now) }) {
      switch status.state {
      case .building:
        return (false, "view \(status.name) is being built")
      case .stopped:
        return (false, "view \(status.name) has stopped: \(status.detail ?? "")")
      case .live, .rebuilding:
        guard status.lagSeconds <= Self.readyLag else {
          return (false, "view \(status.name) is \(Int(status.lagSeconds)) s behind")
        }
      }
    }
    return (true, "")
  }

  /// Two hexadecimal digits for each byte.
  package static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension ViewStatus {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("view", name)
      json.member("position", position)
      json.object("lag") { json in
        json.member("events", lagEvents)
        json.member("seconds", ratio: lagSeconds)
      }
      json.member("state", state.rawValue)
      json.member("foldVersion", foldVersion)
      json.member("generation", generation)
      json.member("detail", ifPresent: detail)
      if let progress {
        json.object("rebuild") { json in
          json.member("position", progress.position)
          json.member("target", progress.target)
          json.member("rate", Int(progress.eventsPerSecond))
          if let seconds = progress.secondsLeft { json.member("secondsLeft", ratio: seconds) }
        }
      }
      if let lastRebuild { lastRebuild.write(to: &json) }
    }
  }
}

extension RebuildReport {
  fileprivate func write(to json: inout JSONWriter) {
    json.object("lastRebuild") { json in
      json.member("generation", generation)
      json.member("events", position)
      json.member("seconds", ratio: seconds)
      json.member("compared", comparison.rows)
      json.member("differences", comparison.differences)
      json.member("firstDifference", ifPresent: comparison.firstDifference)
      json.member("failure", ifPresent: failure)
    }
  }
}
