import TestSupport
import Testing

@testable import Marketplace

/// 2017-03-10T12:00:00Z.
let noon: Microseconds = 1_489_147_200_000_000
let minute: Microseconds = 60_000_000
let day: Microseconds = 1440 * minute

/// What became of a command.
enum Outcome: Equatable {
  case accepted([Event], text: String?)
  case refused(Rejection.Reason)

  static func accepted(_ event: Event, text: String? = nil) -> Outcome {
    .accepted([event], text: text)
  }
}

/// A marketplace in which every one of the commands was accepted, an hour before noon.
func given(_ commands: any CommandData...) throws -> ModelMarketplace {
  try applying(commands, to: ModelMarketplace(), at: noon - 60 * minute)
}

/// The marketplace after more commands, all accepted.
func given(
  _ before: ModelMarketplace,
  at occurredAt: Microseconds = noon - 60 * minute,
  _ commands: any CommandData...
) throws -> ModelMarketplace {
  try applying(commands, to: before, at: occurredAt)
}

private func applying(
  _ commands: [any CommandData],
  to before: ModelMarketplace,
  at occurredAt: Microseconds
) throws -> ModelMarketplace {
  var model = before
  for command in commands {
    _ = try model.run(command, at: occurredAt).get()
  }
  return model
}

extension ModelMarketplace {
  /// Decides a command over a copy, so that nothing changes.
  func outcome(of command: some CommandData, at occurredAt: Microseconds = noon) throws -> Outcome {
    var copy = self
    let context = DecisionContext(
      position: UInt64(records.count) + 1,
      occurredAt: occurredAt
    )
    do {
      let decision = try command.decide(&copy, context)
      return .accepted(decision.events, text: decision.text)
    } catch let rejection as Rejection {
      #expect(!rejection.detail.isEmpty)
      return .refused(rejection.reason)
    }
  }
}

/// Two shops, a brand, five products and three shares; positions are in the order of the commands.
enum Market {
  static let tea = Reference(id: "tea", position: 4)
  static let pot = Reference(id: "pot", position: 5)
  static let jacket = Reference(id: "jacket", position: 6)
  static let old = Reference(id: "old", position: 7)
  static let annsShop = Reference(id: "s1", position: 1)
  static let bobsShop = Reference(id: "s2", position: 2)
  static let brand = Reference(id: "b1", position: 3)
  static let teaShare = Reference(id: "g1", position: 9)
  static let jacketShare = Reference(id: "g2", position: 10)
  static let deepShare = Reference(id: "g3", position: 11)

  static let ann = Person(1)
  static let bob = Person(2)
  static let cat = Person(3)
  static let dan = Person(4)
  /// The first who is not known yet.
  static let newcomer = Person(5)

  static func open() throws -> ModelMarketplace {
    try given(
      OpenShop(shop: "s1", owner: "ann", name: "Tea", currency: "CNY", timeZone: "Asia/Shanghai"),
      OpenShop(shop: "s2", owner: "bob", name: "Wear", currency: "USD", timeZone: "UTC"),
      RegisterBrand(brand: "b1", owner: "bob", name: "Bob's", levelLimit: 3),
      ListProduct(shop: "s1", product: "tea", title: "Tea", price: 100, stock: 10, kind: .native),
      ListProduct(shop: "s1", product: "pot", title: "Pot", price: 200, stock: 5),
      ListProduct(
        shop: "s2",
        product: "jacket",
        title: "Jacket",
        price: 300,
        stock: 5,
        kind: .branded,
        brand: "b1"
      ),
      ListProduct(shop: "s1", product: "old", title: "Old", price: 100, stock: 1),
      DelistProduct(product: "old"),
      ShareProduct(share: "g1", product: "tea", sharer: "cat", scene: .moments),
      ShareProduct(share: "g2", product: "jacket", sharer: "cat"),
      ShareProduct(
        share: "g3",
        product: "tea",
        sharer: "dan",
        via: "g1",
        scene: .circle,
        community: "tea lovers"
      )
    )
  }
}
