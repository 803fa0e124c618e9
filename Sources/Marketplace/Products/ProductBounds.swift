/// What every price and every stock must meet.
enum ProductBounds {
  static func checkPrice(_ price: Int64) throws {
    guard (1...Limits.amount).contains(price) else {
      throw Rejection(
        .invalidPrice,
        "the price is \(price) minor units; it must be 1 to \(Limits.amount)"
      )
    }
  }

  static func checkStock(_ stock: Int64) throws {
    guard (0...Limits.amount).contains(stock) else {
      throw Rejection(.invalidStock, "the stock is \(stock); it must be 0 to \(Limits.amount)")
    }
  }

  /// The stock after `quantity` more; less than nothing is ruled out by the caller.
  static func stock(_ stock: Int64, adding quantity: Int64) throws -> Int64 {
    guard quantity <= Limits.amount - stock else {
      throw Rejection(
        .invalidStock,
        "\(quantity) more on a stock of \(stock) is above \(Limits.amount); send a smaller quantity"
      )
    }
    return stock + quantity
  }
}
