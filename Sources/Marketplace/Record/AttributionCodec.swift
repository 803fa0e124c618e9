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

extension Lent<Entry> {
  var whole: Entry {
    get throws(RecordError) {
      try Entry(
        mode: choice(1),
        share: text(2),
        scene: choice(3),
        community: text(4),
        intent: choice(5),
        queryHash: hash(6)
      )
    }
  }
}

extension Lent<Attribution> {
  var whole: Attribution {
    get throws(RecordError) {
      try Attribution(
        mode: choice(1),
        scene: choice(2),
        community: text(3),
        intent: choice(4),
        share: optionalReference(5),
        shareDepth: uint32(6),
        visit: optionalReference(7),
        rule: uint32(8)
      )
    }
  }
}
