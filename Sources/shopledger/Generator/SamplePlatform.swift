/// A made-up platform that issues commands, the same ones for the same seed.
///
/// It keeps a small model of itself (prices, stocks, trees of agents), so that a command is valid
/// when it is decided, but for the few that are meant to be refused. Memory grows with shops,
/// products, agents and shoppers; shares, visits and orders are remembered for a while only.
struct SamplePlatform {
  struct Shop {
    /// The brand that its owner may sell; −1: none.
    var brand: Int
    var currency: String
  }

  struct Product {
    var shop: Int
    /// −1: none.
    var brand: Int
    var price: Int
    var previousPrice: Int
    var stock: Int
    var sold = 0
    var version = 0
    var listed = true
    /// Some of its shares, to pass on and to follow; 0: none yet.
    var shares: [4 of Int] = [0, 0, 0, 0]
  }

  struct Visit {
    var product: Int
    var visitor: Int
  }

  struct Order {
    var number: Int
    var product: Int
    var quantity: Int
    var total: Int
  }

  /// How many of each thing there are, by the number of commands.
  struct Sizes {
    var shops: Int
    var brands: Int
    var products: Int
    var shoppers: Int
    /// Products listed before the trade starts; the others follow while it runs.
    var firstProducts: Int
    /// Shop owners who sell a brand's goods as its agents.
    var ownerAgents: [Int]

    init(commands: Int) {
      shops = min(max(commands / 2000, 3), 2000)
      brands = min(max(commands / 20_000, 2), 200)
      products = min(max(commands / 100, 10), 1_000_000)
      shoppers = min(max(commands / 12, 50), 5_000_000)
      firstProducts = products * 7 / 10
      let brands = brands
      ownerAgents = (brands..<shops).filter { $0.isMultiple(of: 3) }
    }
  }

  static let rememberedVisits = 1024
  static let rememberedOrders = 8192

  let sizes: Sizes
  private let commands: Int
  var text: CommandText
  var random: SplitMix64
  /// How many commands there are so far; the next thing created gets the number after it.
  private var produced = 0
  private let productRanks: ZipfDistribution
  private let shopRanks: ZipfDistribution
  private let shopperRanks: ZipfDistribution

  var shops: [Shop] = []
  var products: [Product] = []
  var forests: [SampleForest] = []
  var delisted: [Int] = []
  var visits: [Visit] = []
  var orders: [Order] = []
  var attributionWindow = 7

  /// A platform that will issue 1 to 10^9 commands.
  init(seed: UInt64, commands: Int) {
    self.commands = commands
    sizes = Sizes(commands: commands)
    text = CommandText(seed: seed, commands: commands)
    random = SplitMix64(seed: seed)
    productRanks = ZipfDistribution(ranks: sizes.products)
    shopRanks = ZipfDistribution(ranks: sizes.shops)
    shopperRanks = ZipfDistribution(ranks: sizes.shoppers)
  }

  /// Writes all commands in pieces of about 64 KiB, whole lines each.
  mutating func write(to sink: ([UInt8]) throws -> Void) rethrows {
    while produced < commands {
      appendNext()
      guard text.bytes.count >= 1 << 16 || produced == commands else { continue }
      try sink(text.bytes)
      text.bytes.removeAll(keepingCapacity: true)
    }
  }

  private mutating func appendNext() {
    produced += 1
    var index = produced - 1
    if index < sizes.brands { return registerBrand(index) }
    index -= sizes.brands
    if index < sizes.shops { return openShop(index) }
    index -= sizes.shops
    if index < sizes.ownerAgents.count { return signUpOwner(of: sizes.ownerAgents[index]) }
    index -= sizes.ownerAgents.count
    if index < sizes.firstProducts { return listProduct() }
    trade()
  }

  /// One command of the running trade, drawn per mille.
  private mutating func trade() {
    if produced == commands / 3 || produced == commands * 2 / 3 { return adoptPolicy() }
    switch random.below(1000) {
    case ..<445: recordVisit()
    case ..<695: purchase()
    case ..<815: shareProduct()
    case ..<895: signUpAgent()
    case ..<925: refundPurchase()
    case ..<935: adjustStock(of: anyProduct())
    case ..<947: changePrice()
    case ..<955: reparentAgent()
    case ..<961: leaveAgency()
    case ..<965: rejoinAgency()
    case ..<970: retitleProduct()
    case ..<973: delistProduct()
    case ..<976: relistProduct()
    case ..<980: products.count < sizes.products ? listProduct() : recordVisit()
    default: refuse()
    }
  }

  // MARK: Draws

  /// The number of whatever the command at hand creates.
  var number: Int { produced }

  mutating func anyShopper() -> Int {
    shopperRanks.draw(&random)
  }

  mutating func anyShop() -> Int {
    shopRanks.draw(&random)
  }

  /// A product by its popularity, listed or not.
  mutating func anyProduct() -> Int {
    productRanks.draw(&random) % products.count
  }

  /// A listed product by its popularity; most are, and the search ends at one that is.
  mutating func anyListedProduct() -> Int {
    var product = anyProduct()
    while !products[product].listed { product = (product + 1) % products.count }
    return product
  }

  mutating func anyBrand() -> Int {
    min(random.below(sizes.brands), random.below(sizes.brands))
  }
}
