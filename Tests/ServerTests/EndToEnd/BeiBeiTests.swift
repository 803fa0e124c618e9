import Foundation
import Testing

/// Real group purchases, held against figures that a slow program reckoned apart.
///
/// Runs where `SHOPLEDGER_BEIBEI` names the folder with the records and the three scripts.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SHOPLEDGER_BEIBEI"] != nil))
struct BeiBeiTests {
  private let folder = ProcessInfo.processInfo.environment["SHOPLEDGER_BEIBEI"] ?? ""

  private func python(
    _ script: String,
    _ arguments: [String],
    input: [UInt8] = [],
    in directory: TestDirectory
  ) async throws -> Ended {
    try await Program.run(
      "python3",
      [folder + "/" + script] + arguments,
      input: input,
      in: directory
    )
  }

  @Test func `the figures are those that were reckoned apart, also after a rebuild`() async throws {
    let directory = try TestDirectory()
    let commands = try await python(
      "make_commands.py",
      [folder + "/tune.txt.xz", "--limit", "3000"],
      in: directory
    )
    let count = commands.output.count { $0 == UInt8(ascii: "\n") }
    #expect(commands.status == 0 && count > 3000, "\(commands.errors)")
    let expected = try await python("expected.py", [], input: commands.output, in: directory)
    let file = directory.path + "/expected.json"
    try Data(expected.output).write(to: URL(fileURLWithPath: file))

    try await withServer(in: directory) { server in
      func compare() async throws {
        let compared = try await python("compare.py", [server.socket, file], in: directory)
        let verdict = compared.text.split(separator: "\n").last ?? ""
        #expect(compared.status == 0 && verdict.hasSuffix(" passed, 0 failed"), "\(compared.text)")
      }
      let first = try await server.cli(["submit", "--json", "-"], input: commands.output)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.text.contains(#""accepted":\#(count),"repeated":0,"rejected":0"#))
      let position = try await server.position()
      try await compare()

      let again = try await server.cli(["submit", "--json", "-"], input: commands.output)
      #expect(again.text.contains(#""accepted":\#(count),"repeated":\#(count),"rejected":0"#))
      let unmoved = try await server.position()
      #expect(unmoved == position)

      let rebuild = try await server.cli(["rebuild", "--all"])
      #expect(rebuild.status == 0, "\(rebuild.text) \(rebuild.errors)")
      try await compare()
    }
  }
}
