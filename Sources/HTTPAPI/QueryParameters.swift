internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Ledger
internal import Marketplace

/// A request's query parameters, each read by the rule that it must meet; the rest are refused.
struct QueryParameters {
  private var values: [String: String] = [:]
  private let allowed: [String]

  /// Takes a request's query, in which only the allowed names may stand.
  init(_ request: Request, allowed: [String]) throws(Problem) {
    try self.init(request.uri, allowed: allowed)
  }

  /// The same of an address.
  init(_ uri: URI, allowed: [String]) throws(Problem) {
    self.allowed = allowed
    for (name, value) in uri.queryParameters {
      let name = String(name)
      guard allowed.contains(name) else {
        let names = allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
        throw Problem.badRequest("unknown query parameter \(name): it takes \(names)")
      }
      guard values.updateValue(String(value), forKey: name) == nil else {
        throw Problem.badRequest("query parameter \(name) is given twice")
      }
    }
  }

  func text(_ name: String) -> String? { values[name] }

  /// One of the values listed.
  func choice(_ name: String, of choices: [String]) throws(Problem) -> String? {
    guard let value = values[name] else { return nil }
    guard choices.contains(value) else {
      throw Problem.badRequest("\(name)=\(value): give one of \(choices.joined(separator: ", "))")
    }
    return value
  }

  func flag(_ name: String) throws -> Bool {
    try choice(name, of: ["true", "false"]) == "true"
  }

  func number<Number: FixedWidthInteger>(
    _ name: String,
    in range: ClosedRange<Number>
  ) throws -> Number? {
    guard let value = values[name] else { return nil }
    // Only as it is written here: `+7` and `007` are nobody's intention.
    guard let number = Number(value), number.description == value, range.contains(number) else {
      throw Problem.badRequest(
        "\(name)=\(value): give a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  func limit(default preset: Int) throws -> Int {
    try number("limit", in: 1...1000) ?? preset
  }

  /// A local day, as `2017-03-10`.
  func day(_ name: String) throws -> Day? {
    guard let value = values[name] else { return nil }
    let parts = value.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.joined().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let year = Int32(parts[0]), let month = Int32(parts[1]), let dayOfMonth = Int32(parts[2]),
      year > 0, let day = Timestamp.day(year: year, month: month, day: dayOfMonth)
    else { throw Problem.badRequest("\(name)=\(value): give a day such as 2017-03-10") }
    return day
  }

  /// `from` and `to`, both days included.
  func days() throws -> (from: Day?, to: Day?) {
    let from = try day("from")
    let to = try day("to")
    if let from, let to, from > to {
      throw Problem.badRequest("from is after to: exchange the two days")
    }
    return (from, to)
  }

  /// `after`, `wait` and `asOf`, which every view takes, and `on`, which agencies do.
  func freshness() throws -> Freshness {
    for past in ["asOf", "on"] where values["after"] != nil && values[past] != nil {
      throw Problem.badRequest("after and \(past) are given: what is past needs no waiting for")
    }
    return Freshness(
      after: try number("after", in: 0...Position.max) ?? 0,
      wait: try number("wait", in: 0...300) ?? 5,
      asOf: try asOf(),
      on: try day("on")
    )
  }

  /// A position, or a time of RFC 3339.
  private func asOf() throws -> AsOf? {
    guard let value = values["asOf"] else { return nil }
    if let position = Position(value) { return .position(position) }
    do {
      return .time(try ClaimedTime(parsing: value).instant)
    } catch {
      throw Problem.badRequest(
        "asOf=\(value): give an event's position, or a time such as 2026-11-22T15:26:16Z (the + of "
          + "an offset is sent as %2B)"
      )
    }
  }

  static let fresh = ["after", "wait", "asOf"]
  static let paged = fresh + ["cursor", "limit"]
}

extension APIContext {
  /// A part of the path, percent-decoded.
  func pathPart(_ name: String) throws -> String {
    let raw = try parameters.require(name)
    guard let decoded = raw.removingPercentEncoding, !decoded.isEmpty else {
      throw Problem.badRequest("the path's part \(raw) is not percent-encoded UTF-8")
    }
    return decoded
  }
}
