import JSON
import Marketplace
import TestSupport

@testable import Ledger

/// A question that can be asked of now and of the past.
struct PastQuestion: Sendable, CustomStringConvertible {
  var description: String
  private var body: @Sendable (Ledger, Freshness) async throws -> [UInt8]

  init(
    _ description: String,
    _ body: @escaping @Sendable (Ledger, Freshness) async throws -> [UInt8]
  ) {
    self.description = description
    self.body = body
  }

  /// The answer without what only one about the past has, or why there is none.
  func ask(_ ledger: Ledger, _ when: Freshness) async -> String {
    do {
      return Self.text(try await body(ledger, when))
    } catch QueryError.notFound {
      return "not found"
    } catch QueryError.badRequest(let detail) where detail.contains("periods") {
      return detail
    } catch {
      return "\(error), asked at \(when)"
    }
  }

  static func text(_ answer: [UInt8]) -> String {
    guard case .object(let members)? = try? JSONValue(parsing: answer) else { return "no object" }
    return "\(members.filter { $0.name != "asOf" })"
  }

  /// A question of each kind about things of `RandomCommands`, which may not be there.
  static func one(ofEach random: inout SplitMix64) -> [PastQuestion] {
    func number(_ count: Int) -> Int { 1 + random.below(count) }
    let shop = "shop-\(number(5))"
    let brand = "brand-\(number(4))"
    let person = "person-\(random.oneIn(4) ? random.below(1000) : random.below(12))"
    let agent = "person-\(random.below(12))"
    let (product, share, order) = (number(13), number(200), number(200))
    let from: Day? = random.oneIn(2) ? 17_225 + Day(random.below(30)) : nil
    let limit = random.pick([1, 3, 100])
    let period = random.pick([nil, "month"])
    let over = random.oneIn(2)
    func modes(_ shop: String?, _ brand: String?) -> PastQuestion {
      PastQuestion("modes \(shop ?? brand ?? "in all")") {
        let question = ShoppingModesQuestion(shop: shop, brand: brand, period: period, from: from)
        return try await $0.shoppingModes(question, $1)
      }
    }
    return [
      PastQuestion("dashboard \(shop)") {
        try await $0.dashboard(of: shop, from: from, to: nil, $1)
      },
      PastQuestion("shop \(shop)") { try await $0.shop(shop, $1) },
      PastQuestion("shops") { try await $0.shops(cursor: nil, limit: limit, $1) },
      PastQuestion("brands") { try await $0.brands(cursor: nil, limit: limit, $1) },
      PastQuestion("agency \(brand)") { try await $0.agency(of: brand, limit: limit, $1) },
      PastQuestion("agents \(brand)") {
        try await $0.agents(of: brand, overThreshold: over, cursor: nil, limit: limit, $1)
      },
      PastQuestion("agent \(brand) \(agent)") { try await $0.agent(agent, of: brand, $1) },
      PastQuestion("recruits \(brand) \(agent)") {
        try await $0.recruits(of: agent, in: brand, cursor: nil, limit: limit, $1)
      },
      modes(nil, nil), modes(shop, nil), modes(nil, brand),
      PastQuestion("person \(person)") { try await $0.person(person, $1) },
      PastQuestion("product \(product)") { try await $0.product("product-\(product)", $1) },
      PastQuestion("share \(share)") { try await $0.share("share-\(share)", $1) },
      PastQuestion("order \(order)") { try await $0.order("order-\(order)", $1) },
    ]
  }
}
