import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server that reads a request's body and answers as the ledger would, and does nothing else.
final class EmptyServer {
  enum Kind: String, CaseIterable {
    case hummingbird
    case nio

    var name: String {
      switch self {
      case .hummingbird: "empty server, Hummingbird"
      case .nio: "empty server, bare NIO"
      }
    }
  }

  let kind: Kind
  let socket: String
  private let program: Child

  /// Starts one in a process of its own.
  init(_ kind: Kind, _ bench: Bench) throws {
    self.kind = kind
    socket = bench.path(kind.rawValue + ".sock")
    program = try Child(
      [try executable(), "serve-empty", kind.rawValue, socket],
      errors: bench.path(kind.rawValue + ".errors")
    )
    _ = try ServedLedger.connection(to: socket, of: program)
  }

  deinit {
    program.end(by: SIGKILL)
  }

  /// As long as a receipt.
  private static let answer =
    #"{"id":"s1-1234567","outcome":"accepted","positions":[1234567,1234567],"#
    + #""recordedAt":"2026-11-22T15:26:16.609269Z"}"#

  /// Serves until the process is killed.
  static func run(_ kind: Kind, socket: String) async throws {
    switch kind {
    case .hummingbird: try await runHummingbird(socket)
    case .nio: try await runNIO(socket)
    }
  }

  private static func runHummingbird(_ socket: String) async throws {
    let router = Router()
    router.post("v1/commands") { request, _ in
      for try await _ in request.body {}
      return Response(
        status: .created,
        headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: answer))
      )
    }
    var logger = Logger(label: "empty")
    logger.logLevel = .error
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket)),
      logger: logger
    )
    try await application.run()
  }

  private static func runNIO(_ socket: String) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Answering())
        }
      }
      .bind(unixDomainSocketPath: socket).get()
    try await server.closeFuture.get()
  }

  private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let body = ByteBuffer(string: answer)
    private let headers: HTTPHeaders = [
      "Content-Type": "application/json", "Content-Length": String(answer.utf8.count),
    ]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      let head = HTTPResponseHead(version: .http1_1, status: .created, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}

/// The path of this program.
private func executable() throws -> String {
  guard let path = realpath("/proc/self/exe", nil) else { throw Failure(call: "/proc/self/exe") }
  defer { free(path) }
  return String(cString: path)
}
