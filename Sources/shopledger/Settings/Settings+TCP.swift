import Glibc
import HTTPAPI

extension Settings {
  /// Where to listen over TCP, and for whom; nil: nowhere.
  var tcp: TCPConfiguration? {
    get async throws {
      let beyondLoopback = try await flag("tcp.beyondLoopback") ?? false
      let hosts = try await text("tcp.hosts") ?? ""
      guard let listen = try await text("tcp.listen") else { return nil }
      guard let (address, port) = Self.address(listen) else {
        throw Failure(
          .usage,
          "tcp.listen: \(listen) is no address with a port; give one such as 127.0.0.1:8080 or "
            + "[::1]:8080"
        )
      }
      guard beyondLoopback || Self.isLoopback(address) else {
        throw Failure(
          .usage,
          "tcp.listen: other machines can reach \(address), and tokens would cross the network as "
            + "plain text; give 127.0.0.1, or set tcp.beyondLoopback to true as well, behind a proxy "
            + "that speaks TLS"
        )
      }
      return TCPConfiguration(
        address: address,
        port: port,
        hosts: hosts.split(separator: ",").map { $0.filter { $0 != " " } },
        tokens: try await tokens
      )
    }
  }

  var tokens: TokenFile {
    get async throws {
      if let path = try await text("tcp.tokens") { return TokenFile(path: path) }
      return TokenFile(path: try await data + "/tokens")
    }
  }

  /// Takes apart `ADDRESS:PORT`, where an IPv6 address stands in brackets and `localhost` is
  /// 127.0.0.1.
  private static func address(_ text: String) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    let host = text[..<colon]
    if host == "localhost" { return ("127.0.0.1", port) }
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      var address = in6_addr()
      return inet_pton(AF_INET6, inner, &address) == 1 ? (inner, port) : nil
    }
    var address = in_addr()
    return inet_pton(AF_INET, String(host), &address) == 1 ? (String(host), port) : nil
  }

  private static func isLoopback(_ address: String) -> Bool {
    if address.contains(":") {
      var parsed = in6_addr()
      inet_pton(AF_INET6, address, &parsed)
      return withUnsafeBytes(of: parsed) { Array($0) } == Array(repeating: 0, count: 15) + [1]
    }
    return address.hasPrefix("127.")
  }
}
