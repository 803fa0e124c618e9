import JSON

extension Figure {
  /// Any value, without what would move the cursor.
  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text): text.printable
    case .integer(let number): String(number)
    case .number(let text): text
    case .bool(let flag): flag ? "yes" : "no"
    default: none
    }
  }

  /// How far, as a bar of so many columns, such as `████▌     `.
  static func bar(_ part: Double, width: Int) -> String {
    let eighths = Int((min(max(part, 0), 1) * Double(width * 8)).rounded())
    let partial = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
    let filled = String(repeating: "█", count: eighths / 8) + partial
    return filled + String(repeating: " ", count: width - filled.count)
  }
}
