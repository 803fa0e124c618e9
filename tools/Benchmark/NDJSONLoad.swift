import Glibc

/// One upload of many commands, receipts read while it is sent.
///
/// Each line's latency is from when the socket took its last byte to when its receipt was read; in
/// a flood that is mostly the time in queues. With receipts of refusals only there are none.
final class NDJSONUpload {
  let descriptor: Int32
  private let body: [UInt8]
  private let lineEnds: [Int]
  private let head: [UInt8]
  private var sent = 0
  private var sentLines = 0
  private var sentAt: [UInt64]
  private(set) var latencies: [UInt64] = []
  private var decoder = ChunkedLines()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

  /// Connects; `body` is whole lines with their newlines.
  init(socket path: String, body: [UInt8], allReceipts: Bool) throws {
    self.body = body
    lineEnds = body.indices.filter { body[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    sentAt = [UInt64](repeating: 0, count: lineEnds.count)
    latencies.reserveCapacity(lineEnds.count + 1)
    let query = allReceipts ? "" : "?receipts=refused"
    head = Array(
      ("POST /v1/commands\(query) HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/x-ndjson\r\nContent-Length: \(body.count)\r\n\r\n").utf8
    )
    descriptor = try connectToSocket(path)
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw Failure(call: "fcntl") }
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  var lineCount: Int { lineEnds.count }
  var isSent: Bool { sent == head.count + body.count }
  var isAnswered: Bool { decoder.isAtEnd }

  /// Sends so many lines in all, or until the socket is full; answers whether they are sent.
  @discardableResult
  func send(lines: Int) throws -> Bool {
    let end = head.count + (lines == 0 ? 0 : lineEnds[lines - 1])
    while sent < end {
      let count =
        sent < head.count
        ? write(head[sent...]) : write(body[(sent - head.count)..<(end - head.count)])
      if count < 0 && errno == EAGAIN { return false }
      guard count > 0 else { throw Failure(call: "send") }
      sent += count
      let now = monotonicNanoseconds()
      while sentLines < lineEnds.count, lineEnds[sentLines] <= sent - head.count {
        sentAt[sentLines] = now
        sentLines += 1
      }
    }
    return true
  }

  private func write(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes { bytes in
      Glibc.send(descriptor, bytes.baseAddress, min(bytes.count, 1 << 16), nosignal)
    }
  }

  /// Reads until nothing is there.
  func receive() throws {
    while !isAnswered {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else { throw Failure("the server ended an upload early") }
      let lines = try decoder.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      let now = monotonicNanoseconds()
      for _ in 0..<lines where latencies.count < lineEnds.count {
        // A receipt of a refusal only cannot be told from whose line it is.
        latencies.append(now - sentAt[latencies.count])
      }
    }
  }

  /// What the server summed up, its last line.
  var summary: String { String(decoding: decoder.lastLine, as: UTF8.self) }
}

/// Sends several bodies at once, each on a connection of its own; answers the commands a second and
/// the latencies of all lines.
func upload(
  _ bodies: [[UInt8]],
  to socket: String,
  allReceipts: Bool
) throws -> (rate: Double, latencies: [UInt64]) {
  let uploads = try bodies.map {
    try NDJSONUpload(socket: socket, body: $0, allReceipts: allReceipts)
  }
  let start = monotonicNanoseconds()
  while let waiting = Optional(uploads.filter { !$0.isAnswered }), !waiting.isEmpty {
    var polls = waiting.map { upload in
      let events = upload.isSent ? POLLIN : POLLIN | POLLOUT
      return pollfd(fd: upload.descriptor, events: Int16(events), revents: 0)
    }
    guard poll(&polls, nfds_t(polls.count), -1) >= 0 || errno == EINTR else {
      throw Failure(call: "poll")
    }
    for (upload, poll) in zip(waiting, polls) {
      if Int32(poll.revents) & POLLOUT != 0 { try upload.send(lines: upload.lineCount) }
      if Int32(poll.revents) & ~POLLOUT != 0 { try upload.receive() }
    }
  }
  let nanoseconds = monotonicNanoseconds() - start
  for upload in uploads where !upload.summary.contains(#""malformed":0,"unavailable":0"#) {
    throw Failure("an upload was not recorded whole: \(upload.summary)")
  }
  let lines = uploads.reduce(0) { $0 + $1.lineCount }
  return (Double(lines) * 1e9 / Double(nanoseconds), uploads.flatMap(\.latencies))
}

/// Counts the lines of a chunked response as it comes.
struct ChunkedLines {
  private enum Place {
    case head
    case size
    case data(left: Int)
    case trailer
  }

  private(set) var isAtEnd = false
  /// The line that ended last, without its newline.
  private(set) var lastLine: [UInt8] = []
  private var place = Place.head
  private var line: [UInt8] = []
  /// The part of the head or of a chunk's size that has come.
  private var text: [UInt8] = []

  /// Takes what has come; answers how many lines of the body ended in it.
  mutating func take(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    var lines = 0
    var next = 0
    while next < bytes.count, !isAtEnd {
      if case .data(let left) = place {
        let end = min(bytes.count, next + left)
        lines += take(body: UnsafeRawBufferPointer(rebasing: bytes[next..<end]))
        place = left == end - next ? .trailer : .data(left: left - (end - next))
        next = end
      } else {
        text.append(bytes[next])
        next += 1
        if text.last == UInt8(ascii: "\n") { try takeText() }
      }
    }
    return lines
  }

  private mutating func takeText() throws {
    switch place {
    case .head:
      guard text.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
      guard text.starts(with: "HTTP/1.1 200 ".utf8) else {
        throw Failure("an upload was answered: \(String(decoding: text, as: UTF8.self))")
      }
      place = .size
    case .size:
      guard let size = Int(String(decoding: text.dropLast(2), as: UTF8.self), radix: 16) else {
        throw Failure("a chunk of the answer has no size")
      }
      if size == 0 { isAtEnd = true }
      place = .data(left: size)
    case .trailer: place = .size
    case .data: preconditionFailure("a chunk's data is no text")
    }
    text.removeAll(keepingCapacity: true)
  }

  private mutating func take(body: UnsafeRawBufferPointer) -> Int {
    guard var place = body.baseAddress else { return 0 }
    let end = place + body.count
    var lines = 0
    while let newline = memchr(place, 0x0A, end - place) {
      lines += 1
      let piece = UnsafeRawBufferPointer(start: place, count: UnsafeRawPointer(newline) - place)
      // Only the last one is of interest: it may have begun in an earlier piece.
      lastLine.removeAll(keepingCapacity: true)
      lastLine += line
      lastLine += piece
      line.removeAll(keepingCapacity: true)
      place = UnsafeRawPointer(newline) + 1
    }
    line += UnsafeRawBufferPointer(start: place, count: end - place)
    return lines
  }
}
