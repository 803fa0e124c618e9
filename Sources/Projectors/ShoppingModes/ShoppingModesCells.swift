import Marketplace

/// What the figures of a batch are first added up by, before each scope gets its part.
struct ModesCell: Hashable, Sendable {
  /// The scope of everything there is.
  static let everything: Position = 0
  static let noBrand: Position = 0

  var shop: Position
  var brand: Position
  var day: Day

  init(shop: Position, brand: Position?, day: Day) {
    self.shop = shop
    self.brand = brand ?? Self.noBrand
    self.day = day
  }

  /// Everything, the shop, and the brand if there is one.
  var scopes: Scopes { Scopes(shop: shop, brand: brand) }

  struct Scopes: Sequence, IteratorProtocol {
    private var rest: (Position?, Position?, Position?)

    init(shop: Position, brand: Position) {
      rest = (ModesCell.everything, shop, brand == ModesCell.noBrand ? nil : brand)
    }

    mutating func next() -> Position? {
      defer { rest = (rest.1, rest.2, nil) }
      return rest.0
    }
  }

  /// Visits the keys under which the cell's figures add up: each scope's, of the day and in all.
  func forEachKey(_ kind: ModesKey.Kind, detail: UInt64 = 0, _ body: (ModesKey) -> Void) {
    for scope in scopes {
      body(ModesKey(kind, scope: scope, day: nil, detail: detail))
      body(ModesKey(kind, scope: scope, day: day, detail: detail))
    }
  }
}

struct ModesOrderCell: Hashable, Sendable {
  var cell: ModesCell
  var currency: CurrencyCode
}

/// A share of the batch.
struct ModesShare: Sendable {
  var position: Position
  var cell: ModesCell
  var root: Position
  var depth: UInt32
}

/// An order of the batch that came from a share.
struct ModesShareOrder: Sendable {
  var position: Position
  var cell: ModesCell
  var share: Position
}

extension RowReader {
  /// A share of an earlier batch.
  ///
  /// - Throws: a `FoldError` at `event`, which names the share, when none was folded before it.
  func storedShare(_ share: Position, for event: Position) throws -> ModesShareRow {
    let key = ModesKey(.share, scope: ModesCell.everything, day: nil, detail: share)
    guard let row = try figures(ModesShareRow.self, at: key) else {
      throw FoldError(position: event, detail: "no share at position \(share)")
    }
    return row
  }
}
