import JSON
import Testing

@testable import shopledger

@Suite struct GeneratorTests {
  private func generated(_ seed: UInt64, _ commands: Int) -> [UInt8] {
    var platform = SamplePlatform(seed: seed, commands: commands)
    var bytes: [UInt8] = []
    platform.write { bytes += $0 }
    return bytes
  }

  private func commands(_ seed: UInt64, _ count: Int) throws -> [JSONValue] {
    try generated(seed, count).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue(parsing: $0)
    }
  }

  /// FNV-1a, 64 bits.
  private func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test func `the same seed gives the same bytes in every build`() {
    #expect(digest(generated(1, 5000)) == 738_919_903_912_589_328)
    #expect(generated(1, 100) != generated(2, 100))
  }

  @Test(arguments: [1, 2, 7, 12, 13, 100, 4321])
  func `there are exactly as many commands as asked for`(count: Int) throws {
    let commands = try commands(3, count)
    #expect(commands.count == count)
    #expect(Set(commands.map { $0["id"]?.string }).count == count)
  }

  @Test(arguments: [1, 42] as [UInt64])
  func `time does not run back, and fills ninety days`(seed: UInt64) throws {
    let times = try commands(seed, 3000).compactMap { $0["occurredAt"]?.string }
    #expect(times.count == 3000)
    #expect(times == times.sorted())
    #expect(times.first == "2026-01-05T00:00:00.000+08:00")
    #expect(Set(times.map { $0.prefix(10) }).count == 90)
    #expect(times.last?.prefix(10) == "2026-04-04")
    #expect(times.allSatisfy { $0.utf8.count == 29 && $0.hasSuffix("+08:00") })
  }

  @Test(arguments: [1, 42, 2026] as [UInt64])
  func `sales are at the current price and out of stock, but for those meant to be refused`(
    seed: UInt64
  ) throws {
    struct Goods {
      var price: Int64
      var stock: Int64
    }
    var goods: [String: Goods] = [:]
    var sales = 0
    var refused = 0
    let all = try commands(seed, 20_000)
    for command in all {
      guard let data = command["data"], let product = data["product"]?.string else { continue }
      switch command["type"]?.string {
      case "ListProduct":
        guard goods[product] == nil else { continue }
        goods[product] = Goods(
          price: data["price"]?.integer ?? 0,
          stock: data["stock"]?.integer ?? 0
        )
      case "ChangePrice": goods[product]?.price = data["price"]?.integer ?? 0
      case "AdjustStock":
        let by = data["by"]?.integer ?? 0
        if let stock = goods[product]?.stock, stock + by >= 0 { goods[product]?.stock += by }
      case "Purchase":
        sales += 1
        let quantity = data["quantity"]?.integer ?? 0
        guard let sold = goods[product], sold.price == data["price"]?.integer,
          sold.stock >= quantity, quantity > 0
        else {
          refused += 1
          continue
        }
        goods[product]?.stock -= quantity
      default: break
      }
    }
    #expect((4500...5500).contains(sales), "seed \(seed)")
    // Restocking refunds are left out above, so that a few good sales look out of stock.
    #expect((50...250).contains(refused), "seed \(seed)")
  }

  @Test func `every type of command occurs`() throws {
    let types = Set(try commands(1, 20_000).compactMap { $0["type"]?.string })
    #expect(
      types == [
        "OpenShop", "RegisterBrand", "ListProduct", "RetitleProduct", "ChangePrice",
        "AdjustStock", "DelistProduct", "RelistProduct", "RecordVisit", "ShareProduct",
        "Purchase", "RefundPurchase", "SignUpAgent", "ReparentAgent", "LeaveAgency",
        "AdoptPolicy",
      ]
    )
  }

  @Test(arguments: [1, 2, 1000])
  func `rank k is drawn in proportion to 1 in k + 1`(ranks: Int) {
    let zipf = ZipfDistribution(ranks: ranks)
    var random = SplitMix64(seed: 9)
    var draws = Array(repeating: 0, count: ranks)
    for _ in 0..<100_000 { draws[zipf.draw(&random)] += 1 }
    let harmonic = (1...ranks).reduce(0.0) { $0 + 1 / Double($1) }
    for rank in 0..<min(ranks, 4) {
      let expected = 100_000 / (Double(rank + 1) * harmonic)
      #expect(abs(Double(draws[rank]) - expected) < 5 * expected.squareRoot() + 1)
    }
  }

  @Test func `SplitMix64 gives the published numbers`() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ]
    )
  }

  @Test func `a leaver's recruits go to its sponsor, and the leaver comes back alone`() {
    var forest = SampleForest(levelLimit: 255)
    forest.join(0, under: nil)
    forest.join(1, under: 0)
    forest.join(2, under: 1)
    forest.join(3, under: 1)
    forest.leave(1)
    #expect((0...3).map { forest.agents[$0].sponsor } == [-1, -1, 0, 0])
    #expect(forest.level(of: 3) == 2)
    forest.rejoin(leaver: 0, under: 3)
    #expect(forest.level(of: 1) == 3)
    #expect(forest.leavers.isEmpty)
    forest.move(3, under: nil)
    #expect(forest.isAboveOrSame(3, as: 1))
    #expect(!forest.isAboveOrSame(0, as: 1))
    #expect((forest.level(of: 1), forest.level(of: 3)) == (2, 1))
  }
}
