import Logging
import Synchronization

/// What the ledger told its operators, line by line.
final class CollectedLog: Sendable {
  private let collected = Mutex<[String]>([])

  var lines: [String] { collected.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { _ in Handler(log: self) }
  }

  private struct Handler: LogHandler {
    let log: CollectedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    func log(event: LogEvent) {
      let facts = (event.metadata ?? [:]).map { " \($0.key)=\($0.value)" }.sorted().joined()
      log.collected.withLock { $0.append("\(event.level): \(event.message)\(facts)") }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
  }
}
