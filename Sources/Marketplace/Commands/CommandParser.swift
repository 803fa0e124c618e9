internal import JSON

/// Reads commands from JSON: well formed or malformed, before anything is decided.
///
/// Keeps the room that one command took for the next; so it allocates only what the command keeps.
package struct CommandParser: Sendable {
  /// The greatest length of a command's JSON, in bytes: a story of 20,000 with every byte escaped
  /// fits.
  package static let maxBytes = 262_144

  private static let registered = table(CommandRegistry.types)

  private let types: [String: any CommandData.Type]
  private var document = JSONDocument()
  /// Type, time and data of the command read last in one canonical form: equal exactly when the
  /// contents are equal.
  ///
  /// Spacing, key order, escapes and the offset of the time leave no trace in it.
  package var content: [UInt8] { canonical.bytes }
  private var canonical = CommandContent()

  package init() {
    self.init(types: Self.registered)
  }

  init(types: [String: any CommandData.Type]) {
    self.types = types
  }

  static func table(
    _ types: [any CommandData.Type]
  ) -> [String: any CommandData.Type] {
    Dictionary(uniqueKeysWithValues: types.map { ($0.type, $0) })
  }

  /// - Throws: `MalformedCommand`, with the id wherever it could be read.
  package mutating func parse(_ bytes: ArraySlice<UInt8>) throws(MalformedCommand) -> Command {
    guard bytes.count <= Self.maxBytes else {
      throw MalformedCommand(
        detail: "the command has \(bytes.count) bytes; give at most \(Self.maxBytes)"
      )
    }
    do throws(JSONError) {
      try document.read(bytes)
    } catch {
      throw MalformedCommand(id: readableID, detail: "the command is no JSON: \(error)")
    }
    guard let root = document.root, document.kind(of: root) == .object else {
      throw MalformedCommand(detail: "the command is no JSON object")
    }
    var envelope = CommandFields(document, root, path: "")
    let id = try envelope.identifier("id")
    do throws(MalformedCommand) {
      return try command(id, &envelope)
    } catch {
      throw MalformedCommand(id: id, detail: error.detail)
    }
  }

  private mutating func command(
    _ id: String,
    _ envelope: inout CommandFields
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
    canonical.write(type: type.type, instant: occurredAt?.instant, data: fields)
    return Command(
      id: id,
      occurredAt: occurredAt,
      actor: actor,
      correlation: correlation,
      data: data
    )
  }

  /// The id in a text that broke off, so that the receipt can name the command.
  private var readableID: String {
    guard let root = document.root, document.kind(of: root) == .object else { return "" }
    var fields = CommandFields(document, root, path: "")
    return (try? fields.identifier("id")) ?? ""
  }
}
