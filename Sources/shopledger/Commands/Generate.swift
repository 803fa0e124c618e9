import ArgumentParser
import Glibc

/// Writes sample commands.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the commands of a made-up platform, the same ones for the same seed.",
    discussion: """
      They run over 90 days from 2026-01-05 on, in +08:00, with quiet nights, a noon and an \
      evening peak. First come brands, shops and seven tenths of the products; then the trade:
        visits 45 %, purchases 25 %, shares 12 %, agents signing up 8 %, refunds 3 %, and prices, \
      titles, stocks, listings, moves in the trees and leaving agents for the rest.
        Of 1,000 commands about 20 must be refused, for 14 reasons: most as often as the others, cycles in the trees rarer.
        Products, shops and shoppers are popular by Zipf's law with exponent 1.
        Arrivals: 40 % stroll, 35 % by a share where the product has one, 25 % search.
        Purchases: 70 % follow a recent visit, 25 % name how they arrived; 20 % take 2 to 5 units.
        Shares: 65 % pass on another share of the product, so that chains are geometric.
        Trees of agents grow by preferential attachment; 3 % of the agents start one.
        Prices: 9.90 to 2,550, the logarithm about uniform. Stocks: 10 to 120 at first, so that \
      popular goods sell out.
        Sizes for N commands: N/2,000 shops (3 to 2,000), N/20,000 brands (2 to 200), N/100 \
      products, N/12 shoppers (50 to 5 million).

      Examples:
        shopledger generate --seed 1 --commands 1000000 --out sample.ndjson
        shopledger generate --commands 10000 | shopledger submit -
      """
  )

  @Option(help: "Which platform.")
  var seed: UInt64 = 1

  @Option(help: "How many commands, 1 to 1,000,000,000.")
  var commands = 100_000

  @Option(help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  func validate() throws {
    guard (1...1_000_000_000).contains(commands) else {
      throw ValidationError("--commands is 1 to 1,000,000,000, not \(commands).")
    }
  }

  func run() throws {
    var descriptor = STDOUT_FILENO
    if let out {
      descriptor = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw Failure(.refused, "cannot write \(out): \(String(cString: strerror(errno)))")
      }
    }
    var platform = SamplePlatform(seed: seed, commands: commands)
    try platform.write { try Terminal.write($0, to: descriptor) }
  }
}
