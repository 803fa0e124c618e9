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
  /// Stands until the field has been read.
  static var unread: Attribution { Attribution(mode: .unknown, rule: 0) }

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

extension ProtobufReader {
  mutating func entry() throws(RecordError) -> Entry {
    var input = try message()
    var entry = Entry(mode: .unknown)
    while let field = try input.next() {
      switch field {
      case 1: entry.mode = try input.choice()
      case 2: entry.share = try input.text()
      case 3: entry.scene = try input.choice()
      case 4: entry.community = try input.text()
      case 5: entry.intent = try input.choice()
      case 6: entry.queryHash = try input.hash()
      default: try input.skip()
      }
    }
    return entry
  }

  mutating func attribution() throws(RecordError) -> Attribution {
    var input = try message()
    var attribution = Attribution.unread
    while let field = try input.next() {
      switch field {
      case 1: attribution.mode = try input.choice()
      case 2: attribution.scene = try input.choice()
      case 3: attribution.community = try input.text()
      case 4: attribution.intent = try input.choice()
      case 5: attribution.share = try input.entity()
      case 6: attribution.shareDepth = try input.uint32()
      case 7: attribution.visit = try input.entity()
      case 8: attribution.rule = try input.uint32()
      default: try input.skip()
      }
    }
    return attribution
  }
}
