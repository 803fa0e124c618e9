internal import Foundation
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Why a path cannot be listened on; says the cure.
public enum SocketPathError: Error, CustomStringConvertible, Sendable {
  /// Another server answers there.
  case inUse(String)
  /// A file of another kind stands there.
  case notASocket(String)
  /// Others could put a socket of their own in its place.
  case unsafeDirectory(String, detail: String)
  /// The TCP address cannot be listened on.
  case notBindable(String, detail: String)

  /// What is wrong, and the cure.
  public var description: String {
    switch self {
    case .inUse(let path):
      "another server listens on \(path); stop it first, or name another socket"
    case .notASocket(let path):
      "\(path) is there and is no socket; remove it, or name another path for the socket"
    case .unsafeDirectory(let path, let detail):
      "socket: its directory \(path) \(detail)"
    case .notBindable(let address, let detail):
      "tcp.listen: \(address) cannot be listened on: \(detail); name an address of this machine and a "
        + "port that is free"
    }
  }
}

/// Whoever binds a unix socket unlinks what it finds at the path, were it a live server's socket or
/// a file of the user's.
enum SocketPath {
  /// Makes sure that at the path there is nothing, or a socket whose server is gone.
  static func check(_ path: String) async throws {
    guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { return }
    guard found[.type] as? FileAttributeType == .typeSocket else {
      throw SocketPathError.notASocket(path)
    }
    let connected = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(unixDomainSocketPath: path).get()
    guard let connected else { return }
    try? await connected.close()
    throw SocketPathError.inUse(path)
  }

  /// Makes sure that an address can be listened on, before anything else listens.
  static func check(_ tcp: TCPConfiguration) async throws {
    do {
      try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: tcp.address, port: tcp.port).get().close()
    } catch let error as IOError {
      throw SocketPathError.notBindable(
        tcp.authority,
        detail: String(cString: strerror(error.errnoCode))
      )
    }
  }
}
