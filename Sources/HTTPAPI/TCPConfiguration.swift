/// Where the server listens beside its unix socket, and for whom.
public struct TCPConfiguration: Sendable {
  /// An IPv4 or IPv6 address, without brackets.
  public var address: String
  /// 0: any that is free.
  public var port: Int
  /// The hosts that requests may name beside the loopback ones, with the port as they name it.
  public var hosts: [String]
  /// Who may come in.
  public var tokens: TokenFile

  /// A listener.
  public init(address: String, port: Int, hosts: [String], tokens: TokenFile) {
    self.address = address
    self.port = port
    self.hosts = hosts
    self.tokens = tokens
  }

  /// As it stands in a URL, such as `127.0.0.1:8080`.
  public var authority: String { Self.authority(address, port) }

  static func authority(_ address: String, _ port: Int) -> String {
    address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
