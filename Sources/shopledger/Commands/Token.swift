import ArgumentParser
import HTTPAPI
import JSON

/// Lets people and programs in over TCP, and keeps them out again.
struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Adds, lists and removes the tokens that let in over TCP.",
    discussion: """
      Works on the file of tokens, on the server's machine and as its user; the server takes up a \
      change with the next request. A token is shown once, when it is made: the file holds its hash.

      Examples:
        shopledger token add office --role read
        shopledger token add importer --role read,write --data /var/lib/shopledger
        shopledger token remove office
      """,
    subcommands: [Add.self, List.self, Remove.self]
  )

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a token and prints it, with a link for a browser.",
      discussion: """
        Roles: read asks; write sends commands; operate rebuilds, backs up and adopts policies; audit \
        sees proofs, refusals and operations. The last two may read too.

        Example:
          shopledger token add office --role read
        """
    )

    @Argument(help: "Whom it is for; the log and problems say this name.")
    var name: String

    @Option(help: ArgumentHelp("What they may do, parted by commas.", valueName: "roles"))
    var role: String

    @OptionGroup var directory: DirectoryOptions

    func validate() throws {
      guard Roles(role) != nil else {
        let names = Roles.names.map(\.name).joined(separator: ", ")
        throw ValidationError("--role \(role): give one or more of \(names), parted by commas.")
      }
    }

    func run() async throws {
      let settings = try await directory.settings
      let tcp = try await settings.tcp
      let token = try await changing {
        try await settings.tokens.add(name: name, roles: Roles(role) ?? [])
      }
      try Terminal.write([token])
      if let tcp {
        Terminal.writeError("in a browser: http://\(tcp.authority)/login?token=\(token)\n")
      } else {
        Terminal.writeError("the server listens for it once tcp.listen is configured\n")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists who has a token, and with which roles.",
      discussion: """
        Example:
          shopledger token list
        """
    )

    @OptionGroup var directory: DirectoryOptions

    @Flag(help: "Print them in JSON.")
    var json = false

    func run() async throws {
      let settings = try await directory.settings
      let entries = try await changing { try await settings.tokens.entries() }
      if json {
        var json = JSONWriter()
        json.object { json in
          json.array("tokens") { json in
            for entry in entries {
              json.object { json in
                json.member("name", entry.name)
                json.member("roles", entry.roles.text)
              }
            }
          }
        }
        return try Terminal.write([json.text])
      }
      var table = Table([.text("name"), .text("roles")])
      for entry in entries { table.add([entry.name, entry.roles.text]) }
      try Terminal.write(table.lines(width: Terminal.width()))
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a token; the next request with it is not let in.",
      discussion: """
        Example:
          shopledger token remove office
        """
    )

    @Argument(help: "Whom it was for.")
    var name: String

    @OptionGroup var directory: DirectoryOptions

    func run() async throws {
      let settings = try await directory.settings
      try await changing { try await settings.tokens.remove(name: name) }
    }
  }
}

/// Says in the program's terms why the file of tokens cannot be used.
private func changing<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as TokenFileError {
    throw Failure(.refused, error.description)
  }
}
