import JSON

/// The questions that are asked of a ledger, about its busiest things.
struct Questions {
  /// Name and path, of each.
  let all: [(name: String, path: String)]

  init(asking socket: String) throws {
    let connection = try HTTPConnection(socket: socket)
    func ask(_ path: String) throws -> JSONValue { try JSONValue(parsing: connection.get(path)) }
    /// Of a list, the id of the one with the greatest figure.
    func most(_ list: String, _ id: String, _ figure: String) throws -> String {
      let things = try ask("/v1/\(list)?limit=1000")[list]?.array ?? []
      let busiest = things.max {
        ($0[figure]?.integer ?? 0) < ($1[figure]?.integer ?? 0)
      }
      guard let name = busiest?[id]?.string else { throw Failure("there are no \(list)") }
      return name
    }
    let shop = try most("shops", "shop", "orders")
    let brand = try most("brands", "brand", "active")
    let days = try ask("/v1/shops/\(shop)/dashboard")["days"]?.array ?? []
    guard let first = days.suffix(30).first?["day"]?.string else {
      throw Failure("the shop \(shop) has no days")
    }
    all = [
      ("dashboard, 30 days", "/v1/shops/\(shop)/dashboard?from=\(first)"),
      ("agency", "/v1/agency/\(brand)"),
      ("modes, by month", "/v1/shopping-modes?period=month"),
      ("events page, 100 of a shop", "/v1/events?shop=\(shop)&limit=100"),
    ]
  }
}
