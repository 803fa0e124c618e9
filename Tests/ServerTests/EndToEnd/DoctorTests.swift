import Foundation
import JSON
import Testing

/// What `shopledger doctor` finds, on directories that are right and wrong.
@Suite struct DoctorTests {
  private static func findings(
    _ directory: TestDirectory,
    _ arguments: [String] = [],
    under wrapper: [String] = ["env"]
  ) async throws -> (status: Int32, verdicts: [String: String], cures: [String: String]) {
    let ended = try await Program.run(
      wrapper[0],
      wrapper.dropFirst() + [Program.shopledger, "doctor", "--json"] + arguments,
      in: directory
    )
    let findings = try JSONValue(parsing: ended.output)["findings"]?.array ?? []
    var verdicts: [String: String] = [:]
    var cures: [String: String] = [:]
    for finding in findings {
      let check = try #require(finding["check"]?.string)
      verdicts[check] = finding["verdict"]?.string
      cures[check] = finding["cure"]?.string
    }
    return (ended.status, verdicts, cures)
  }

  @Test func `where all is right nothing has to be mended, and nothing is left behind`()
    async throws
  {
    let directory = try TestDirectory()
    let found = try await Self.findings(directory, ["--data", "data"])
    #expect(found.status == 0, "\(found)")
    let checks = [
      "machine", "memory", "lmdb", "tzdata", "clock", "directory", "file system", "space", "flush",
      "limits", "address space",
    ]
    #expect(Set(found.verdicts.keys) == Set(checks))
    #expect(found.verdicts["lmdb"] == "fine" && found.verdicts["tzdata"] == "fine")
    // What is not fine says what to do, and what is fine does not.
    #expect(Set(found.cures.keys) == Set(found.verdicts.filter { $0.value != "fine" }.keys))
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(left.filter { $0.contains("doctor") } == [])
  }

  @Test func `a server that runs is found`() async throws {
    try await withServer { server in
      let found = try await Self.findings(server.directory, ["--data", server.data])
      #expect(found.status == 0 && found.verdicts["server"] == "fine", "\(found)")
      let text = try await Program.run(
        Program.shopledger,
        ["doctor", "--data", server.data],
        in: server.directory
      )
      #expect(text.lines.contains { $0.hasPrefix("server") && $0.contains("log at 0") })
    }
  }

  @Test func `what others can write is to be mended, and what is no ledger`() async throws {
    let directory = try TestDirectory()
    let open = directory.path + "/open"
    try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
    let exposed = try await Self.findings(directory, ["--data", open])
    #expect(exposed.status == 1 && exposed.verdicts["directory"] == "mend")
    #expect(exposed.cures["directory"]?.contains("chmod go-w") == true)

    try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: open)
    try Data("x".utf8).write(to: URL(fileURLWithPath: open + "/letter.txt"))
    let other = try await Self.findings(directory, ["--data", open])
    #expect(other.status == 1 && other.verdicts["directory"] == "mend")
  }

  @Test func `too few open files are to be mended`() async throws {
    let found = try await Self.findings(
      TestDirectory(),
      ["--data", "data"],
      under: ["bash", "-c", #"ulimit -n 300; exec "$0" "$@""#]
    )
    #expect(found.status == 1 && found.verdicts["limits"] == "mend")
    #expect(found.cures["limits"]?.contains("356") == true)
  }

  @Test func `settings that cannot be are to be mended`() async throws {
    let directory = try TestDirectory()
    let file = directory.path + "/settings.json"
    try Data(#"{"queueCapacity": 0}"#.utf8).write(to: URL(fileURLWithPath: file))
    let found = try await Self.findings(directory, ["--config", file])
    #expect(found.status == 1 && found.verdicts["settings"] == "mend")
  }
}
