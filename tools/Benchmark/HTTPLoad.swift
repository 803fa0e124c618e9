import CEpoll
import Glibc

/// Requests as they go over the socket, built before the clock runs.
struct Requests {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  var count: Int { ends.count }

  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  mutating func post(_ command: ArraySlice<UInt8>) {
    bytes += "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\n".utf8
    bytes += "Content-Type: application/json\r\nContent-Length: \(command.count)\r\n\r\n".utf8
    bytes += command
    ends.append(bytes.count)
  }

  mutating func get(_ path: String) {
    bytes += "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8
    ends.append(bytes.count)
  }
}

/// What a load found.
struct LoadResult {
  var seconds: Double
  /// Of each request that was answered, in nanoseconds.
  var latencies: [UInt64]
  /// How many were answered with 422: refused, which is an answer too.
  var refused: Int

  var rate: Double { Double(latencies.count) / seconds }
}

/// A client of some connections, each with one request under way at a time.
///
/// One thread and epoll, because it shares the cores with the server: nothing is allocated for a
/// request.
final class HTTPLoad {
  private let connections: [HTTPConnection]
  private let poll: Int32
  private let timer: Int32

  init(socket path: String, connections count: Int) throws {
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    guard poll >= 0, timer >= 0 else { throw Failure(call: "epoll_create1") }
    connections = try (0..<count).map { _ in try HTTPConnection(socket: path) }
    for (index, connection) in connections.enumerated() {
      try watch(connection.descriptor, as: UInt64(index))
    }
    try watch(timer, as: .max)
  }

  deinit {
    close(poll)
    close(timer)
  }

  private func watch(_ descriptor: Int32, as mark: UInt64) throws {
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: mark))
    guard epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
      throw Failure(call: "epoll_ctl")
    }
  }

  /// Sends requests until the end of them, or of the time.
  ///
  /// Without a rate each connection sends as soon as it is answered. With one, each request has its
  /// time to be sent, and its latency counts from there, also when no connection was free then: a
  /// server that stalls does not get fewer requests measured.
  ///
  /// With a deadline the requests are begun anew until then.
  func run(
    _ requests: Requests,
    rate: Double? = nil,
    until deadline: UInt64? = nil
  ) throws -> LoadResult {
    var latencies: [UInt64] = []
    latencies.reserveCapacity(deadline == nil ? requests.count : 1 << 20)
    var idle = Array(connections.indices.reversed())
    var since = [UInt64](repeating: 0, count: connections.count)
    var refused = 0
    var next = 0
    var events = [epoll_event](repeating: epoll_event(), count: connections.count + 1)
    let start = monotonicNanoseconds()
    var now = start
    let interval = rate.map { 1e9 / $0 }
    func due(_ index: Int) -> UInt64? { interval.map { start + UInt64(Double(index) * $0) } }

    while true {
      let isOver = deadline.map { now >= $0 } ?? (next == requests.count)
      if isOver && idle.count == connections.count { break }
      while !isOver, deadline != nil || next < requests.count, let free = idle.last {
        let time = due(next)
        if let time, time > now {
          try wake(at: time)
          break
        }
        idle.removeLast()
        since[free] = time ?? monotonicNanoseconds()
        try connections[free].send(requests, next % requests.count)
        next += 1
      }
      let ready = epoll_wait(poll, &events, Int32(events.count), -1)
      guard ready >= 0 || errno == EINTR else { throw Failure(call: "epoll_wait") }
      now = monotonicNanoseconds()
      for event in events[..<Int(max(ready, 0))] where event.data.u64 != .max {
        let index = Int(event.data.u64)
        guard let status = try connections[index].receive() else { continue }
        now = monotonicNanoseconds()
        latencies.append(now - since[index])
        guard (200..<300).contains(status) || status == 422 else {
          throw Failure("the server answered \(connections[index].lastAnswer)")
        }
        if status == 422 { refused += 1 }
        idle.append(index)
      }
    }
    return LoadResult(
      seconds: Double(now - start) / 1e9,
      latencies: latencies,
      refused: refused
    )
  }

  /// Ends a wait at a time, once; the timer is ready to be read from then on until it is set again.
  private func wake(at time: UInt64) throws {
    var setting = itimerspec(
      it_interval: timespec(tv_sec: 0, tv_nsec: 0),
      it_value: timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
    )
    guard timerfd_settime(timer, Int32(TFD_TIMER_ABSTIME), &setting, nil) == 0 else {
      throw Failure(call: "timerfd_settime")
    }
  }
}

