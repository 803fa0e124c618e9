import JSON
import TestSupport

@testable import Marketplace

/// A command as a caller would send it.
struct CommandJSON {
  var id: String
  var occurredAt: ClaimedTime?
  var actor: String?
  var correlation: String?
  var data: any CommandData

  var value: JSONValue {
    .object(
      members([
        ("id", .string(id)),
        ("type", .string(type(of: data).type)),
        (
          "occurredAt",
          occurredAt.map {
            .string(Timestamp.text($0.instant, offsetMinutes: $0.offsetMinutes))
          }
        ),
        ("actor", string(actor)),
        ("correlation", string(correlation)),
        ("data", json(of: data)),
      ])
    )
  }

  /// One of the many spellings of the same command.
  func spelled(_ random: inout SplitMix64) -> String {
    var text = ""
    spell(value, into: &text, &random)
    return text
  }
}

// MARK: The data

private func json(of data: any CommandData) -> JSONValue {
  switch data {
  case let data as OpenShop:
    object(
      ("shop", .string(data.shop)),
      ("owner", .string(data.owner)),
      ("name", .string(data.name)),
      ("currency", .string(data.currency)),
      ("timeZone", .string(data.timeZone))
    )
  case let data as RegisterBrand:
    object(
      ("brand", .string(data.brand)),
      ("owner", .string(data.owner)),
      ("name", .string(data.name)),
      ("levelLimit", .integer(Int64(data.levelLimit))),
      ("currency", .string(data.currency)),
      ("timeZone", .string(data.timeZone))
    )
  case let data as ListProduct:
    object(
      ("shop", .string(data.shop)),
      ("product", .string(data.product)),
      ("title", .string(data.title)),
      ("price", .integer(data.price)),
      ("stock", .integer(data.stock)),
      ("kind", .string(data.kind.name)),
      ("brand", string(data.brand)),
      ("story", string(data.story))
    )
  case let data as RetitleProduct:
    object(("product", .string(data.product)), ("title", .string(data.title)))
  case let data as ChangePrice:
    object(("product", .string(data.product)), ("price", .integer(data.price)))
  case let data as AdjustStock:
    object(
      ("product", .string(data.product)),
      ("by", .integer(data.by)),
      ("reason", string(data.reason))
    )
  case let data as DelistProduct:
    object(("product", .string(data.product)), ("reason", string(data.reason)))
  case let data as RelistProduct:
    object(("product", .string(data.product)), ("reason", string(data.reason)))
  default: tradeJSON(of: data)
  }
}

private func tradeJSON(of data: any CommandData) -> JSONValue {
  switch data {
  case let data as RecordVisit:
    object(
      ("visit", .string(data.visit)),
      ("shop", .string(data.shop)),
      ("visitor", .string(data.visitor)),
      ("product", string(data.product)),
      ("entry", json(of: data.entry, query: data.query))
    )
  case let data as ShareProduct:
    object(
      ("share", .string(data.share)),
      ("product", .string(data.product)),
      ("sharer", .string(data.sharer)),
      ("via", string(data.via)),
      ("scene", nonEmpty(data.scene.name)),
      ("community", nonEmpty(data.community))
    )
  case let data as Purchase:
    object(
      ("order", .string(data.order)),
      ("product", .string(data.product)),
      ("buyer", .string(data.buyer)),
      ("quantity", .integer(data.quantity)),
      ("price", .integer(data.price)),
      ("entry", data.entry.map { json(of: $0, query: data.query) })
    )
  case let data as RefundPurchase:
    object(
      ("refund", .string(data.refund)),
      ("order", .string(data.order)),
      ("quantity", .integer(data.quantity)),
      ("amount", .integer(data.amount)),
      ("restock", .bool(data.restock)),
      ("reason", string(data.reason))
    )
  case let data as SignUpAgent:
    object(
      ("agent", .string(data.agent)),
      ("brand", .string(data.brand)),
      ("sponsor", string(data.sponsor)),
      ("entryFee", .integer(data.entryFee))
    )
  case let data as ReparentAgent:
    object(
      ("agent", .string(data.agent)),
      ("brand", .string(data.brand)),
      ("sponsor", string(data.sponsor)),
      ("reason", string(data.reason))
    )
  case let data as LeaveAgency:
    object(
      ("agent", .string(data.agent)),
      ("brand", .string(data.brand)),
      ("cause", data.cause == .notSaid ? nil : .string(data.cause.name)),
      ("reason", string(data.reason))
    )
  case let data as AdoptPolicy:
    object(
      ("attributionWindowDays", integer(data.attributionWindowDays)),
      ("thresholdLevels", integer(data.thresholdLevels)),
      ("thresholdHeadcount", integer(data.thresholdHeadcount)),
      ("impulseMinutes", integer(data.impulseMinutes))
    )
  default: preconditionFailure("no JSON for \(type(of: data).type)")
  }
}

private func json(of entry: Entry, query: String?) -> JSONValue {
  object(
    ("mode", .string(entry.mode.name)),
    ("share", nonEmpty(entry.share)),
    ("scene", nonEmpty(entry.scene.name)),
    ("community", nonEmpty(entry.community)),
    ("intent", nonEmpty(entry.intent.name)),
    ("query", string(query))
  )
}

private func object(_ fields: (String, JSONValue?)...) -> JSONValue { .object(members(fields)) }

private func members(_ fields: [(String, JSONValue?)]) -> [JSONValue.Member] {
  fields.compactMap { name, value in value.map { JSONValue.Member(name, $0) } }
}

private func string(_ text: String?) -> JSONValue? { text.map(JSONValue.string) }
private func nonEmpty(_ text: String) -> JSONValue? { text.isEmpty ? nil : .string(text) }
private func integer(_ number: Int64?) -> JSONValue? { number.map(JSONValue.integer) }

// MARK: Spelling

/// Writes a value with members in any order, blanks anywhere and letters escaped now and then.
private func spell(_ value: JSONValue, into text: inout String, _ random: inout SplitMix64) {
  func blank(_ random: inout SplitMix64) {
    if random.oneIn(6) { text += random.pick([" ", "\t", "\r\n ", "  "]) }
  }
  blank(&random)
  switch value {
  case .object(let members):
    text += "{"
    for (index, member) in members.shuffled(using: &random).enumerated() {
      if index > 0 { text += "," }
      blank(&random)
      spell(string: member.name, into: &text, &random)
      blank(&random)
      text += ":"
      spell(member.value, into: &text, &random)
    }
    text += "}"
  case .string(let string): spell(string: string, into: &text, &random)
  case .integer(let number): text += "\(number)"
  case .bool(let flag): text += "\(flag)"
  case .array, .number, .null: preconditionFailure("no command has a \(value)")
  }
  blank(&random)
}

private func spell(string: String, into text: inout String, _ random: inout SplitMix64) {
  text += "\""
  for unit in string.utf16 {
    let mustEscape = unit < 0x20 || unit == 0x22 || unit == 0x5C || unit > 0x7E
    if mustEscape || random.oneIn(12) {
      let digits = String(unit, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    } else {
      text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
    }
  }
  text += "\""
}
