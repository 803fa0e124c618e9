package import JSON
package import Marketplace

/// The answer to `/v1/people/{person}`: what one person did beside buying.
package struct PersonAnswer: Hashable, Sendable {
  package var person: String
  /// The position that the answer reflects.
  package var position: Position
  package var shares: UInt64
  /// Orders that credit the person, and what they came to, by currency.
  package var credits: [String: Sales]
  /// Distinct buyers of those orders.
  package var buyers: Int
  /// In the order in which the brands were registered, those that were left too.
  package var agencies: [Agency]
  /// The ids of shops owned, in order of opening.
  package var shops: [String]
  /// The ids of brands owned, in order of registration.
  package var brands: [String]

  package struct Agency: Hashable, Sendable {
    package var brand: String
    package var isActive: Bool
    /// When the person signed up, the latest time if more than once.
    package var joinedAt: String
  }

  /// Which rows to keep where this person alone will be asked about; see `MemoryRows`.
  package static func rowsKept(of person: Person) -> @Sendable (RawSpan) -> Bool {
    let prefixes = PeopleRows.prefixes(of: person)
    return { key in prefixes.contains { key.starts(with: $0) } }
  }

  /// Answers from the view's rows; a person who did nothing gets zeros.
  ///
  /// - Throws: What `rows` and `log` throw, or a `FoldError` when they contradict each other.
  package static func answer(
    person: Person,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> PersonAnswer {
    var answer = PersonAnswer(
      person: try log.name(of: person),
      position: position,
      shares: 0,
      credits: [:],
      buyers: 0,
      agencies: [],
      shops: try owned(PeopleRows.shops(of: person), rows),
      brands: try owned(PeopleRows.brands(of: person), rows)
    )
    var row = PersonRow()
    try PeopleRows.people.lend(person.number, in: rows) { row.read($0) }
    answer.shares = row.shares
    for credit in row.credits {
      answer.credits[CreditCurrency.code(credit.currency)] = credit.sales
    }
    answer.buyers =
      row.hasManyBuyers
      ? try PersonSet.count(PeopleRows.buyers(creditedTo: person), rows) : row.buyers.count
    answer.agencies = try row.agencies.sorted { $0.brand < $1.brand }.map { try $0.answer(log) }
    return answer
  }

  private static func owned(_ prefix: [UInt8], _ rows: some RowReader) throws -> [String] {
    var ids: [String] = []
    try rows.scan(prefix: prefix) { _, id in
      ids.append(String(decoding: id.copy, as: UTF8.self))
      return true
    }
    return ids
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("person", person)
      json.member("position", position)
      json.object("sharer") { json in
        json.member("shares", shares)
        json.member("orders", credits.values.reduce(0) { $0 + $1.orders })
        json.object("gross") { json in
          for (currency, sales) in credits.sorted(by: { $0.key < $1.key }) {
            json.member(currency, sales.gross)
          }
        }
        json.member("buyers", buyers)
      }
      json.array("agencies") { json in
        for agency in agencies {
          json.object { json in
            json.member("brand", agency.brand)
            json.member("active", agency.isActive)
            json.member("joinedAt", agency.joinedAt)
          }
        }
      }
      json.array("shops") { json in
        for shop in shops { json.value(shop) }
      }
      json.array("brands") { json in
        for brand in brands { json.value(brand) }
      }
    }
  }
}

extension PersonRow.Agency {
  fileprivate func answer(_ log: some LogReader) throws -> PersonAnswer.Agency {
    let record = try log.record(at: brand)
    guard case .brandRegistered(let registered) = record.event else {
      throw FoldError(position: brand, detail: "\(record.event.type), where a brand should begin")
    }
    return PersonAnswer.Agency(
      brand: registered.brand,
      isActive: isActive,
      joinedAt: try log.record(at: joined).envelope.occurredText
    )
  }
}
