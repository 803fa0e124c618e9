/// How a shopper arrived, as commands spell it.
extension CommandFields {
  private static let modes = [Mode.stroll, .share, .search].map { (name: $0.name, choice: $0) }
  private static let intents = [Intent.product, .brand].map { (name: $0.name, choice: $0) }
  private static let scenes = Scene.allCases.filter { $0 != .none }
    .map { (name: $0.name, choice: $0) }

  /// An `entry` object, with the search query apart from it.
  package mutating func entry(
    _ name: String
  ) throws(MalformedCommand) -> (entry: Entry, query: String?) {
    guard let entry = try optionalEntry(name) else { throw missing(name, "an object") }
    return entry
  }

  package mutating func optionalEntry(
    _ name: String
  ) throws(MalformedCommand) -> (entry: Entry, query: String?)? {
    guard var fields = try optionalObject(name) else { return nil }
    guard let mode = try fields.optionalChoice("mode", Self.modes) else {
      throw fields.missing("mode", #""stroll", "share" or "search""#)
    }
    var entry = Entry(mode: mode)
    var query: String?
    if mode == .share { entry.share = try fields.identifier("share") }
    if mode == .search {
      query = try fields.optionalText("query")
      entry.intent = try fields.optionalChoice("intent", Self.intents) ?? .none
    }
    (entry.scene, entry.community) = try fields.optionalScene()
    // A field that belongs to another mode is as unknown as any.
    try fields.finish()
    return (entry, query)
  }

  /// The fields `scene` and, beside the scene `circle` only, `community`.
  ///
  /// The community is a text of 1 to 200 bytes; it is empty when none is given.
  package mutating func optionalScene() throws(MalformedCommand) -> (
    scene: Scene, community: String
  ) {
    let scene = try optionalChoice("scene", Self.scenes) ?? .none
    guard let community = try optionalText("community", maxBytes: 200) else { return (scene, "") }
    guard scene == .circle else {
      throw malformed("community", #"stands only beside "scene":"circle"; leave it out"#)
    }
    guard !community.isEmpty else { throw malformed("community", "is empty; leave it out") }
    return (scene, community)
  }
}
