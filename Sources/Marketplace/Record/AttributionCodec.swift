/// The two messages about how a shopper arrived, which several events contain.
extension Entry {
  func encode(into output: inout ProtobufWriter) {
    output.choice(1, mode)
    output.text(2, share)
    output.choice(3, scene)
    output.text(4, community)
    output.choice(5, intent)
    output.hash(6, queryHash)
  }
}

extension Attribution {
  func encode(into output: inout ProtobufWriter) {
    output.choice(1, mode)
    output.choice(2, scene)
    output.text(3, community)
    output.choice(4, intent)
    output.entity(5, share)
    output.varint(6, shareDepth)
    output.entity(7, visit)
    output.varint(8, rule)
  }
}

extension Entry: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> Entry {
    try Entry(
      mode: fields.choice(1),
      share: fields.text(2),
      scene: fields.choice(3),
      community: fields.text(4),
      intent: fields.choice(5),
      queryHash: fields.hash(6)
    )
  }
}

extension Attribution: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> Attribution {
    try Attribution(
      mode: fields.choice(1),
      scene: fields.choice(2),
      community: fields.text(3),
      intent: fields.choice(4),
      share: fields.optionalEntity(5),
      shareDepth: fields.uint32(6),
      visit: fields.optionalEntity(7),
      rule: fields.uint32(8)
    )
  }
}
