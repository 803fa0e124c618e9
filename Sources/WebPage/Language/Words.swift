internal import JSON

/// What the pages say, in one language.
struct Words: Sendable {
  let language: Language
  /// Every word by its key, as templates use them.
  let all: [String: String]

  init(_ language: Language) {
    self.language = language
    all = language == .english ? Self.english : Self.chinese
  }

  /// The key itself when there is no such word, which a test would have told.
  subscript(key: String) -> String { all[key] ?? key }

  /// A word with its blanks filled: `{}` in the order of the values.
  func say(_ key: String, _ values: String...) -> String {
    var text = self[key][...]
    var said = ""
    for value in values {
      guard let blank = text.firstRange(of: "{}") else { break }
      said += text[..<blank.lowerBound] + value
      text = text[blank.upperBound...]
    }
    return said + text
  }

  // MARK: Figures

  func count(_ value: JSONValue?) -> String { Figure.count(value) }
  func count(_ number: some BinaryInteger) -> String { Figure.count(number) }
  func money(_ value: JSONValue?, _ currency: String) -> String { Figure.money(value, currency) }
  func ratio(_ value: JSONValue?) -> String { Figure.ratio(value) }

  /// A number with few digits, for the ticks of an axis: `1.2M`, or in Chinese by ten thousands.
  func compact(_ number: Double) -> String {
    let units: [(Double, String)] =
      language == .english
      ? [(1e9, "B"), (1e6, "M"), (1e3, "K")] : [(1e8, "亿"), (1e4, "万")]
    let magnitude = number.magnitude
    let (unit, name) = units.first { magnitude >= $0.0 } ?? (1, "")
    let tenths = (number / unit * 10).rounded() / 10
    let text = tenths == tenths.rounded() ? String(Int64(tenths)) : String(tenths)
    return text + name
  }

  private static let english = table.mapValues(\.0)
  private static let chinese = table.mapValues(\.1)
}
