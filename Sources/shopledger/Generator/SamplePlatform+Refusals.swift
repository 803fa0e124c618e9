/// The commands that must be refused, each for a reason of its own.
extension SamplePlatform {
  mutating func refuse() {
    let product = anyListedProduct()
    let number = number
    switch random.below(14) {
    case 0: stalePrice(product)
    case 1: unknownProduct()
    case 2:
      let shop = anyShop()
      text.command("OpenShop") { data in
        data.member("shop", "s", shop + 1)
        data.member("owner", person: -Int32(shop + 1))
        data.member("name", "Shop again")
        data.member("currency", "CNY")
        data.member("timeZone", "Asia/Shanghai")
      }
    case 3:
      let shop = products[product].shop
      text.command("ListProduct") { data in
        data.member("shop", "s", shop + 1)
        data.member("product", "p", product + 1)
        data.member("title", "Listed again")
        data.member("price", number: 990)
        data.member("stock", number: 1)
      }
    case 4: selfSponsored()
    case 5: cycle()
    case 6: overRefund()
    case 7:
      let price = products[product].price
      text.command("ChangePrice") { data in
        data.member("product", "p", product + 1)
        data.member("price", number: price)
      }
    case 8: signUpTwice()
    case 9: buyDelisted()
    case 10: buy(product, quantity: 0, price: products[product].price)
    case 11:
      let by = -products[product].stock - 1
      text.command("AdjustStock") { data in
        data.member("product", "p", product + 1)
        data.member("by", number: by)
      }
    case 12: shareOfAnotherProduct(product)
    default:
      let brand = anyBrand()
      text.command("SignUpAgent") { data in
        data.member("agent", "x", number)
        data.member("brand", "b", brand + 1)
        data.member("sponsor", "x", number + 1)
      }
    }
  }

  private mutating func buy(_ product: Int, quantity: Int, price: Int) {
    let number = number
    let buyer = anyShopper()
    text.command("Purchase") { data in
      data.member("order", "o", number)
      data.member("product", "p", product + 1)
      data.member("buyer", person: Int32(buyer))
      data.member("quantity", number: quantity)
      data.member("price", number: price)
    }
  }

  /// The price before the last change, as on a page left open.
  private mutating func stalePrice(_ product: Int) {
    let (price, previous) = (products[product].price, products[product].previousPrice)
    buy(product, quantity: 1, price: previous == price ? price + 100 : previous)
  }

  private mutating func unknownProduct() {
    buy(sizes.products + random.below(1000), quantity: 1, price: 990)
  }

  private mutating func buyDelisted() {
    guard !delisted.isEmpty else { return unknownProduct() }
    let product = random.element(of: delisted)
    buy(product, quantity: 1, price: products[product].price)
  }

  private mutating func overRefund() {
    guard !orders.isEmpty else { return unknownProduct() }
    let number = number
    let order = random.element(of: orders)
    text.command("RefundPurchase") { data in
      data.member("refund", "r", number)
      data.member("order", "o", order.number)
      data.member("quantity", number: order.quantity + 1)
      data.member("amount", number: order.total + 1)
    }
  }

  private mutating func selfSponsored() {
    let number = number
    let brand = anyBrand()
    text.command("SignUpAgent") { data in
      data.member("agent", "x", number)
      data.member("brand", "b", brand + 1)
      data.member("sponsor", "x", number)
    }
  }

  private mutating func signUpTwice() {
    let brand = anyBrand()
    guard let agent = anyAgent(in: brand) else { return unknownProduct() }
    let person = forests[brand].agents[agent].person
    text.command("SignUpAgent") { data in
      data.member("agent", person: person)
      data.member("brand", "b", brand + 1)
    }
  }

  private mutating func cycle() {
    let brand = anyBrand()
    guard let agent = anyAgent(in: brand) else { return unknownProduct() }
    let recruit = Int(forests[brand].agents[agent].firstRecruit)
    guard recruit >= 0 else { return selfSponsored() }
    let (above, below) = (
      forests[brand].agents[agent].person, forests[brand].agents[recruit].person
    )
    text.command("ReparentAgent") { data in
      data.member("agent", person: above)
      data.member("brand", "b", brand + 1)
      data.member("sponsor", person: below)
    }
  }

  private mutating func shareOfAnotherProduct(_ product: Int) {
    let number = number
    let other = (product + 1) % products.count
    let share = products[other].shares[0]
    guard share > 0 else { return unknownProduct() }
    let sharer = anyShopper()
    text.command("ShareProduct") { data in
      data.member("share", "g", number)
      data.member("product", "p", product + 1)
      data.member("sharer", person: Int32(sharer))
      data.member("via", "g", share)
    }
  }
}
