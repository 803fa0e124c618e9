import Marketplace

/// What the figures of the shopping modes count, and which figures there are.
enum ModesCount: Hashable, Sendable {
  case visits(Mode)
  case visitors(Mode)
  case orders(Mode?)
  case units(Mode)
  case buyers(Mode)
  case gross(Mode?)
  case visitorsWhoBought(Mode)
  case shares, sharesWithOrders, ordersFromShares, deepOrders
  case depth(UInt32)
  case intentVisits(Intent)
  case intentOrders(Intent)
  case sceneVisits(Scene)
  case sceneOrders(Scene)
  case ordersFromBestShare, greatestCascade

  static let known =
    "modes.MODE. visits, visitors, orders, units, buyers, gross, conversion, shareOfOrders and "
    + "shareOfGross; sharing. shares, sharesWithOrders, ordersFromShares, mostOrdersFromOneShare, "
    + "depths.DEPTH, greatestCascade and deepOrderShare; search.INTENT. and scenes.SCENE. visits "
    + "and orders"

  /// - Throws: `UnknownFigure`.
  static func counts(
    of figure: String
  ) throws(UnknownFigure) -> (Explanation.Kind, [(String, ModesCount)]) {
    let words = figure.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let found: (Explanation.Kind, [(String, ModesCount)])? =
      switch (words.first, words.count) {
      case ("modes", 3):
        Mode.allCases.first { $0.name == words[1] }.flatMap { mode(figure, $0, words[2]) }
      case ("sharing", 2), ("sharing", 3):
        sharing(figure, Array(words.dropFirst()))
      case ("search", 3):
        Intent.allCases.first { $0 != .none && $0.name == words[1] }.flatMap { intent in
          arrivals(figure, words[2], .intentVisits(intent), .intentOrders(intent))
        }
      case ("scenes", 3):
        Scene.allCases.first { $0 != .none && $0.name == words[1] }.flatMap { scene in
          arrivals(figure, words[2], .sceneVisits(scene), .sceneOrders(scene))
        }
      default: nil
      }
    guard let found else { throw UnknownFigure(figure: figure, known: known) }
    return found
  }

  private static func mode(
    _ figure: String,
    _ mode: Mode,
    _ word: String
  ) -> (Explanation.Kind, [(String, ModesCount)])? {
    switch word {
    case "visits": (.sum, [(figure, .visits(mode))])
    case "visitors": (.distinct, [(figure, .visitors(mode))])
    case "orders": (.sum, [(figure, .orders(mode))])
    case "units": (.sum, [(figure, .units(mode))])
    case "buyers": (.distinct, [(figure, .buyers(mode))])
    case "gross": (.sum, [(figure, .gross(mode))])
    case "conversion":
      (.ratio, [("visitorsWhoBought", .visitorsWhoBought(mode)), ("visitors", .visitors(mode))])
    case "shareOfOrders": (.ratio, [("orders", .orders(mode)), ("ordersOfAll", .orders(nil))])
    case "shareOfGross": (.ratio, [("gross", .gross(mode)), ("grossOfAll", .gross(nil))])
    default: nil
    }
  }

  private static func sharing(
    _ figure: String,
    _ words: [String]
  ) -> (Explanation.Kind, [(String, ModesCount)])? {
    if words.count == 2 {
      guard words[0] == "depths", let depth = UInt32(words[1]) else { return nil }
      return (.sum, [(figure, .depth(depth))])
    }
    return switch words[0] {
    case "shares": (.sum, [(figure, .shares)])
    case "sharesWithOrders": (.distinct, [(figure, .sharesWithOrders)])
    case "ordersFromShares": (.sum, [(figure, .ordersFromShares)])
    case "mostOrdersFromOneShare": (.maximum, [(figure, .ordersFromBestShare)])
    case "greatestCascade": (.maximum, [(figure, .greatestCascade)])
    case "deepOrderShare":
      (.ratio, [("deepOrders", .deepOrders), ("ordersFromShares", .ordersFromShares)])
    default: nil
    }
  }

  private static func arrivals(
    _ figure: String,
    _ word: String,
    _ visits: ModesCount,
    _ orders: ModesCount
  ) -> (Explanation.Kind, [(String, ModesCount)])? {
    switch word {
    case "visits": (.sum, [(figure, visits)])
    case "orders": (.sum, [(figure, orders)])
    default: nil
    }
  }
}
