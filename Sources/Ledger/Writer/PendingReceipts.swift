internal import Synchronization

/// The answer to a job that the writer has in hand: awaited once, delivered once.
package final class PendingReceipts: Sendable {
  private enum Stage {
    case open
    case awaited(CheckedContinuation<[Receipt], Never>)
    case delivered([Receipt])
  }

  private let stage = Mutex(Stage.open)

  /// The receipts, one for each command, in order.
  package func value() async -> [Receipt] {
    await withCheckedContinuation { continuation in
      let ready: [Receipt]? = stage.withLock { stage in
        if case .delivered(let receipts) = stage { return receipts }
        stage = .awaited(continuation)
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  func deliver(_ receipts: [Receipt]) {
    let waiting: CheckedContinuation<[Receipt], Never>? = stage.withLock { stage in
      defer { stage = .delivered(receipts) }
      if case .awaited(let continuation) = stage { return continuation }
      return nil
    }
    waiting?.resume(returning: receipts)
  }
}