/// One connection to a unix socket, with at most one request under way.
final class HTTPConnection {
  let descriptor: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  private var filled = 0

  init(socket path: String) throws {
    descriptor = try connectToSocket(path)
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  func send(_ requests: Requests, _ index: Int) throws {
    let range = requests.range(index)
    let sent = requests.bytes.withUnsafeBytes { bytes in
      Glibc.send(descriptor, bytes.baseAddress.map { $0 + range.lowerBound }, range.count, nosignal)
    }
    // A request is far smaller than what the socket holds.
    guard sent == range.count else { throw Failure(call: "send") }
  }

  /// Takes what has come; answers the status once the whole response is there.
  func receive() throws -> Int? {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    let count = recv(descriptor, room.baseAddress, room.count, 0)
    guard count > 0 else { throw Failure("the server closed a connection") }
    filled += count
    guard let response = ResponseHead(UnsafeRawBufferPointer(rebasing: buffer[..<filled])) else {
      return nil
    }
    guard response.byteCount <= buffer.count else { throw Failure("an answer is over 1 MiB") }
    guard filled >= response.byteCount else { return nil }
    filled = 0
    return response.status
  }

  /// Asks one thing; answers the status and the bytes of the body.
  func ask(_ path: String) throws -> (status: Int, body: [UInt8]) {
    var requests = Requests()
    requests.get(path)
    try send(requests, 0)
    while true {
      guard let status = try receive() else { continue }
      // It is still in the buffer.
      guard let head = ResponseHead(UnsafeRawBufferPointer(buffer)) else { return (status, []) }
      return (status, Array(buffer[(head.byteCount - head.bodyByteCount)..<head.byteCount]))
    }
  }

  /// The body of what must be answered with 200.
  func get(_ path: String) throws -> [UInt8] {
    let (status, body) = try ask(path)
    guard status == 200 else { throw Failure("\(path) was answered: \(lastAnswer)") }
    return body
  }

  /// The last response, for whoever has to be told.
  var lastAnswer: String {
    guard let head = ResponseHead(UnsafeRawBufferPointer(buffer)) else { return "nothing" }
    return String(decoding: buffer[..<min(head.byteCount, buffer.count)], as: UTF8.self)
  }
}

/// What a client has to know of a response that is not chunked.
struct ResponseHead {
  var status: Int
  var bodyByteCount: Int
  /// Head and body.
  var byteCount: Int

  /// Nil while the head is not whole.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let end = Self.find("\r\n\r\n", in: bytes) else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: bytes[..<(end + 4)])
    status = Self.digits(head, from: "HTTP/1.1 ".utf8.count)
    bodyByteCount = 0
    for name in ["\r\nContent-Length: ", "\r\ncontent-length: "] as [StaticString] {
      if let place = Self.find(name, in: head) {
        bodyByteCount = Self.digits(head, from: place + name.utf8CodeUnitCount)
      }
    }
    byteCount = end + 4 + bodyByteCount
  }

  private static func find(_ text: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
    let length = text.utf8CodeUnitCount
    guard let start = bytes.baseAddress, bytes.count >= length else { return nil }
    return (0...(bytes.count - length)).first { memcmp(start + $0, text.utf8Start, length) == 0 }
  }

  private static func digits(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var number = 0
    for byte in bytes[min(start, bytes.count)...] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}

/// A write to a connection that was closed fails, and does not end the program.
let nosignal = Int32(MSG_NOSIGNAL)

/// A blocking connection to a unix socket.
func connectToSocket(_ path: String) throws -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw Failure(call: "socket") }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let size = MemoryLayout.size(ofValue: address.sun_path)
  guard path.utf8.count < size else { throw Failure("the socket's path is too long: \(path)") }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  let connected = withUnsafePointer(to: address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard connected == 0 else {
    defer { close(descriptor) }
    throw Failure(call: "connect to \(path)")
  }
  return descriptor
}
