import Glibc
import JSON

/// `shopledger serve` over a directory of the benchmark's, in a process of its own.
final class ServedLedger {
  let socket: String
  let program: Child
  /// From the start of the process until it called itself ready.
  let millisecondsToReady: Double
  private let control: HTTPConnection

  /// Starts the server, and returns once it is ready; its views may be behind.
  init(program path: String, data: String, socket: String) throws {
    self.socket = socket
    let start = monotonicNanoseconds()
    program = try Child(
      [path, "serve", "--data", data, "--socket", socket, "--log-level", "warning"],
      errors: data + ".errors"
    )
    control = try Self.connection(to: socket, of: program)
    Scheduling.letViewsYield(in: program.id)
    while try control.ask("/readyz").status != 200 { usleep(1000) }
    millisecondsToReady = Double(monotonicNanoseconds() - start) / 1e6
  }

  /// Ends it as an operator would, with everything flushed.
  func stop() {
    program.end(by: SIGTERM)
  }

  /// The memory of the process that is no file's, in MiB.
  var anonymousMemory: Double {
    get throws {
      let lines = try text(of: "/proc/\(program.id)/status").split(separator: "\n")
      let line = lines.first { $0.hasPrefix("RssAnon:") }
      return (line?.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1024
    }
  }

  /// Tries until the server is there.
  static func connection(to socket: String, of program: Child) throws -> HTTPConnection {
    while true {
      if let connection = try? HTTPConnection(socket: socket) { return connection }
      guard program.isRunning else { throw program.failure("did not start") }
      usleep(1000)
    }
  }

  /// Returns once every view is at the log's head.
  func waitForViews() throws {
    while true {
      let status = try LedgerStatus(control.get("/v1/status"))
      if status.viewsAreAtHead { return }
      usleep(5000)
    }
  }
}

/// What of `/v1/status` counts here.
struct LedgerStatus {
  var position: Int64
  /// By the view's name.
  var views: [(name: String, position: Int64)]

  init(_ answer: [UInt8]) throws {
    let json = try JSONValue(parsing: answer)
    position = json["position"]?.integer ?? 0
    views = (json["views"]?.array ?? []).map {
      ($0["view"]?.string ?? "", $0["position"]?.integer ?? 0)
    }
  }

  var viewsAreAtHead: Bool { views.allSatisfy { $0.position >= position } }
}
