/// Why bytes are no record that this program can fold.
package enum RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bytes end within a field.
  case truncated
  /// A varint of more than 64 bits.
  case overlongVarint
  /// A field number beyond Protocol Buffers' range, or 0.
  case badFieldNumber
  /// A field in another encoding than its type's.
  case wrongWireType(field: Int)
  /// A number beyond its field's type.
  case outOfRange(field: Int)
  case invalidUTF8(field: Int)
  case unknownValue(field: Int, value: UInt64)
  /// A thing that the event cannot be without.
  case missing(field: Int)
  case missingEvent
  case unknownEvent(field: Int)
  case newerSchema(UInt32)

  package var description: String {
    switch self {
    case .truncated: "the record ends within a field"
    case .overlongVarint: "a varint has more than 64 bits"
    case .badFieldNumber: "a field number is beyond 1 to 536870911"
    case .wrongWireType(let field): "field \(field) has the wrong wire type"
    case .outOfRange(let field): "field \(field) is beyond its type"
    case .invalidUTF8(let field): "field \(field) is not UTF-8"
    case .unknownValue(let field, let value):
      "field \(field) has the value \(value), which needs a newer shopledger"
    case .missing(let field): "field \(field) is missing"
    case .missingEvent: "the record has no event"
    case .unknownEvent(let field): "event type \(field) needs a newer shopledger"
    case .newerSchema(let version): "schema \(version) needs a newer shopledger"
    }
  }
}
