import JSON

/// Makes a command's `data` from arguments such as `price=900`, `entry.mode=share` and
/// `data:={"a":1}`.
struct CommandBuilder {
  /// The fields that hold whole numbers; every other field but `restock` holds text.
  private static let integers: Set = [
    "price", "stock", "by", "quantity", "amount", "levelLimit", "entryFee",
    "attributionWindowDays", "thresholdLevels", "thresholdHeadcount", "impulseMinutes",
  ]

  private indirect enum Node {
    case value([UInt8])
    case object([(name: String, node: Node)])
  }

  private var root: [(name: String, node: Node)] = []

  /// - Throws: a usage `Failure` that names the argument and the cure.
  mutating func add(_ argument: String) throws(Failure) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw Failure(.usage, "\(argument) is no field; write key=value or key:=JSON")
    }
    let text = String(argument[argument.index(after: equals)...])
    let isRaw = argument[..<equals].hasSuffix(":")
    let key = argument[..<equals].dropLast(isRaw ? 1 : 0)
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains("") else {
      throw Failure(.usage, "\(argument) has an empty name in its key")
    }
    let value = isRaw ? try Self.raw(text, argument) : Self.value(text, of: path[path.count - 1])
    guard Self.insert(value, at: path[...], into: &root) else {
      throw Failure(.usage, "\(key) is given twice")
    }
  }

  /// The whole command.
  func command(
    type: String,
    id: String,
    occurredAt: String?,
    actor: String?
  ) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("id", id)
      json.member("type", type)
      json.member("occurredAt", ifPresent: occurredAt)
      json.member("actor", ifPresent: actor)
      json.object("data") { Self.write(root, to: &$0) }
    }
    return json.bytes
  }

  private static func raw(_ text: String, _ argument: String) throws(Failure) -> [UInt8] {
    do {
      _ = try JSONValue(parsing: text.utf8)
      return Array(text.utf8)
    } catch {
      throw Failure(.usage, "\(argument) is no JSON behind := (\(error))")
    }
  }

  private static func value(_ text: String, of field: String) -> [UInt8] {
    var json = JSONWriter()
    if integers.contains(field), let number = Int64(text) {
      json.value(number)
    } else if field == "restock", let flag = Bool(text) {
      json.value(flag)
    } else {
      json.value(text)
    }
    return json.bytes
  }

  /// False when something stands there already.
  private static func insert(
    _ value: [UInt8],
    at path: ArraySlice<String>,
    into members: inout [(name: String, node: Node)]
  ) -> Bool {
    guard let name = path.first else { return false }
    let place = members.firstIndex { $0.name == name }
    guard path.count > 1 else {
      members.append((name, .value(value)))
      return place == nil
    }
    guard let place else {
      var inner: [(name: String, node: Node)] = []
      _ = insert(value, at: path.dropFirst(), into: &inner)
      members.append((name, .object(inner)))
      return true
    }
    guard case .object(var inner) = members[place].node else { return false }
    let isNew = insert(value, at: path.dropFirst(), into: &inner)
    members[place].node = .object(inner)
    return isNew
  }

  private static func write(
    _ members: [(name: String, node: Node)],
    to json: inout JSONWriter
  ) {
    for (name, node) in members {
      switch node {
      case .value(let value): json.member(name, json: value)
      case .object(let inner): json.object(name) { write(inner, to: &$0) }
      }
    }
  }
}
