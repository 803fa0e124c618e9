internal import Foundation

/// Runs what reads much of the log, a few questions at a time and away from the threads that answer
/// the others.
///
/// What is chosen by the index and what replays the whole log wait in lines of their own, so that a
/// question about one shop does not wait for one about all.
final class HistoryThreads: Sendable {
  /// How much of the log a question reads.
  enum Share: Sendable {
    case chosen
    case whole
  }

  /// How many may wait in a line, those that run counted.
  static let lineLimit = 32

  private let chosen = HistoryThreads.line(running: 2)
  private let whole = HistoryThreads.line(running: 1)

  private static func line(running limit: Int) -> OperationQueue {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = limit
    return queue
  }

  /// Runs the body on a thread of its line, when its turn comes.
  ///
  /// - Throws: `QueryError.busy` when the line is full; what `body` throws.
  func run<Answer: Sendable>(
    _ share: Share,
    _ body: @escaping @Sendable () throws -> Answer
  ) async throws -> Answer {
    let line = share == .whole ? whole : chosen
    guard line.operationCount < Self.lineLimit else {
      throw QueryError.busy(
        "\(Self.lineLimit) questions about the past wait already; ask again in some seconds"
      )
    }
    return try await withCheckedThrowingContinuation { continuation in
      line.addOperation { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Waits until nothing runs any more.
  func finish() {
    chosen.waitUntilAllOperationsAreFinished()
    whole.waitUntilAllOperationsAreFinished()
  }
}
