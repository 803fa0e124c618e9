import ArgumentParser
import Glibc
import Ledger

/// The command line: one executable, a file for each subcommand.
@main
struct Shopledger: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shopledger",
    abstract: "Records what happens on a social-commerce platform, and answers from the record.",
    discussion: """
      Exit status: 0 done, 1 refused or something found wrong, 2 wrong usage, 3 no server or no \
      data.

      Examples:
        shopledger generate --seed 1 --commands 100000 | shopledger submit -
        shopledger dashboard s1
      """,
    version: LedgerConfiguration.version,
    subcommands: [
      Serve.self, Submit.self, SendCommand.self, ShowDashboard.self, ShowAgency.self,
      ShowModes.self, ListEvents.self, ShowThing.self, ShowStatus.self, ShowViews.self,
      Rollback.self, Rebuild.self, Verify.self, Generate.self, Diagnose.self, Token.self,
      BackUp.self, RestoreBackup.self, Export.self, Import.self, ShowWhatIf.self,
      KeyGen.self, ShowCheckpoint.self, Prove.self, CheckProof.self, ExportTiles.self,
    ]
  )

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      if !failure.message.isEmpty { Terminal.writeError("shopledger: \(failure.message)\n") }
      Glibc.exit(failure.status.rawValue)
    } catch {
      let code = exitCode(for: error)
      if code == .success {
        print(fullMessage(for: error))
      } else {
        Terminal.writeError(fullMessage(for: error) + "\n")
      }
      let isUsage = code == .validationFailure
      Glibc.exit(isUsage ? ProgramStatus.usage.rawValue : code.rawValue)
    }
  }
}
