import ArgumentParser
import Ledger

/// Writes reports that stand alone.
struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a report that can be handed on, read and checked alone.",
    subcommands: [ReportAgency.self]
  )
}

/// A report about a brand's agents.
struct ReportAgency: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agency",
    abstract: "Writes who is whose agent, how deep, and how to check it, as a page and as JSON.",
    discussion: """
      FILE.html and FILE.json, with people's names. With --key each has a signed note beside it, \
      over its SHA-256. Figures only: what they mean is for the reader.

      Examples:
        shopledger report agency b1 --out b1
        shopledger report agency b1 --as-of 2026-06-30T00:00:00Z --out june --key audit.key
      """
  )

  @Argument(help: "The brand.")
  var brand: String

  @Option(help: ArgumentHelp("The files' name without an ending.", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp("As the ledger knew it at a position or time.", valueName: "position|time")
  )
  var asOf: String?

  @Option(help: ArgumentHelp("Sign with this key, as keygen makes one.", valueName: "file"))
  var key: String?

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let signer: ReportSigner?
    do throws(AuditError) {
      signer = try key.map { (path) throws(AuditError) in try ReportSigner(keyFile: path) }
    } catch {
      throw Failure(.refused, error.description)
    }
    let audit = try await AgencyAudit(of: brand, asOf: asOf, connection.client)
    let page = Array(AgencyAuditPage(audit: audit).html.utf8)
    var written: [String] = []
    for (path, bytes) in [(out + ".html", page), (out + ".json", audit.json)] {
      try write(bytes, to: path)
      written.append(path)
      guard let signer else { continue }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      try write(try Self.note(over: bytes, named: name, signer), to: path + ".note")
      written.append(path + ".note")
    }
    try Terminal.write(
      ["as of event \(audit.position)"] + written
        + (signer.map { ["signed by \($0.verifier)"] } ?? [])
    )
  }

  private static func note(
    over bytes: [UInt8],
    named name: String,
    _ signer: ReportSigner
  ) throws(Failure) -> [UInt8] {
    do {
      return try signer.note(over: bytes, named: name)
    } catch {
      throw Failure(.refused, error.description)
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try OutputFile(path)
    do {
      try file.write(bytes)
    } catch {
      file.abandon()
      throw error
    }
    try file.finish()
  }
}
