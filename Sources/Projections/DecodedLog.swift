package import EventLog
import Marketplace
import Synchronization

/// The log's records, decoded once for all the views that follow it.
///
/// To decode an event costs more than most folds of it, and live views are within moments of each
/// other. So the last pages that any view asked for are kept decoded, about 15 MB of them; a view
/// that is far from the others decodes for itself.
package final class DecodedLog: Sendable {
  private static let pageEvents: UInt64 = 1024
  private static let keptPages = 16

  private let log: EventLog
  private let pages = Mutex(Pages())

  private struct Pages {
    var byNumber: [UInt64: Page] = [:]
    /// The oldest first.
    var order: [UInt64] = []
  }

  package init(_ log: EventLog) {
    self.log = log
  }

  /// Lends the records behind `position` in order, to `target` at most, with the bytes that each
  /// has in the log, until the body answers false.
  ///
  /// - Throws: `RecordFailure` at a record that cannot be decoded, and what `body` throws.
  func read(
    after position: Position,
    to target: Position,
    _ body: (_ record: Record, _ byteCount: Int) throws -> Bool
  ) throws {
    var next = position + 1
    while next <= target {
      let number = (next - 1) / Self.pageEvents
      let first = number * Self.pageEvents + 1
      let end = min(target, first + Self.pageEvents - 1)
      let content = try page(number).content(upTo: end, in: log)
      while next <= end {
        let index = Int(next - first)
        guard index < content.records.count else {
          throw content.failure ?? RecordFailure(position: next, detail: "it is not in the log")
        }
        guard try body(content.records[index], Int(content.byteCounts[index])) else { return }
        next += 1
      }
    }
  }

  private func page(_ number: UInt64) -> Page {
    pages.withLock { pages in
      if let page = pages.byNumber[number] { return page }
      let page = Page(after: number * Self.pageEvents)
      pages.byNumber[number] = page
      pages.order.append(number)
      if pages.order.count > Self.keptPages {
        pages.byNumber[pages.order.removeFirst()] = nil
      }
      return page
    }
  }

  /// Some neighbouring records, of which the first ones are decoded so far.
  private final class Page: Sendable {
    struct Content: Sendable {
      var records: [Record] = []
      var byteCounts: [UInt16] = []
      /// Why there is no record behind these, though the log has one.
      var failure: RecordFailure?
    }

    private let start: Position
    private let content = Mutex(Content())

    init(after start: Position) {
      self.start = start
    }

    /// What is decoded, which is everything to `end` unless there is a failure before.
    func content(upTo end: Position, in log: EventLog) throws -> Content {
      try content.withLock { content in
        let missing = Int(end - start) - content.records.count
        guard missing > 0, content.failure == nil else { return content }
        let last = start + UInt64(content.records.count)
        _ = try log.read(after: last, limit: missing) { position, bytes in
          do {
            content.records.append(try Record(decoding: bytes))
            content.byteCounts.append(UInt16(bytes.byteCount))
            return true
          } catch {
            content.failure = RecordFailure(position: position, detail: "\(error)")
            return false
          }
        }
        return content
      }
    }
  }
}

/// A record that cannot be decoded.
struct RecordFailure: Error, Sendable {
  var position: Position
  var detail: String
}
