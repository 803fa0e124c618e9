import TestSupport

@testable import Marketplace

/// A brand of at most four levels: ann over ben over cyd, ann over dee, and eli, a root, over fay,
/// who left.
enum Agency {
  static let brand = Reference(id: "b1", position: 1)
  static let owner = Person(1)
  static let ann = Person(2)
  static let ben = Person(3)
  static let cyd = Person(4)
  static let dee = Person(5)
  static let eli = Person(6)
  static let fay = Person(7)
  static let newcomer = Person(8)

  static func market() throws -> ModelMarketplace {
    try given(
      RegisterBrand(brand: "b1", owner: "owner", name: "B", levelLimit: 4, currency: "EUR"),
      SignUpAgent(agent: "ann", brand: "b1"),
      SignUpAgent(agent: "ben", brand: "b1", sponsor: "ann"),
      SignUpAgent(agent: "cyd", brand: "b1", sponsor: "ben"),
      SignUpAgent(agent: "dee", brand: "b1", sponsor: "ann"),
      SignUpAgent(agent: "eli", brand: "b1"),
      SignUpAgent(agent: "fay", brand: "b1", sponsor: "eli"),
      LeaveAgency(agent: "fay", brand: "b1")
    )
  }
}
