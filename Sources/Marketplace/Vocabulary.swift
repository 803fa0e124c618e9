/// How a shopper arrived.
package enum Mode: UInt8, CaseIterable, Hashable, Sendable {
  case unknown = 0
  case stroll = 1
  case share = 2
  case search = 3

  package var name: String {
    switch self {
    case .unknown: "unknown"
    case .stroll: "stroll"
    case .share: "share"
    case .search: "search"
    }
  }
}

/// Where on the platform, or beside it, a shopper was.
package enum Scene: UInt8, CaseIterable, Hashable, Sendable {
  case none = 0
  case moments = 1
  case groupChat = 2
  case privateChat = 3
  case circle = 4
  case homeFeed = 5
  case miniProgram = 6
  case officialAccount = 7
  case qrCode = 8
  case other = 9

  /// The name in commands and answers; empty for `none`.
  package var name: String {
    switch self {
    case .none: ""
    case .moments: "moments"
    case .groupChat: "groupChat"
    case .privateChat: "privateChat"
    case .circle: "circle"
    case .homeFeed: "homeFeed"
    case .miniProgram: "miniProgram"
    case .officialAccount: "officialAccount"
    case .qrCode: "qrCode"
    case .other: "other"
    }
  }
}

/// What a search was after: some product, or a brand the shopper is loyal to.
package enum Intent: UInt8, CaseIterable, Hashable, Sendable {
  case none = 0
  case product = 1
  case brand = 2

  /// The name in commands and answers; empty for `none`.
  package var name: String {
    switch self {
    case .none: ""
    case .product: "product"
    case .brand: "brand"
    }
  }
}

/// What kind of goods a product is; `other` unless the seller says more.
package enum GoodsKind: UInt8, CaseIterable, Hashable, Sendable {
  case other = 0
  case branded = 1
  case native = 2
  case fresh = 3
  case handicraft = 4

  package var name: String {
    switch self {
    case .other: "other"
    case .branded: "branded"
    case .native: "native"
    case .fresh: "fresh"
    case .handicraft: "handicraft"
    }
  }
}

/// How a shopper arrived, as the caller claims it.
package struct Entry: Hashable, Sendable {
  package var mode: Mode
  /// The share followed, as named by the caller; empty unless the mode is `share`.
  package var share: String
  package var scene: Scene
  /// The circle's name; empty when none was given.
  package var community: String
  package var intent: Intent
  /// SHA-256(salt ‖ query), 32 bytes; empty without a query, and before the ledger has set it.
  package var queryHash: [UInt8]

  package init(
    mode: Mode,
    share: String = "",
    scene: Scene = .none,
    community: String = "",
    intent: Intent = .none,
    queryHash: [UInt8] = []
  ) {
    self.mode = mode
    self.share = share
    self.scene = scene
    self.community = community
    self.intent = intent
    self.queryHash = queryHash
  }
}

/// How a shopper arrived, as the ledger decided it, with the evidence.
package struct Attribution: Hashable, Sendable {
  /// The version of the rule that `domain` calls "the mode of a purchase".
  package static let currentRule: UInt32 = 1

  package var mode: Mode
  /// Of the share, where the mode is `share`.
  package var scene: Scene
  package var community: String
  package var intent: Intent
  package var share: Reference?
  /// 0 where the mode is not `share`.
  package var shareDepth: UInt32
  /// The visit whose entry was taken; nil when the event carried its own, or none applied.
  package var visit: Reference?
  package var rule: UInt32

  package init(
    mode: Mode,
    scene: Scene = .none,
    community: String = "",
    intent: Intent = .none,
    share: Reference? = nil,
    shareDepth: UInt32 = 0,
    visit: Reference? = nil,
    rule: UInt32 = Attribution.currentRule
  ) {
    self.mode = mode
    self.scene = scene
    self.community = community
    self.intent = intent
    self.share = share
    self.shareDepth = shareDepth
    self.visit = visit
    self.rule = rule
  }
}
