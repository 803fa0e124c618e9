import JSON

/// What the doctor says of one thing.
struct Diagnosis: Hashable {
  enum Verdict: String {
    case fine
    /// It works, and may be better.
    case watch
    /// It will not work, or not for long.
    case mend
  }

  var check: String
  var verdict: Verdict
  var detail: String
  /// What to do, unless all is fine.
  var cure: String?

  static func fine(_ check: String, _ detail: String) -> Diagnosis {
    Diagnosis(check: check, verdict: .fine, detail: detail)
  }

  static func watch(_ check: String, _ detail: String, cure: String) -> Diagnosis {
    Diagnosis(check: check, verdict: .watch, detail: detail, cure: cure)
  }

  static func mend(_ check: String, _ detail: String, cure: String) -> Diagnosis {
    Diagnosis(check: check, verdict: .mend, detail: detail, cure: cure)
  }
}

extension [Diagnosis] {
  var needMending: Bool { contains { $0.verdict == .mend } }

  /// One line each, and the cure below where there is one.
  var lines: [String] {
    let width = map(\.check.count).max() ?? 0
    return flatMap { finding in
      let name = finding.check.padding(to: width)
      let line = "\(name)  \(finding.verdict.rawValue.padding(to: 5))  \(finding.detail)"
      return [line] + (finding.cure.map { ["".padding(to: width + 9) + "→ " + $0] } ?? [])
    }
  }

  var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.array("findings") { json in
        for finding in self {
          json.object { json in
            json.member("check", finding.check)
            json.member("verdict", finding.verdict.rawValue)
            json.member("detail", finding.detail)
            json.member("cure", ifPresent: finding.cure)
          }
        }
      }
    }
    return json.bytes
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
