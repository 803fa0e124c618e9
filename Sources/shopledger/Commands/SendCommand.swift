import ArgumentParser
import JSON

/// Sends one command given by hand.
struct SendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "command",
    abstract: "Sends one command and prints its receipt.",
    discussion: """
      A dot in a key reaches into an object; key:=JSON gives any value.

      Examples:
        shopledger command ChangePrice product=p1 price=900
        shopledger command Purchase order=o1 product=p1 buyer=li quantity=2 price=900 \
      entry.mode=share entry.share=g12
        shopledger command SignUpAgent agent=wu brand=b1 sponsor=li --dry-run
      """
  )

  @Argument(help: "The type, such as ListProduct.")
  var type: String

  @Argument(help: ArgumentHelp("The fields of its data.", valueName: "key=value"))
  var fields: [String] = []

  @Option(help: "Its id; sent again with the same content, it is recorded once (default: random).")
  var id: String?

  @Option(help: ArgumentHelp("When it happened (default: now).", valueName: "RFC 3339 time"))
  var occurredAt: String?

  @Option(help: "Who sends it.")
  var actor: String?

  @Flag(help: "Record nothing; print the events that it would record, and what they would lead to.")
  var dryRun = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    var builder = CommandBuilder()
    for field in fields { try builder.add(field) }
    let id = id ?? randomId()
    let command = builder.command(type: type, id: id, occurredAt: occurredAt, actor: actor)
    let answer: Answer
    do {
      answer = try await connection.client.post(
        ["commands"],
        [("dryRun", dryRun ? "1" : nil)],
        json: command
      )
      if !output.json { _ = try answer.checked() }
    } catch let failure as Failure {
      throw Failure(failure.status, "\(failure.message) (id \(id))")
    }
    try output.show(answer, Self.report)
  }

  static func report(_ receipt: JSONValue) -> [String] {
    if receipt["dryRun"]?.bool == true { return DryRunReport.lines(receipt) }
    let first = Figure.count(receipt["positions"]?[0])
    let last = Figure.count(receipt["positions"]?[1])
    let events = first == last ? "event \(first)" : "events \(first) to \(last)"
    let repeated = receipt["repeated"]?.bool == true ? ", answered before" : ""
    let time = Figure.text(receipt["recordedAt"])
    return ["accepted: \(events), recorded \(time), id \(Figure.text(receipt["id"]))" + repeated]
  }

  private func randomId() -> String {
    var random = SystemRandomNumberGenerator()
    return "cli-" + String(random.next(), radix: 16) + String(random.next(), radix: 16)
  }
}
