import JSON
import Ledger
import Logging

/// Whoever has the views of a ledger open and can rebuild them.
protocol ViewsKeeper {
  /// What `GET /v1/views` answers.
  func answer() async throws -> Answer

  /// Starts a rebuild; the answer tells how far it is.
  func rebuild(_ view: String) async throws
}

extension ViewsKeeper {
  func views() async throws -> [JSONValue] {
    try await answer().checked().parsed()["views"]?.array ?? []
  }
}

/// A server that runs.
struct ServerViews: ViewsKeeper {
  let client: LedgerClient

  func answer() async throws -> Answer {
    try await client.get(["views"])
  }

  func rebuild(_ view: String) async throws {
    _ = try await client.post(["views", view, "rebuild"]).checked()
  }
}

/// This process, on a directory that no server holds.
struct DirectoryViews: ViewsKeeper {
  private let ledger: StoppedLedger

  init(_ configuration: LedgerConfiguration) throws {
    var logger = Logger(label: "shopledger") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    do {
      ledger = try StoppedLedger(configuration, logger: logger)
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }

  func answer() -> Answer {
    Answer(status: 200, body: ledger.viewsAnswer())
  }

  func rebuild(_ view: String) throws {
    do {
      try ledger.rebuild(view: view)
    } catch QueryError.notFound(let detail), QueryError.conflict(let detail) {
      throw Failure(.refused, detail)
    }
  }

  func close() {
    ledger.close()
  }
}
