internal import JSON

/// Reads a command from JSON: well formed or malformed, before anything is decided.
package enum CommandParser {
  /// The greatest length of a command's JSON, in bytes: a story of 20,000 with every byte escaped
  /// fits.
  package static let maxBytes = 262_144

  private static let registered = table(CommandRegistry.types)

  /// - Throws: `MalformedCommand`, with the id wherever it could be read.
  package static func parse(_ bytes: ArraySlice<UInt8>) throws(MalformedCommand) -> Command {
    try parse(bytes, as: registered)
  }

  static func table(
    _ types: [any CommandData.Type]
  ) -> [String: any CommandData.Type] {
    Dictionary(uniqueKeysWithValues: types.map { ($0.type, $0) })
  }

  static func parse(
    _ bytes: ArraySlice<UInt8>,
    as types: [String: any CommandData.Type]
  ) throws(MalformedCommand) -> Command {
    guard bytes.count <= maxBytes else {
      throw MalformedCommand(
        detail: "the command has \(bytes.count) bytes; give at most \(maxBytes)"
      )
    }
    let (document, error) = JSONDocument.parsed(bytes)
    if let error {
      throw MalformedCommand(id: readableID(document), detail: "the command is no JSON: \(error)")
    }
    guard let root = document.root, document.kind(of: root) == .object else {
      throw MalformedCommand(detail: "the command is no JSON object")
    }
    var envelope = CommandFields(document, root, path: "")
    let id = try envelope.identifier("id")
    do throws(MalformedCommand) {
      return try command(id, &envelope, types)
    } catch {
      throw MalformedCommand(id: id, detail: error.detail)
    }
  }

  private static func command(
    _ id: String,
    _ envelope: inout CommandFields,
    _ types: [String: any CommandData.Type]
  ) throws(MalformedCommand) -> Command {
    let name = try envelope.text("type", maxBytes: 64)
    guard let type = types[name] else {
      let known = types.keys.sorted().joined(separator: ", ")
      throw MalformedCommand(detail: "type \"\(name)\" is unknown; give one of \(known)")
    }
    let occurredAt = try envelope.optionalTime("occurredAt")
    let actor = try envelope.optionalIdentifier("actor")
    let correlation = try envelope.optionalIdentifier("correlation")
    var fields = try envelope.object("data")
    try envelope.finish()
    let data = try type.init(&fields)
    try fields.finish()
    return Command(
      id: id,
      occurredAt: occurredAt,
      actor: actor,
      correlation: correlation,
      data: data,
      content: CommandContent.bytes(
        type: type.type,
        instant: occurredAt?.instant,
        data: fields
      )
    )
  }

  /// The id in a text that broke off, so that the receipt can name the command.
  private static func readableID(_ document: JSONDocument) -> String {
    guard let root = document.root, document.kind(of: root) == .object else { return "" }
    var fields = CommandFields(document, root, path: "")
    return (try? fields.identifier("id")) ?? ""
  }
}
