import ArgumentParser

/// Looks at everything that can keep a ledger from working.
struct Diagnose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks the machine, the data directory and the settings, and says the cure.",
    discussion: """
      Run it as the server's user, before the first start and whenever something is odd. It changes \
      nothing; to measure the disk it writes a small file beside the data and removes it.

      Exit status: 1 when something must be mended.

      Example:
        sudo -u shopledger shopledger doctor --data /var/lib/shopledger
      """
  )

  @OptionGroup var directory: DirectoryOptions
  @Flag(help: "Print the findings in JSON.") var json = false

  func run() async throws {
    var findings = MachineChecks.findings()
    do {
      let settings = try await directory.settings
      findings += DirectoryChecks(data: try await settings.data).findings()
      findings += await ServerChecks(settings: settings).findings()
    } catch let failure as Failure {
      findings.append(
        .mend("settings", failure.message, cure: "correct it; see shopledger serve --help")
      )
    }
    try json ? Terminal.write(findings.json + Array("\n".utf8)) : Terminal.write(findings.lines)
    if findings.needMending { throw Failure(.refused, "") }
  }
}
