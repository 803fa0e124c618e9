import JSON

/// Any answer as facts, a line each: for what needs no table of its own.
enum ThingReport {
  /// Amounts, when the thing says in which currency.
  private static let amounts: Set = [
    "price", "unitPrice", "total", "gross", "amount", "refunded", "net", "entryFee",
  ]

  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    var table = Table([.text(""), .text("")])
    add(answer, indent: "", to: &table)
    return table.lines(width: width)
  }

  private static func add(_ thing: JSONValue, indent: String, to table: inout Table) {
    let currency = thing["currency"]?.string
    for member in thing.members ?? [] {
      switch member.value {
      case .object:
        table.add([indent + member.name, ""])
        add(member.value, indent: indent + "  ", to: &table)
      case .array(let elements) where elements.contains { $0.members != nil }:
        table.add([indent + member.name, ""])
        for element in elements { table.add([indent + "  ", compact(element)]) }
      case .array(let elements):
        table.add([indent + member.name, elements.map { Figure.text($0) }.joined(separator: ", ")])
      default:
        let isAmount = currency != nil && amounts.contains(member.name)
        table.add([
          indent + member.name,
          isAmount ? Figure.money(member.value, currency ?? "") : Figure.text(member.value),
        ])
      }
    }
  }

  /// A thing on one line, such as `product=p1 entry.mode=share`.
  static func compact(_ thing: JSONValue, prefix: String = "") -> String {
    let parts = (thing.members ?? []).map { member in
      switch member.value {
      case .object: compact(member.value, prefix: prefix + member.name + ".")
      case .array(let elements):
        prefix + member.name + "=" + elements.map { Figure.text($0) }.joined(separator: ",")
      default: prefix + member.name + "=" + Figure.text(member.value)
      }
    }
    return parts.joined(separator: " ")
  }
}
