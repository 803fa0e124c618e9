internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Ledger
internal import Marketplace

/// Somebody asking for a page: in which language, and with which parameters.
struct Visit: Sendable {
  let words: Words
  /// Set when the language was asked for by a link, and is to be remembered.
  let chosenLanguage: Language?
  /// The address's path, still percent-encoded.
  let path: String
  private let query: [(name: String, value: String)]
  private let parts: [String: String]

  init(_ request: Request, _ parameters: Parameters) {
    path = request.uri.path
    query = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
    var parts: [String: String] = [:]
    for (name, value) in parameters {
      parts[String(name)] = String(value).removingPercentEncoding ?? String(value)
    }
    self.parts = parts
    let asked = query.last { $0.name == "lang" }.flatMap { Language(rawValue: $0.value) }
    chosenLanguage = asked
    words = Words(
      asked
        ?? request.cookies["lang"].flatMap { Language(rawValue: $0.value) }
        ?? Language(accepted: request.headers[.acceptLanguage] ?? "")
    )
  }

  /// A parameter of the query; an empty one, as a form sends it, is none.
  subscript(name: String) -> String? {
    query.last { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// A part of the path, decoded.
  func part(_ name: String) throws -> String {
    guard let part = parts[name] else { throw QueryError.badRequest("the path has no \(name)") }
    return part
  }

  /// A local day of the query.
  ///
  /// - Throws: `QueryError.badRequest` when it is none.
  func day(_ name: String) throws -> Day? {
    guard let text = self[name] else { return nil }
    guard let day = Day(text: text) else {
      throw QueryError.badRequest("\(name)=\(text): give a day such as 2017-03-10")
    }
    return day
  }

  /// A number of the query that lies in the range; without one, the preset.
  func number<Number: FixedWidthInteger>(
    _ name: String,
    in range: ClosedRange<Number>,
    preset: Number
  ) throws -> Number {
    guard let text = self[name] else { return preset }
    guard let number = Number(text), range.contains(number) else {
      throw QueryError.badRequest(
        "\(name)=\(text): give a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  /// As of which event a page is asked for; now, without `asOf`.
  func freshness() throws -> Freshness {
    let position = try number("asOf", in: 1...Position.max, preset: .max)
    return Freshness(asOf: position == .max ? nil : .position(position))
  }

  /// The address with the page's `asOf`, if it has one.
  func sameTime(_ path: String, _ query: [(name: String, value: String)] = []) -> String {
    Link.to(path, query + (self["asOf"].map { [("asOf", $0)] } ?? []))
  }

  /// This page with some parameters changed; nil takes one away.
  func link(_ changes: [String: String?]) -> String {
    var items = query.filter { changes[$0.name] == nil && $0.name != "lang" }
    items += changes.sorted { $0.key < $1.key }.compactMap { name, value in
      value.map { (name, $0) }
    }
    return Link.to(path, items)
  }
}

/// Addresses within the page.
enum Link {
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:"
  )

  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  static func to(_ path: String, _ query: [(name: String, value: String)]) -> String {
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.map { encoded($0.name) + "=" + encoded($0.value) }.joined(separator: "&")
  }

  static func shop(_ shop: String) -> String { "/shops/" + encoded(shop) }

  static func log(_ filters: KeyValuePairs<String, String>) -> String {
    to("/log", filters.map { ($0.key, $0.value) })
  }

  static func event(_ position: some BinaryInteger) -> String { "/log/\(position)" }

  static func brand(_ brand: String) -> String { "/brands/" + encoded(brand) }

  static func agent(_ agent: String, of brand: String) -> String {
    Link.brand(brand) + "/agents/" + encoded(agent)
  }
}

extension Day {
  /// A day as `2017-03-10`; nil when there is no such day.
  init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
      let year = Int32(parts[0]), let month = Int32(parts[1]), let dayOfMonth = Int32(parts[2]),
      year > 0, let day = Timestamp.day(year: year, month: month, day: dayOfMonth)
    else { return nil }
    self = day
  }
}
