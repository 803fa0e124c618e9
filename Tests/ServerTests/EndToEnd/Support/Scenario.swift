import JSON

/// One small history that touches everything, and what it comes to when it is reckoned by hand.
enum Scenario {
  /// 26 commands: 25 accepted with 26 events, the last one refused.
  static let lines = #"""
    {"id":"c01","type":"OpenShop","occurredAt":"2026-03-01T08:00:00+08:00","actor":"li","correlation":"opening","data":{"shop":"s1","owner":"li","name":"七里香小铺","currency":"CNY","timeZone":"Asia/Shanghai"}}
    {"id":"c02","type":"OpenShop","occurredAt":"2026-03-01T08:00:00+08:00","data":{"shop":"s2","owner":"wang","name":"Hill Shop","currency":"USD","timeZone":"America/New_York"}}
    {"id":"c03","type":"RegisterBrand","occurredAt":"2026-03-01T08:00:00+08:00","data":{"brand":"b1","owner":"hq","name":"Lotus","levelLimit":5}}
    {"id":"c04","type":"SignUpAgent","occurredAt":"2026-03-01T08:10:00+08:00","data":{"agent":"li","brand":"b1","entryFee":100}}
    {"id":"c05","type":"SignUpAgent","occurredAt":"2026-03-01T08:20:00+08:00","data":{"agent":"mei","brand":"b1","sponsor":"li","entryFee":5000}}
    {"id":"c06","type":"SignUpAgent","occurredAt":"2026-03-01T08:30:00+08:00","data":{"agent":"zhao","brand":"b1","sponsor":"mei","entryFee":3000}}
    {"id":"c07","type":"ListProduct","occurredAt":"2026-03-01T09:00:00+08:00","data":{"shop":"s1","product":"p1","title":"手工皂","price":900,"stock":10,"kind":"handicraft","story":"Grandmother's recipe"}}
    {"id":"c08","type":"ListProduct","occurredAt":"2026-03-01T09:00:00+08:00","data":{"shop":"s1","product":"p2","title":"Lotus Tea","price":2500,"stock":3,"kind":"branded","brand":"b1"}}
    {"id":"c09","type":"ListProduct","occurredAt":"2026-03-01T09:00:00+08:00","data":{"shop":"s2","product":"p3","title":"Mug","price":1200,"stock":5}}
    {"id":"c10","type":"AdoptPolicy","occurredAt":"2026-03-01T09:30:00+08:00","data":{"thresholdHeadcount":3}}
    {"id":"c11","type":"RecordVisit","occurredAt":"2026-03-01T10:00:00+08:00","data":{"visit":"v1","shop":"s1","visitor":"chen","product":"p1","entry":{"mode":"stroll","scene":"homeFeed"}}}
    {"id":"c12","type":"ShareProduct","occurredAt":"2026-03-01T10:05:00+08:00","data":{"share":"g1","product":"p1","sharer":"chen","scene":"groupChat"}}
    {"id":"c13","type":"ShareProduct","occurredAt":"2026-03-01T10:06:00+08:00","data":{"share":"g2","product":"p1","sharer":"dong","via":"g1","scene":"circle","community":"妈妈群"}}
    {"id":"c14","type":"Purchase","occurredAt":"2026-03-01T10:20:00+08:00","data":{"order":"o1","product":"p1","buyer":"chen","quantity":2,"price":900}}
    {"id":"c15","type":"RecordVisit","occurredAt":"2026-03-02T09:00:00+08:00","data":{"visit":"v2","shop":"s1","visitor":"eva","entry":{"mode":"share","share":"g2"}}}
    {"id":"c16","type":"Purchase","occurredAt":"2026-03-02T09:05:00+08:00","data":{"order":"o2","product":"p1","buyer":"eva","quantity":1,"price":900,"entry":{"mode":"share","share":"g2"}}}
    {"id":"c17","type":"RecordVisit","occurredAt":"2026-03-02T11:00:00+08:00","data":{"visit":"v3","shop":"s1","visitor":"fang","product":"p2","entry":{"mode":"search","query":"lotus tea","intent":"brand"}}}
    {"id":"c18","type":"Purchase","occurredAt":"2026-03-02T11:30:00+08:00","data":{"order":"o3","product":"p2","buyer":"fang","quantity":3,"price":2500,"entry":{"mode":"search","query":"lotus tea","intent":"brand"}}}
    {"id":"c19","type":"Purchase","occurredAt":"2026-03-02T12:00:00+08:00","data":{"order":"o4","product":"p1","buyer":"gao","quantity":1,"price":900}}
    {"id":"c20","type":"Purchase","occurredAt":"2026-03-02T13:00:00+08:00","data":{"order":"o5","product":"p1","buyer":"chen","quantity":1,"price":900,"entry":{"mode":"share","share":"g2"}}}
    {"id":"c21","type":"RefundPurchase","occurredAt":"2026-03-03T08:00:00+08:00","data":{"refund":"r1","order":"o1","quantity":1,"amount":900,"restock":true,"reason":"broken lid"}}
    {"id":"c22","type":"ChangePrice","occurredAt":"2026-03-03T09:00:00+08:00","data":{"product":"p1","price":1000}}
    {"id":"c23","type":"RetitleProduct","occurredAt":"2026-03-03T09:00:00+08:00","data":{"product":"p1","title":"手工香皂"}}
    {"id":"c24","type":"Purchase","occurredAt":"2026-03-03T10:00:00+08:00","data":{"order":"o6","product":"p3","buyer":"hana","quantity":1,"price":1200,"entry":{"mode":"share","share":"g1"}}}
    {"id":"c25","type":"LeaveAgency","occurredAt":"2026-03-03T11:00:00+08:00","data":{"agent":"mei","brand":"b1","cause":"left","reason":"moved away"}}
    {"id":"c26","type":"Purchase","occurredAt":"2026-03-03T12:00:00+08:00","data":{"order":"o7","product":"p1","buyer":"gao","quantity":1,"price":900}}

    """#

  static let commands = lines.split(separator: "\n").map(String.init)
}

extension JSONValue {
  init(_ text: String) throws {
    try self.init(parsing: text.utf8)
  }

  /// The value with its members in the order of their names, and without some of them, wherever
  /// they stand: the order is not promised, and what the clock says is not known.
  func sorted(without names: Set<String> = []) -> JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.filter { !names.contains($0.name) }.sorted { $0.name < $1.name }.map {
          Member($0.name, $0.value.sorted(without: names))
        }
      )
    case .array(let elements): .array(elements.map { $0.sorted(without: names) })
    default: self
    }
  }
}
