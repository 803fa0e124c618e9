import Glibc
import HTTPAPI
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the server over its unix socket: HTTP/1.1, one connection a request.
struct LedgerClient: Sendable {
  typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  let socket: String
  /// Who may run the server, beside this user and root.
  let serverUser: UInt32?

  func get(_ segments: [String], _ query: [URLQuery.Item] = []) async throws -> Answer {
    try await request(.GET, URLQuery.uri(["v1"] + segments, query))
  }

  func post(
    _ segments: [String],
    _ query: [URLQuery.Item] = [],
    json: [UInt8] = []
  ) async throws -> Answer {
    try await request(.POST, URLQuery.uri(["v1"] + segments, query), json: json)
  }

  /// Takes the answer's body piece by piece as it comes, until the server ends it.
  ///
  /// - Returns: the answer: without its body, which `receive` got, unless it is a refusal.
  func download(
    _ segments: [String],
    _ query: [URLQuery.Item],
    accept: String? = nil,
    receive: (ByteBuffer) throws -> Void
  ) async throws -> Answer {
    let uri = URLQuery.uri(["v1"] + segments, query)
    return try await request(.GET, uri, accept: accept, receive: receive)
  }

  private func request(
    _ method: HTTPMethod,
    _ uri: String,
    json: [UInt8] = []
  ) async throws -> Answer {
    var body: [UInt8] = []
    var answer = try await request(method, uri, json: json) { body += $0.readableBytesView }
    answer.body += body
    return answer
  }

  private func request(
    _ method: HTTPMethod,
    _ uri: String,
    json: [UInt8] = [],
    accept: String? = nil,
    receive: (ByteBuffer) throws -> Void
  ) async throws -> Answer {
    var headers = HTTPHeaders([("host", "localhost"), ("connection", "close")])
    if let accept { headers.add(name: "accept", value: accept) }
    if method == .POST {
      headers.add(name: "content-type", value: "application/json")
      headers.add(name: "content-length", value: String(json.count))
    }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
    return try await connect().executeThenClose { inbound, outbound in
      do {
        try await outbound.write(.head(head))
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: json))))
        try await outbound.write(.end(nil))
      } catch {
        // The server stopped reading; its answer, if there is one, says why.
      }
      return try await answer(inbound, receive)
    }
  }

  /// Sends a body as long as `send` writes to it, and takes the answer's body while it is sent.
  ///
  /// Both directions wait for a slow other side; no more than a few pieces are in memory. Of what
  /// `send` throws only a `Failure` counts: the rest comes from a connection that has ended.
  ///
  /// - Returns: the answer: without its body, which `receive` got, unless it is a refusal.
  func upload(
    _ uri: String,
    contentType: String,
    send: @escaping @Sendable (_ body: UploadBody) async throws -> Void,
    receive: (ByteBuffer) throws -> Void
  ) async throws -> Answer {
    let headers = HTTPHeaders([
      ("host", "localhost"), ("connection", "close"), ("content-type", contentType),
      ("transfer-encoding", "chunked"),
    ])
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: headers)
    return try await connect().executeThenClose { inbound, outbound in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          do {
            try await outbound.write(.head(head))
            try await send(UploadBody(writer: outbound))
            try await outbound.write(.end(nil))
          } catch let failure as Failure {
            throw failure
          } catch {
            // As above.
          }
        }
        let answer = try await answer(inbound, receive)
        group.cancelAll()
        return answer
      }
    }
  }

  private func connect() async throws -> Connection {
    let connection: Connection
    do {
      connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: socket) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            return try Connection(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      let reason = (error as? IOError).map { ": " + String(cString: strerror($0.errnoCode)) } ?? ""
      throw Failure(
        .unavailable,
        "no server answers at \(socket)\(reason); start one with shopledger serve --data DIR, "
          + "or name its socket with --socket"
      )
    }
    try await check(connection.channel)
    return connection
  }

  /// Makes sure that nobody else has put a socket in the server's place: what is sent there is not
  /// theirs to read, and what they answer is not the ledger's.
  private func check(_ channel: any Channel) async throws {
    let owner = try await channel.eventLoop.submit { PeerCredentials(of: channel)?.user }.get()
    if let owner, [0, geteuid(), serverUser].contains(owner) { return }
    try? await channel.close()
    throw Failure(
      .refused,
      "\(owner.map { "user \($0)" } ?? "nobody known") serves \(socket), and nothing was sent: the "
        + "server's user is yours, root, or the one that serverUser names in the configuration"
    )
  }

  /// Reads an answer to its end; a body with status 200 goes to `receive`, any other into it.
  private func answer(
    _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
    _ receive: (ByteBuffer) throws -> Void
  ) async throws -> Answer {
    var answer = Answer(status: 0, body: [])
    do {
      for try await part in inbound {
        switch part {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let bytes):
          if answer.status == 200 {
            try receive(bytes)
          } else {
            answer.body += bytes.readableBytesView
          }
        case .end: return answer
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      // As when the connection ends without a word.
    }
    throw Failure(
      .unavailable,
      "the server at \(socket) closed the connection before it had answered; whether it recorded "
        + "what was sent is not known, so send the same again"
    )
  }
}

/// The body of a request that is sent piece by piece.
struct UploadBody: Sendable {
  fileprivate let writer: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

  /// Returns when the connection can take more.
  func write(_ piece: ByteBuffer) async throws {
    try await writer.write(.body(.byteBuffer(piece)))
  }
}
