import EventLog
import Foundation
import JSON
import LMDB
import Ledger
import Logging

@testable import shopledger

/// A data directory of one test that no server holds; removed with it.
final class StoppedDirectory {
  let path = NSTemporaryDirectory() + "stopped-" + UUID().uuidString

  var logPath: String { path + "/log" }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func open() throws -> Ledger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try Ledger.open(LedgerConfiguration(directory: path), logger: logger)
  }

  /// Records the generated commands of a seed, and stops.
  func fill(seed: UInt64 = 1, commands: Int = 3000) async throws {
    var platform = SamplePlatform(seed: seed, commands: commands)
    var bytes: [UInt8] = []
    platform.write { bytes += $0 }
    let ledger = try open()
    _ = await ledger.submit(bytes.split(separator: UInt8(ascii: "\n")), peer: nil)
    ledger.close()
  }

  /// Looks at the log as it is.
  func withLog<Result>(_ body: (EventLog) throws -> Result) throws -> Result {
    let log = try EventLog.openToVerify(directory: logPath, mapSize: 1 << 30)
    defer { log.close() }
    return try body(log)
  }

  /// Changes a table of the log behind the ledger's back.
  func tamper(
    _ table: String,
    _ change: (inout WriteTransaction, LMDB.Table) throws -> Void
  ) throws {
    let environment = try Environment(directory: logPath, mapSize: 1 << 30)
    defer { environment.close() }
    let table = try environment.openTable(table)
    try environment.write { try change(&$0, table) }
  }

  /// Changes the log's file wherever these bytes stand in it; answers at how many places.
  func changeFile(where bytes: [UInt8], _ change: (inout Data, Int) -> Void) throws -> Int {
    let file = URL(fileURLWithPath: logPath + "/data.mdb")
    var data = try Data(contentsOf: file)
    var places: [Int] = []
    while let place = data[(places.last.map { $0 + 1 } ?? 0)...].range(of: Data(bytes)) {
      places.append(place.lowerBound)
    }
    for place in places { change(&data, place) }
    try data.write(to: file)
    return places.count
  }

  // MARK: The program

  struct Outcome: Equatable {
    var status: Int32
    var output: String
    var error: String
  }

  /// Runs the program that was built together with the tests.
  static func shopledger(_ arguments: String...) throws -> Outcome {
    try shopledger(arguments)
  }

  static func shopledger(_ arguments: [String]) throws -> Outcome {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("shopledger")
    process.arguments = arguments
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    // What goes to standard error here fits its pipe.
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    let errorData = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: String(decoding: outputData, as: UTF8.self),
      error: String(decoding: errorData, as: UTF8.self)
    )
  }

  /// What `verify` says of this directory, with the status it ends with.
  func verified() throws -> (status: Int32, report: JSONValue) {
    let outcome = try Self.shopledger("verify", "--data", path, "--json")
    return (outcome.status, try JSONValue(parsing: Array(outcome.output.utf8)))
  }

  /// The findings of `verify`, as `check@position` or `check`.
  func findings() throws -> [String] {
    let (status, report) = try verified()
    let findings = report["findings"]?.array ?? []
    return ["exit \(status)"]
      + findings.map { finding in
        let position = finding["position"]?.integer.map { "@\($0)" } ?? ""
        return (finding["check"]?.string ?? "") + position
      }
  }
}
