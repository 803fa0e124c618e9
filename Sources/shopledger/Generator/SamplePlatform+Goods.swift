/// Shops, brands, products, their prices and stocks.
extension SamplePlatform {
  mutating func registerBrand(_ brand: Int) {
    let name = random.element(of: SampleWords.brandNames)
    // Every third brand keeps its agents flat.
    let limit = brand % 3 == 2 ? 3 : 255
    forests.append(SampleForest(levelLimit: limit))
    text.command("RegisterBrand") { data in
      data.member("brand", "b", brand + 1)
      data.member("owner", person: -Int32(brand + 1))
      data.member("name", name)
      if limit < 255 { data.member("levelLimit", number: limit) }
    }
  }

  mutating func openShop(_ shop: Int) {
    let name = random.element(of: SampleWords.shopNames)
    let (currency, zone) =
      switch shop % 25 {
      case 7: ("JPY", "Asia/Tokyo")
      case 13: ("HKD", "Asia/Hong_Kong")
      case 19: ("USD", "America/New_York")
      default: ("CNY", "Asia/Shanghai")
      }
    // The first shops are the brand owners' own; every third of the others is an agent's.
    let sellsBrand = shop < sizes.brands || shop.isMultiple(of: 3)
    shops.append(Shop(brand: sellsBrand ? shop % sizes.brands : -1, currency: currency))
    text.command("OpenShop") { data in
      data.member("shop", "s", shop + 1)
      data.member("owner", person: -Int32(shop + 1))
      data.member("name", name)
      data.member("currency", currency)
      data.member("timeZone", zone)
    }
  }

  mutating func listProduct() {
    let product = products.count
    let shop = anyShop()
    let brand = random.chance(500) ? shops[shop].brand : -1
    let price = anyPrice(shop)
    // Popular goods sell out, as their first stock is no larger than that of the others.
    let stock = random.within(10...120)
    let kind = brand >= 0 ? "branded" : SampleWords.goods[product % SampleWords.goods.count].kind
    let story = random.chance(200) ? random.element(of: SampleWords.stories) : nil
    products.append(
      Product(shop: shop, brand: brand, price: price, previousPrice: price, stock: stock)
    )
    text.command("ListProduct") { data in
      data.member("shop", "s", shop + 1)
      data.member("product", "p", product + 1)
      data.member("title", SampleWords.title(product: product, version: 0))
      data.member("price", number: price)
      data.member("stock", number: stock)
      if kind != "other" { data.member("kind", kind) }
      if brand >= 0 { data.member("brand", "b", brand + 1) }
      if let story { data.member("story", story) }
    }
  }

  /// 9.90 to 2,549.90 in the currency, cheap ones more often; whole hundreds in yen.
  private mutating func anyPrice(_ shop: Int) -> Int {
    let scale = 1 << random.below(8)
    let price = scale * random.within(1000...1999) / 100 * 100
    return shops[shop].currency == "JPY" ? price : price - 10
  }

  mutating func changePrice() {
    let product = anyProduct()
    let old = products[product].price
    // Up or down by up to a fifth, but always by something.
    var new = old * random.within(80...120) / 100
    if new == old { new += 10 }
    products[product].previousPrice = old
    products[product].price = new
    text.command("ChangePrice") { data in
      data.member("product", "p", product + 1)
      data.member("price", number: new)
    }
  }

  mutating func retitleProduct() {
    let product = anyProduct()
    products[product].version += 1
    let title = SampleWords.title(product: product, version: products[product].version)
    text.command("RetitleProduct") { data in
      data.member("product", "p", product + 1)
      data.member("title", title)
    }
  }

  /// More for what sold more; now and then some are taken out.
  mutating func adjustStock(of product: Int) {
    let stock = products[product].stock
    let by =
      stock > 10 && random.chance(300)
      ? -random.within(1...10) : random.within(20...100) + products[product].sold / 16
    let reason = random.chance(300) ? random.element(of: SampleWords.reasons) : nil
    products[product].stock += by
    text.command("AdjustStock") { data in
      data.member("product", "p", product + 1)
      data.member("by", number: by)
      if let reason { data.member("reason", reason) }
    }
  }

  /// At most a twentieth is delisted at a time.
  mutating func delistProduct() {
    guard (delisted.count + 1) * 20 <= products.count else { return recordVisit() }
    let product = anyListedProduct()
    let reason = random.chance(300) ? random.element(of: SampleWords.reasons) : nil
    products[product].listed = false
    delisted.append(product)
    text.command("DelistProduct") { data in
      data.member("product", "p", product + 1)
      if let reason { data.member("reason", reason) }
    }
  }

  mutating func relistProduct() {
    guard !delisted.isEmpty else { return recordVisit() }
    let place = random.below(delisted.count)
    let product = delisted[place]
    delisted[place] = delisted[delisted.count - 1]
    delisted.removeLast()
    products[product].listed = true
    text.command("RelistProduct") { $0.member("product", "p", product + 1) }
  }

  mutating func adoptPolicy() {
    attributionWindow = attributionWindow == 7 ? 14 : 7
    let window = attributionWindow
    text.command("AdoptPolicy") { data in
      data.member("attributionWindowDays", number: window)
      data.member("impulseMinutes", number: window == 7 ? 30 : 60)
    }
  }
}
