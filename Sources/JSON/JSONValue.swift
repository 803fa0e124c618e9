/// A JSON value as a tree, for whoever reads answers and does not count nanoseconds.
package enum JSONValue: Hashable, Sendable {
  /// In the order of the text; keys are unique.
  case object([Member])
  case array([JSONValue])
  case string(String)
  case integer(Int64)
  /// Any other number, as it stands in the text: with a fraction, an exponent, or beyond 64 bits.
  case number(String)
  case bool(Bool)
  case null

  /// A value of an object under its key.
  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Reads a text as `JSONDocument` does.
  package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    let document = try JSONDocument(parsing: ArraySlice(bytes))
    guard let root = document.root else { preconditionFailure("a document has a value") }
    self.init(root, in: document)
  }

  private init(_ index: JSONDocument.Index, in document: JSONDocument) {
    switch document.kind(of: index) {
    case .object:
      var members: [Member] = []
      var next = document.first(in: index)
      while let member = next {
        members.append(Member(document.key(of: member), JSONValue(member, in: document)))
        next = document.next(after: member, in: index)
      }
      self = .object(members)
    case .array:
      var elements: [JSONValue] = []
      var next = document.first(in: index)
      while let element = next {
        elements.append(JSONValue(element, in: document))
        next = document.next(after: element, in: index)
      }
      self = .array(elements)
    case .string: self = .string(document.string(index) ?? "")
    case .integer, .number:
      let text = String(decoding: document.text(of: index), as: UTF8.self)
      self = document.integer(index).map(JSONValue.integer) ?? .number(text)
    case .true: self = .bool(true)
    case .false: self = .bool(false)
    case .null: self = .null
    }
  }

  // MARK: Accessors: nil when the value is of another kind

  package subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

  package subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// Any number, rounded to the nearest double; infinite beyond them.
  package var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let text): Double(text)
    default: nil
    }
  }

  package var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  package var isNull: Bool { self == .null }
}
