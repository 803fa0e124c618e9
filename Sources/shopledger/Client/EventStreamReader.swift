/// Reads server-sent events, as WHATWG HTML 9.2.6 has it, as far as this server uses it.
struct EventStreamReader {
  struct Event: Hashable {
    /// `message` where the server names none.
    var name = "message"
    var data: [UInt8] = []
  }

  private var splitter = LineSplitter()
  private var event = Event()
  private var hasData = false
  /// Behind which a next stream goes on; nil before the first.
  private(set) var lastID: Int64?
  private var id: Int64?

  /// Gives each event that this piece ends.
  mutating func read(_ piece: some Sequence<UInt8>, _ take: (Event) throws -> Void) rethrows {
    var lines: [ArraySlice<UInt8>] = []
    splitter.split(piece) { lines.append($0) }
    for line in lines { try read(line: line, take) }
  }

  private mutating func read(line: ArraySlice<UInt8>, _ take: (Event) throws -> Void) rethrows {
    guard !line.isEmpty else {
      if hasData { try take(event) }
      lastID = id ?? lastID
      (event, hasData) = (Event(), false)
      return
    }
    let parts = line.split(
      separator: UInt8(ascii: ":"),
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    var value = parts.count > 1 ? parts[1] : []
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    switch String(decoding: parts[0], as: UTF8.self) {
    case "data":
      if hasData { event.data.append(UInt8(ascii: "\n")) }
      event.data += value
      hasData = true
    case "event": event.name = String(decoding: value, as: UTF8.self)
    case "id": id = Int64(String(decoding: value, as: UTF8.self)) ?? id
    default: break
    }
  }
}
