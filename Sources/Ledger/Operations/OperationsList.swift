internal import Foundation
internal import Glibc
internal import JSON
internal import Marketplace
internal import Projections
internal import Synchronization

/// What was done to a ledger, beside commands: `operations.ndjson`, a JSON object a line.
///
/// Lines are only appended, and each is on disk before what it tells is done. It stands beside the log
/// and not in it: the log's commit stays what commands need, and the list is read with any tool. Its
/// entries name the log's head and root at their time, but nothing binds the list itself.
final class OperationsList: Sendable {
  static let file = "operations.ndjson"

  private let path: String
  private let clock: @Sendable () -> Microseconds
  /// One who appends at a time.
  private let appending = Mutex<Void>(())

  init(in directory: String, clock: @escaping @Sendable () -> Microseconds) {
    path = directory + "/" + Self.file
    self.clock = clock
  }

  /// Appends an entry, and returns when it is on disk.
  ///
  /// - Parameters:
  ///   - operation: what is done, such as `rebuild`.
  ///   - by: who asked for it, such as `user 1001`.
  ///   - position: the log's head.
  ///   - rootHash: of the tree over the events up to there.
  ///   - members: what more there is to tell.
  /// - Throws: `Files.Failure` when it cannot be written; then there is no entry.
  func append(
    _ operation: String,
    by: String,
    position: Position,
    rootHash: [UInt8],
    _ members: (inout JSONWriter) -> Void = { _ in }
  ) throws {
    var json = JSONWriter()
    json.object { json in
      json.member("at", Timestamp.text(clock()))
      json.member("operation", operation)
      json.member("by", by)
      members(&json)
      json.member("position", position)
      json.member("rootHash", Ledger.hex(rootHash))
    }
    let line = json.bytes + [UInt8(ascii: "\n")]
    try appending.withLock { _ in try append(line) }
  }

  private func append(_ line: [UInt8]) throws {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Files.Failure(call: "open", path: path) }
    defer { close(file) }
    // What a crash has left of a line was never answered for.
    let end = Self.wholeLines(FileManager.default.contents(atPath: path) ?? Data()).count
    ftruncate(file, off_t(end))
    guard pwrite(file, line, line.count, off_t(end)) == line.count, fsync(file) == 0 else {
      let failure = Files.Failure(call: "write", path: path)
      ftruncate(file, off_t(end))
      throw failure
    }
    if end == 0 { try Files.syncDirectory(of: path) }
  }

  /// The bytes up to the last line break.
  static func wholeLines(_ data: Data) -> Data {
    data.lastIndex(of: UInt8(ascii: "\n")).map { data[...$0] } ?? Data()
  }

  /// Some entries behind a number, the first being 1, as one JSON object with `next` where there are
  /// more.
  func answer(after: UInt64, limit: Int) -> [UInt8] {
    let data = Self.wholeLines(FileManager.default.contents(atPath: path) ?? Data())
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    let rest = lines.dropFirst(Int(min(after, UInt64(lines.count))))
    var json = JSONWriter()
    json.object { json in
      json.array("operations") { json in
        for (offset, line) in rest.prefix(limit).enumerated() {
          json.object { json in
            json.member("number", after + UInt64(offset) + 1)
            // A line that somebody has spoilt hides no other.
            let members = (try? JSONValue(parsing: line))?.members
            for member in members ?? [] { json.member(member) }
            if members == nil { json.member("damaged", true) }
          }
        }
      }
      if rest.count > limit { json.member("next", after + UInt64(limit)) }
    }
    return json.bytes
  }
}

extension JSONWriter {
  /// Texts and numbers are all that entries have.
  fileprivate mutating func member(_ member: JSONValue.Member) {
    if let text = member.value.string { self.member(member.name, text) }
    if let number = member.value.integer { self.member(member.name, number) }
  }
}
