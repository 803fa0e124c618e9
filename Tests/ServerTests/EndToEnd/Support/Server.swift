import Foundation
import JSON
import Testing

/// The real program, serving a directory of its own.
final class Server: Sendable {
  /// The server of a suite whose tests only ask.
  @TaskLocal static var shared: Server?

  let directory: TestDirectory
  let program: Program

  let data: String
  var socket: String { data + "/shopledger.sock" }

  /// Starts it and waits until it says that it is ready.
  ///
  /// `wrapper` is a program with its arguments that becomes the server; `data` is `data` in the
  /// directory unless it is named.
  init(
    in directory: TestDirectory,
    _ arguments: [String] = [],
    under wrapper: [String] = ["env"],
    data: String? = nil
  ) async throws {
    self.directory = directory
    self.data = data ?? directory.path + "/data"
    program = try Program(
      wrapper[0],
      wrapper.dropFirst() + [Program.shopledger, "serve", "--data", self.data] + arguments,
      in: directory
    )
    let isReady = try await eventually {
      guard program.isRunning else { return true }
      return try await get("/readyz").status == 200
    }
    try #require(isReady && program.isRunning, "the server did not start: \(program.errors)")
  }

  deinit {
    program.send(SIGKILL)
  }

  /// Stops it as a supervisor does.
  ///
  /// - Returns: its exit status.
  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) async -> Int32 {
    program.send(signal)
    return await program.end().status
  }

  // MARK: Requests

  func get(_ path: String) async throws -> Reply {
    try await curl([path])[0]
  }

  func post(
    _ path: String,
    _ body: [UInt8],
    type: String = "application/json"
  ) async throws -> Reply {
    try await curl([path], ["-X", "POST", "-H", "Content-Type: " + type], body)[0]
  }

  func command(_ text: String) async throws -> Reply {
    try await post("/v1/commands", Array(text.utf8))
  }

  /// Sends many commands and answers with the receipts, the summary last.
  func submit(_ lines: String, _ query: String = "") async throws -> [JSONValue] {
    let reply = try await post(
      "/v1/commands" + query,
      Array(lines.utf8),
      type: "application/x-ndjson"
    )
    #expect(reply.status == 200 && reply.type == "application/x-ndjson")
    return try reply.body.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: $0) }
  }

  /// Asks for one path after the other, the first with a body, on one connection if it lasts.
  func curl(
    _ paths: [String],
    _ options: [String] = [],
    _ body: [UInt8]? = nil
  ) async throws -> [Reply] {
    let files = paths.map { _ in directory.path + "/" + UUID().uuidString }
    var arguments: [String] = []
    for (path, file) in zip(paths, files) {
      if !arguments.isEmpty { arguments.append("--next") }
      arguments += ["-s", "--globoff", "--path-as-is", "--unix-socket", socket, "-o", file]
      arguments += [
        "-w", "%{http_code} %{num_connects} %{time_total} %header{retry-after} %{content_type}\n",
      ]
      arguments.append("http://localhost" + path)
      guard path == paths.first, file == files.first else { continue }
      arguments += options
      if body != nil { arguments += ["--data-binary", "@-"] }
    }
    let ended = try await Program.run(
      "curl",
      arguments,
      input: body ?? [],
      in: directory
    )
    return zip(ended.lines, files).map { line, file in
      let fields = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
      return Reply(
        status: Int(fields[0]) ?? 0,
        type: String(fields[4]),
        retryAfter: String(fields[3]),
        connects: Int(fields[1]) ?? -1,
        seconds: Double(fields[2]) ?? 0,
        body: FileManager.default.contents(atPath: file).map(Array.init) ?? []
      )
    }
  }

  /// The log's last event.
  func position() async throws -> Int64 {
    try #require(try await get("/v1/status").json["position"]?.integer)
  }

  /// Runs the command line against it.
  func cli(_ arguments: [String], input: [UInt8] = []) async throws -> Ended {
    try await Program.run(
      Program.shopledger,
      arguments + ["--socket", socket],
      input: input,
      in: directory
    )
  }
}

/// What the server answered.
struct Reply {
  var status: Int
  var type: String
  var retryAfter: String
  /// How many connections had to be made for it.
  var connects: Int
  /// From the asking to the answer's end.
  var seconds: Double
  var body: [UInt8]

  var json: JSONValue {
    get throws { try JSONValue(parsing: body) }
  }
}

/// A server for the time of a test, in a directory of its own.
func withServer(
  in directory: TestDirectory? = nil,
  _ body: (Server) async throws -> Void
) async throws {
  let server = try await Server(in: try directory ?? TestDirectory())
  try await body(server)
  #expect(await server.stop() == 0, "\(server.program.errors)")
}
