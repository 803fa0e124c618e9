import JSON
import Testing

@testable import Marketplace

struct RecordJSONTests {
  private func json(_ record: Record, text: String? = nil) -> String {
    var json = JSONWriter()
    record.write(to: &json, names: { "person\($0.number)" }, text: text)
    return json.text
  }

  private func data(_ record: Record, text: String? = nil) throws -> JSONValue {
    try #require(try JSONValue(parsing: json(record, text: text).utf8)["data"])
  }

  @Test
  func `an entry shows the envelope, the people by name and the time as claimed`() {
    #expect(
      json(RecordSamples.full[3])
        == #"{"position":18446744073709551615,"recordedAt":"2017-03-10T00:00:00.123456Z","#
        + #""occurredAt":"1969-12-31T14:29:59.999999-09:30","localDay":"1969-12-31","#
        + #""type":"ProductRetitled","command":"\#(String(repeating: "c", count: 64))","#
        + #""actor":"person300","peer":0,"correlation":"trace:1","causation":41,"#
        + #""data":{"product":"p-1","shop":"shop:1","title":"Tea"}}"#
    )
  }

  @Test
  func `what is absent is absent`() {
    #expect(
      json(RecordSamples.bare[14])
        == #"{"position":7,"recordedAt":"1970-01-01T00:00:00Z","occurredAt":"1970-01-01T00:00:00Z","#
        + #""localDay":"1970-01-01","type":"AgentLeft","command":"c1","#
        + #""data":{"brand":"","agent":"person0"}}"#
    )
  }

  @Test
  func `a purchase shows the claim with its text, and the decision with its evidence`() throws {
    let brand = String(repeating: "b", count: 64)
    let circle = String(repeating: "圈", count: 66)
    let expected =
      #"{"order":"o1","product":"p-1","shop":"shop:1","seller":"person1","brand":"\#(brand)","#
      + #""kind":"branded","title":"Tea","currency":"CNY","buyer":"person5","unitPrice":900,"#
      + #""quantity":2,"total":1800,"stockAfter":3,"entry":{"mode":"share","share":"g1","#
      + #""query":"tea?","intent":"brand","scene":"circle","community":"茶友"},"#
      + #""attribution":{"mode":"search","scene":"other","community":"\#(circle)","#
      + #""intent":"product","share":"g1","shareDepth":4294967295,"visit":"v1","rule":1},"#
      + #""creditedSharer":"person6","halo":true,"selfShare":true,"impulse":true,"policy":99}"#
    #expect(
      try data(RecordSamples.full[10], text: "tea?") == JSONValue(parsing: expected.utf8)
    )
  }

  /// Every field by its name, so that none is forgotten and none carries a hash.
  @Test(
    arguments: zip(
      RecordSamples.full,
      [
        "shop owner name currency timeZone",
        "brand owner name levelLimit currency timeZone",
        "product shop seller brand kind title currency price stock story",
        "product shop title",
        "product shop from to",
        "product shop by after reason",
        "product shop reason",
        "product shop reason",
        "visit shop visitor product brand entry attribution",
        "share product shop brand sharer via root depth scene community",
        "order product shop seller brand kind title currency buyer unitPrice quantity total "
          + "stockAfter entry attribution creditedSharer halo selfShare impulse policy",
        "refund order product shop brand kind currency buyer quantity amount restock stockAfter "
          + "orderDay quantityLeft amountLeft reason",
        "brand agent sponsor level entryFee currency",
        "brand agent from to level cause reason",
        "brand agent sponsor cause reason",
        "attributionWindowDays thresholdLevels thresholdHeadcount impulseMinutes",
      ]
    )
  )
  func `data has every field of the event`(record: Record, names: String) throws {
    let data = try data(record, text: "private")
    #expect(data.members?.map(\.name).joined(separator: " ") == names)
  }

  @Test
  func `private text stands where the event had it, and nowhere when it is forgotten`() throws {
    for record in RecordSamples.full {
      let shown = json(record, text: "private").contains("private")
      #expect(shown == !record.event.textHash.isEmpty)
      #expect(!json(record).contains("private"))
    }
  }

  @Test
  func `what finding a name throws comes through`() {
    struct NoName: Error {}
    var json = JSONWriter()
    #expect(throws: NoName.self) {
      try RecordSamples.full[0].write(to: &json, names: { _ in throw NoName() }, text: nil)
    }
  }
}
