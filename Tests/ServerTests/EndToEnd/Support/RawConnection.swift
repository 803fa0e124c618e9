import Foundation
import Testing

/// A connection to a server on which a test sends whatever bytes it likes.
///
/// Calls block for as long as a hanging program is waited for, and fail then.
final class RawConnection {
  private let socket: Int32
  /// Received, and not yet part of an answer.
  private var received: [UInt8] = []

  struct Broken: Error {
    var call: String
    var code = errno
  }

  /// One answer as it came.
  struct Answer {
    var status = 0
    /// Names in small letters.
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  init(_ server: Server) throws {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: Int(Program.patience), tv_usec: 0)
    setsockopt(
      socket,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &patience,
      socklen_t(MemoryLayout<timeval>.size)
    )
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: server.socket.utf8) }
    let isConnected = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    if !isConnected { throw Broken(call: "connect") }
  }

  deinit {
    close(socket)
  }

  // MARK: Sending

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) throws {
    try Self.send(bytes, on: socket)
  }

  /// Sends on a thread of its own, while this one receives; the connection has to outlive it.
  func sendMeanwhile(_ bytes: [UInt8]) {
    let socket = socket
    Thread.detachNewThread { try? Self.send(bytes, on: socket) }
  }

  private static func send(_ bytes: [UInt8], on socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Broken(call: "send") }
      sent += count
    }
  }

  /// Sends all that the server takes now without anything being read from it.
  ///
  /// - Returns: how many bytes it took.
  func sendUnread(_ bytes: [UInt8]) -> Int {
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    return bytes.withUnsafeBytes { max(0, Glibc.send(socket, $0.baseAddress, $0.count, flags)) }
  }

  /// Ends this direction; answers still come.
  func endSending() {
    shutdown(socket, Int32(SHUT_WR))
  }

  // MARK: Receiving

  /// The next answer that is final.
  func answer() throws -> Answer {
    while true {
      var answer = try head()
      if answer.status == 100 { continue }
      if let length = answer.fields["content-length"].flatMap({ Int($0) }) {
        answer.body = try take(length)
      } else if answer.fields["transfer-encoding"] == "chunked" {
        while let chunk = try chunk() { answer.body += chunk }
      } else {
        answer.body = try rest()
      }
      return answer
    }
  }

  /// The status and the fields of the next answer, without its body.
  func head() throws -> Answer {
    var answer = Answer()
    answer.status = Int(try line().split(separator: " ").dropFirst().first ?? "") ?? 0
    while case let line = try line(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      answer.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return answer
  }

  /// The next chunk of a body; nil at its end.
  func chunk() throws -> [UInt8]? {
    let size = Int(try line(), radix: 16) ?? 0
    let chunk = try take(size)
    _ = try line()
    return size > 0 ? chunk : nil
  }

  /// What comes until the server closes the connection.
  func rest() throws -> [UInt8] {
    while try receive() {}
    defer { received = [] }
    return received
  }

  private func line() throws -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        return String(decoding: received[..<end].filter { $0 != 0x0D }, as: UTF8.self)
      }
      guard try receive() else { throw Broken(call: "a line") }
    }
  }

  /// So many bytes of whatever comes.
  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw Broken(call: "\(count) bytes") }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// - Returns: whether there was something, and not the end.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &buffer, buffer.count, 0)
    // What the server has not read when it closes is told as a reset.
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else { throw Broken(call: "recv") }
    received += buffer[..<count]
    return count > 0
  }
}

/// Requests as they stand on the wire.
enum Wire {
  static let ndjson = "Content-Type: application/x-ndjson\r\n"
  static let chunked = "Transfer-Encoding: chunked\r\n"

  /// A command that is accepted once under each id.
  static func shop(_ id: String) -> String {
    #"{"id":"\#(id)","type":"OpenShop","data":{"shop":"\#(id)","owner":"o","name":"n","#
      + #""currency":"CNY","timeZone":"Asia/Shanghai"}}"#
  }

  /// With the body's length, unless the fields say how long it is.
  static func post(
    _ body: String,
    _ fields: String = "",
    path: String = "/v1/commands",
    version: String = "1.1"
  ) -> String {
    let isFramed = fields.contains("Transfer-Encoding") || fields.contains("Content-Length")
    let length = isFramed ? "" : "Content-Length: \(body.utf8.count)\r\n"
    return "POST \(path) HTTP/\(version)\r\nHost: localhost\r\n\(fields)\(length)\r\n\(body)"
  }

  static func get(_ path: String) -> String {
    "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
  }

  static func chunk(_ text: String) -> String {
    String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
  }

  static let lastChunk = "0\r\n\r\n"
}
