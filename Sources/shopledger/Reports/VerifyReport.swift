import Glibc
import JSON

/// What a verification found, gathered from the lines of the process that reads.
struct VerifyReport {
  /// As many findings of one check as help; a file full of damage has millions.
  private static let findingsKept = 100

  private let directory: String
  private var findings: [JSONValue] = []
  private var findingCount = 0
  private var contents: JSONValue?
  /// What was being checked, how far it was, and since when.
  private var check = ""
  private var done: Int64 = 0
  private var started = ContinuousClock.now

  init(directory: String) {
    self.directory = directory
  }

  var isClean: Bool { findingCount == 0 && contents != nil }

  /// Takes one line; answers how far the check is, when the line tells that.
  mutating func take(_ line: ArraySlice<UInt8>) throws(Failure) -> Progress? {
    let told = try Answer(status: 200, body: Array(line)).parsed()
    if let finding = told["finding"] { add(finding) }
    if let contents = told["contents"] { self.contents = contents }
    guard let progress = told["progress"] else { return nil }
    let name = progress["check"]?.string ?? ""
    if name != check { started = .now }
    check = name
    done = progress["done"]?.integer ?? 0
    let total = progress["total"]?.integer ?? 0
    let rate = Double(done) / started.duration(to: .now).inSeconds
    return Progress(
      label: "verify \(check)",
      unit: .events,
      done: Int(done),
      total: Int(total),
      rate: done > 0 ? Figure.count(Int(rate)) + " events/s" : nil,
      secondsLeft: done > 0 ? Double(total - done) / rate : nil
    )
  }

  /// Takes it as damage that the reading process was ended by a signal.
  mutating func noteCrash(signal: Int32) {
    let detail =
      "the file is damaged: reading it was ended by signal \(signal) "
      + "(\(String(cString: strsignal(signal)))) behind event \(Figure.count(done))"
    add(
      .object([
        .init("check", .string(check)), .init("position", .integer(done + 1)),
        .init("detail", .string(detail)),
      ])
    )
  }

  private mutating func add(_ finding: JSONValue) {
    findingCount += 1
    let ofCheck = findings.filter { $0["check"] == finding["check"] }.count
    guard ofCheck < Self.findingsKept else { return }
    // Checks run side by side; each one's findings come in order.
    let rank = Self.rank(finding)
    findings.insert(finding, at: findings.firstIndex { Self.rank($0) > rank } ?? findings.count)
  }

  private static func rank(_ finding: JSONValue) -> Int {
    let order = ["manifest", "log", "tree", "tiles", "records", "people", "texts", "checkpoint"]
    let check = finding["check"]?.string ?? ""
    return order.firstIndex(of: check) ?? order.count
  }

  /// The result as lines for a person.
  var lines: [String] {
    var lines = findings.map { finding in
      let position = finding["position"].map { " at event " + Figure.count($0) } ?? ""
      return "\(Figure.text(finding["check"]))\(position): \(Figure.text(finding["detail"]))"
    }
    if findingCount > findings.count {
      lines.append("and \(Figure.count(findingCount - findings.count)) more")
    }
    if let contents {
      var table = Table([.text(""), .text("")])
      table.add(["events", Figure.count(contents["events"])])
      for count in ["people", "texts"] {
        if let number = contents[count] { table.add([count, Figure.count(number)]) }
      }
      table.add(["root hash", Figure.text(contents["rootHash"])])
      if let continued = contents["continues"] { table.add(["continues", Figure.text(continued)]) }
      lines += table.lines(width: .max)
    }
    let findings = findingCount == 1 ? "1 finding" : Figure.count(findingCount) + " findings"
    return lines + ["\(directory): \(isClean ? "nothing wrong" : findings)".printable]
  }

  /// The result as one JSON object.
  var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("directory", directory)
      json.member("clean", isClean)
      for member in contents?.members ?? [] {
        if let text = member.value.string { json.member(member.name, text) }
        if let number = member.value.integer { json.member(member.name, number) }
      }
      json.member("findingCount", findingCount)
      json.array("findings") { json in
        for finding in findings {
          json.object { json in
            json.member("check", finding["check"]?.string ?? "")
            if let position = finding["position"]?.integer { json.member("position", position) }
            json.member("detail", finding["detail"]?.string ?? "")
          }
        }
      }
    }
    return json.text
  }
}
