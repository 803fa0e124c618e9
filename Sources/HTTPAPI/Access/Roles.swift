/// What a caller may do: any of four roles, each for what it says in `RouteRoles`.
public struct Roles: OptionSet, Hashable, Sendable {
  /// A bit for each role.
  public let rawValue: UInt8

  /// The roles of these bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Ask for figures, things, events and views.
  public static let read = Roles(rawValue: 1)
  /// Send commands.
  public static let write = Roles(rawValue: 2)
  /// Rebuild and take back views, back up, and adopt policies.
  public static let operate = Roles(rawValue: 4)
  /// See proofs, refusals and what operators did.
  public static let audit = Roles(rawValue: 8)

  /// Every role that there is.
  public static let all: Roles = [.read, .write, .operate, .audit]

  /// Each role with its name, as configuration, tokens and problems say it.
  public static let names: [(role: Roles, name: String)] = [
    (.read, "read"), (.write, "write"), (.operate, "operate"), (.audit, "audit"),
  ]

  /// Reads names parted by commas, such as `read,write`; nil when one is no role, or there is none.
  public init?(_ text: some StringProtocol) {
    self = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let known = Self.names.first(where: { $0.name == name }) else { return nil }
      insert(known.role)
    }
  }

  /// The names, parted by commas.
  public var text: String {
    Self.names.filter { contains($0.role) }.map(\.name).joined(separator: ",")
  }

  /// With what goes without saying: who operates or audits may read.
  var withImplied: Roles {
    isDisjoint(with: [.operate, .audit]) ? self : union(.read)
  }
}
