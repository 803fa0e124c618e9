/// Values of answers as a person reads them; what is null or absent is `–`.
package enum Figure {
  package static let none = "–"

  /// A whole number in groups of three digits, such as `12,345`.
  package static func count(_ value: JSONValue?) -> String {
    wholeNumber(value).map(grouped) ?? none
  }

  package static func count(_ number: some BinaryInteger) -> String {
    grouped(String(number))
  }

  /// An amount of minor units, such as `12,345.67`; averages are rounded to whole minor units.
  package static func money(_ value: JSONValue?, _ currency: String) -> String {
    guard let minorUnits = wholeNumber(value) else { return none }
    let exponent = exponent(of: currency)
    guard exponent > 0 else { return grouped(minorUnits) }
    let isNegative = minorUnits.hasPrefix("-")
    var digits = isNegative ? String(minorUnits.dropFirst()) : minorUnits
    digits = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
    return (isNegative ? "-" : "") + grouped(String(digits.dropLast(exponent))) + "."
      + digits.suffix(exponent)
  }

  /// A part of a whole, such as `12.3%`.
  package static func ratio(_ value: JSONValue?) -> String {
    guard let ratio = value?.double else { return none }
    return tenths(ratio * 100) + "%"
  }

  /// A change in percentage points, such as `+1.2`.
  package static func change(_ value: JSONValue?) -> String {
    guard let change = value?.double else { return none }
    let text = tenths(change)
    return text.hasPrefix("-") || text == "0.0" ? text : "+" + text
  }

  /// A length of time, such as `8.2 s`, `3 min 20 s` or `1 h 5 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return none }
    if seconds < 10 { return tenths(seconds) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// A size, such as `12.3 MB`.
  package static func bytes(_ count: Int) -> String {
    var scaled = Double(count)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while scaled >= 1000, unit < units.count - 1 {
      scaled /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : tenths(scaled) + " " + units[unit]
  }

  /// How many decimals a currency has.
  ///
  /// Source: ISO 4217, list one; those not listed have 2.
  package static func exponent(of currency: String) -> Int {
    switch currency {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
      "VND", "VUV", "XAF", "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }

  /// The digits, and a sign; nil when the value is no number that can be shown as a whole one.
  private static func wholeNumber(_ value: JSONValue?) -> String? {
    switch value {
    case .integer(let number): return String(number)
    case .number(let text):
      // Sums are up to 128 bits wide, so that their digits count for more than a double.
      if text.allSatisfy({ $0.isNumber || $0 == "-" }) { return text }
      guard let number = value?.double, let whole = Int64(exactly: number.rounded()) else {
        return nil
      }
      return String(whole)
    default: return nil
    }
  }

  private static func grouped(_ number: String) -> String {
    let isNegative = number.hasPrefix("-")
    let digits = isNegative ? number.dropFirst() : number[...]
    var grouped = isNegative ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return grouped
  }

  private static func tenths(_ number: Double) -> String {
    guard let tenths = Int64(exactly: (number * 10).rounded()) else { return none }
    let magnitude = tenths.magnitude
    return (tenths < 0 ? "-" : "") + grouped(String(magnitude / 10)) + ".\(magnitude % 10)"
  }
}
