import ArgumentParser
import JSON

/// Rebuilds views from the log.
struct Rebuild: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rebuilds views from the log, all at the same time, and compares old with new.",
    discussion: """
      The view answers from its old rows until the new ones have caught up. Exit status 1 when a \
      row differs. With --data it works on the directory itself, where no server runs.

      Examples:
        shopledger rebuild dashboard
        shopledger rebuild --all
        shopledger rebuild --all --data data
      """
  )

  @Argument(help: ArgumentHelp("The views.", valueName: "view"))
  var views: [String] = []

  @Flag(help: "Every view.")
  var all = false

  @Option(help: ArgumentHelp("The data directory, when no server runs.", valueName: "dir"))
  var data: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard views.isEmpty == all else {
      throw ValidationError("Name the views to rebuild, or give --all.")
    }
    guard data == nil || connection.socket == nil else {
      throw ValidationError("Give --socket to ask a server, or --data where none runs, not both.")
    }
  }

  func run() async throws {
    if let data {
      let settings = try await Settings(file: nil, flags: ["data": data])
      let keeper = try DirectoryViews(try await settings.ledger)
      defer { keeper.close() }
      try await rebuild(by: keeper)
    } else {
      try await rebuild(by: ServerViews(client: try await connection.client))
    }
  }

  private func rebuild(by keeper: some ViewsKeeper) async throws {
    let known = try await keeper.views()
    let names = all ? known.compactMap { $0["view"]?.string } : views
    // Views cost unlike much: one after the other, or two by two, a core would wait.
    for view in names { try await keeper.rebuild(view) }
    var differences: Int64 = 0
    for view in names {
      let before = known.first { $0["view"]?.string == view }?["lastRebuild"]
      let outcome = try await outcome(of: view, after: before, by: keeper)
      differences += outcome["differences"]?.integer ?? 0
      if !output.json { try Terminal.write([ViewsReport.outcome(of: view, outcome)]) }
    }
    if output.json { try Terminal.write(try await keeper.answer().body + [0x0A]) }
    if differences > 0 { throw Failure(.refused, "") }
  }

  /// Stays with a rebuild to its end.
  private func outcome(
    of name: String,
    after before: JSONValue?,
    by keeper: some ViewsKeeper
  ) async throws -> JSONValue {
    var display = ProgressDisplay()
    defer { display.end() }
    while true {
      let view = try await keeper.views().first { $0["view"]?.string == name }
      guard let view else { throw Failure(.refused, "there is no view \(name) any more") }
      // First: a view that was never built says that it is being built, also when this was given up.
      if let outcome = view["lastRebuild"], outcome != before {
        if let failure = outcome["failure"]?.string {
          throw Failure(.refused, "the rebuild of \(name) was given up: \(failure)".printable)
        }
        return outcome
      } else if let rebuild = view["rebuild"] {
        display.show(ViewsReport.progress(view, rebuild))
      } else {
        let detail = view["detail"].map { ": " + Figure.text($0) } ?? ""
        throw Failure(.refused, "the rebuild of \(name) ended without a result\(detail)")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
