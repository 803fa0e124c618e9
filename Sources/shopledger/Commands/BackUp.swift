import ArgumentParser
import Foundation
import JSON
import Ledger

/// Copies the ledger's log to another directory.
struct BackUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the log to a directory, while the server runs or where none does.",
    discussion: """
      The server writes it, on its own machine and as its own user. A directory that has an earlier \
      backup gets what is missing. Prints the root hash over all events; keep it elsewhere. State and \
      views are not in it: they are folded anew. With --data it works on the directory itself, where \
      no server runs.

      Examples:
        shopledger backup /backup/ledger
        shopledger backup /backup/ledger --data data
        shopledger verify --data /backup/ledger
      """
  )

  @Argument(
    help: ArgumentHelp("Where to: empty, absent, or with an earlier backup.", valueName: "dir")
  )
  var target: String

  @Option(help: ArgumentHelp("The data directory, when no server runs.", valueName: "dir"))
  var data: String?

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard data == nil || connection.socket == nil else {
      throw ValidationError("Give --socket to ask a server, or --data where none runs, not both.")
    }
  }

  func run() async throws {
    let path = URL(fileURLWithPath: target).standardizedFileURL.path
    let result: JSONValue
    if let data {
      result = try await backUpStopped(data, to: path)
    } else {
      result = try await backUpServed(to: path)
    }
    if json { return try Terminal.write([String(decoding: written(result), as: UTF8.self)]) }
    try Terminal.write([
      "\(path): \(Figure.count(result["position"])) events, \(Figure.count(result["added"])) of them "
        + "new; root hash \(Figure.text(result["rootHash"]))"
    ])
  }

  private func written(_ result: JSONValue) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("position", result["position"]?.integer ?? 0)
      json.member("added", result["added"]?.integer ?? 0)
      json.member("rootHash", result["rootHash"]?.string ?? "")
    }
    return json.bytes
  }

  private func backUpServed(to path: String) async throws -> JSONValue {
    let client = try await connection.client
    var json = JSONWriter()
    json.object { $0.member("directory", path) }
    var status = try await client.post(["backup"], json: json.bytes).checked().parsed()
    var display = ProgressDisplay()
    defer { display.end() }
    while status["state"]?.string == "running" {
      let now = status
      display.show(
        Progress(
          label: "backup",
          unit: .events,
          done: Int(now["position"]?.integer ?? 0),
          total: now["target"]?.integer.map(Int.init),
          rate: now["rate"].map { Figure.count($0) + " events/s" },
          secondsLeft: now["secondsLeft"]?.double
        )
      )
      try await Task.sleep(for: .milliseconds(100))
      status = try await client.get(["backup"]).checked().parsed()
    }
    guard status["state"]?.string == "done" else {
      let detail = status["detail"]?.string ?? "it ended without a result"
      throw Failure(.refused, "the backup failed: \(detail)".printable)
    }
    return status
  }

  private func backUpStopped(_ data: String, to path: String) async throws -> JSONValue {
    let settings = try await Settings(file: nil, flags: ["data": data])
    let configuration = try await settings.ledger
    var pace = TransferProgress("backup")
    do {
      let contents = try StoppedLedger.backUp(configuration, to: path) { pace.show($0, of: $1) }
      pace.end()
      return .object([
        .init("position", .integer(Int64(contents.position))),
        .init("added", .integer(Int64(contents.added))),
        .init("rootHash", .string(contents.rootHash)),
      ])
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }
}
