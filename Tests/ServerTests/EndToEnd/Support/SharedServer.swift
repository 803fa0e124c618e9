import Foundation
import Testing

/// Gives the tests of a suite one server with the scenario recorded, to ask and to change nothing.
struct SharedServer: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      _ = try await server.get("/v1/shops?after=26&wait=60")
      try await Server.$shared.withValue(server, operation: function)
    }
  }
}

extension Trait where Self == SharedServer {
  static var sharedServer: SharedServer { SharedServer() }
}

/// Gives the tests of a suite the data directory of a ledger that was stopped, to be copied.
struct StoppedLedger: SuiteTrait, TestScoping {
  @TaskLocal static var data = ""

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let directory = try TestDirectory()
    try await withServer(in: directory) { _ = try await $0.submit(Scenario.lines) }
    try await Self.$data.withValue(directory.path + "/data", operation: function)
  }

  /// A directory with a copy of that ledger in it.
  static func copy() throws -> TestDirectory {
    let directory = try TestDirectory()
    try FileManager.default.copyItem(atPath: data, toPath: directory.path + "/data")
    return directory
  }
}

extension Trait where Self == StoppedLedger {
  static var stoppedLedger: StoppedLedger { StoppedLedger() }
}
