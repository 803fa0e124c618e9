import Marketplace

/// What the figures of a batch are first added up by, before each scope gets its part.
struct ModesCell: SlotKey {
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

  var slotHash: UInt64 { Projectors.slotHash(shop, brand, UInt64(UInt32(bitPattern: day))) }
}

/// What a batch does to a share, in the order of events.
struct ModesShareChange: Sendable {
  var share: Position
  /// The event that does it.
  var position: Position
  /// The slot of that event's cell.
  var cell: UInt32
  var what: What

  enum What: Sendable {
    case shared
    /// A share that descends from it.
    case passedOn
    case ordered
  }
}

/// What a scope hears of a share on a day.
struct ModesDayChange: Sendable {
  var scope: Position
  var day: Day
  /// When it was shared; nil when it is not of the scope.
  var sharedOn: Day?
  var share: Position
}
