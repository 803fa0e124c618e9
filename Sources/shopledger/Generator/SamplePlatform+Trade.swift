/// Visits, shares, purchases and refunds.
extension SamplePlatform {
  /// How a shopper arrived, drawn before it is written.
  enum Arrival {
    case stroll(scene: String?, community: String?)
    case share(Int)
    case search(query: String, brand: Bool)

    func write(to data: inout CommandText) {
      data.object("entry") { entry in
        switch self {
        case .stroll(let scene, let community):
          entry.member("mode", "stroll")
          if let scene { entry.member("scene", scene) }
          if let community { entry.member("community", community) }
        case .share(let share):
          entry.member("mode", "share")
          entry.member("share", "g", share)
        case .search(let query, let brand):
          entry.member("mode", "search")
          entry.member("query", query)
          entry.member("intent", brand ? "brand" : "product")
        }
      }
    }
  }

  /// 40 % strolls, 35 % shares (where the product has one), 25 % searches.
  private mutating func anyArrival(_ product: Int?) -> Arrival {
    let draw = random.below(1000)
    if draw < 350, let product {
      // One in fifty follows a link that leads nowhere any more.
      if random.chance(20) { return .share(1_000_000_000 + number) }
      let share = products[product].shares[random.below(4)]
      if share > 0 { return .share(share) }
    }
    if draw >= 750 {
      let brand = random.chance(400)
      let query =
        brand
        ? random.element(of: SampleWords.brandNames)
        : random.element(of: SampleWords.goods).chinese
      return .search(query: query, brand: brand)
    }
    switch random.below(10) {
    case ..<5: return .stroll(scene: "homeFeed", community: nil)
    case ..<7: return .stroll(scene: "miniProgram", community: nil)
    case 7: return .stroll(scene: "moments", community: nil)
    case 8:
      return .stroll(scene: "circle", community: random.element(of: SampleWords.communities))
    default: return .stroll(scene: nil, community: nil)
    }
  }

  mutating func recordVisit() {
    let number = number
    let visitor = anyShopper()
    let product = random.chance(850) ? anyListedProduct() : nil
    let shop = if let product { products[product].shop } else { anyShop() }
    let arrival = anyArrival(product)
    if let product {
      let visit = Visit(product: product, visitor: visitor)
      if visits.count < Self.rememberedVisits {
        visits.append(visit)
      } else {
        visits[number % Self.rememberedVisits] = visit
      }
    }
    text.command("RecordVisit") { data in
      data.member("visit", "v", number)
      data.member("shop", "s", shop + 1)
      data.member("visitor", person: Int32(visitor))
      if let product { data.member("product", "p", product + 1) }
      arrival.write(to: &data)
    }
  }

  /// 65 in 100 pass on one of the product's shares; the others start a chain.
  mutating func shareProduct() {
    let number = number
    let product = anyListedProduct()
    let sharer = anyShopper()
    let place = random.below(4)
    let via = random.chance(650) ? products[product].shares[random.below(4)] : 0
    let scene: String? =
      switch random.below(10) {
      case ..<4: "groupChat"
      case ..<7: "moments"
      case ..<9: "privateChat"
      default: nil
      }
    products[product].shares[place] = number
    text.command("ShareProduct") { data in
      data.member("share", "g", number)
      data.member("product", "p", product + 1)
      data.member("sharer", person: Int32(sharer))
      if via > 0 { data.member("via", "g", via) }
      if let scene { data.member("scene", scene) }
    }
  }

  /// 70 in 100 follow a recent visit of the buyer, the others come out of the blue.
  ///
  /// When too little is in stock, every second time the seller restocks instead.
  mutating func purchase() {
    let number = number
    let visit = !visits.isEmpty && random.chance(700) ? random.element(of: visits) : nil
    let product =
      if let visit, products[visit.product].listed { visit.product } else { anyListedProduct() }
    let buyer = visit?.visitor ?? anyShopper()
    let quantity = random.chance(800) ? 1 : random.within(2...5)
    let arrival = random.chance(250) ? anyArrival(product) : nil
    let price = products[product].price
    if products[product].stock < quantity {
      if random.chance(500) { return adjustStock(of: product) }
    } else {
      products[product].stock -= quantity
      products[product].sold += quantity
      let order = Order(
        number: number,
        product: product,
        quantity: quantity,
        total: quantity * price
      )
      if orders.count < Self.rememberedOrders {
        orders.append(order)
      } else {
        orders[number % Self.rememberedOrders] = order
      }
    }
    text.command("Purchase") { data in
      data.member("order", "o", number)
      data.member("product", "p", product + 1)
      data.member("buyer", person: Int32(buyer))
      data.member("quantity", number: quantity)
      data.member("price", number: price)
      arrival?.write(to: &data)
    }
  }

  /// The whole order, or one unit of several; half of them go back into stock.
  mutating func refundPurchase() {
    guard !orders.isEmpty else { return recordVisit() }
    let number = number
    let place = random.below(orders.count)
    let order = orders[place]
    guard order.quantity > 0 else { return recordVisit() }
    let quantity = random.chance(300) ? 1 : order.quantity
    let amount = order.total / order.quantity * quantity
    let restock = random.chance(500)
    let reason = random.chance(300) ? random.element(of: SampleWords.reasons) : nil
    orders[place].quantity -= quantity
    orders[place].total -= amount
    if restock { products[order.product].stock += quantity }
    text.command("RefundPurchase") { data in
      data.member("refund", "r", number)
      data.member("order", "o", order.number)
      data.member("quantity", number: quantity)
      data.member("amount", number: amount)
      if restock { data.member("restock", flag: true) }
      if let reason { data.member("reason", reason) }
    }
  }
}
