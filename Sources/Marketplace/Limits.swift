/// Bounds that several commands share.
enum Limits {
  /// The greatest price, stock and total of an order: sums of millions of them fit 128 bits.
  static let amount: Int64 = 1_000_000_000_000

  /// Bytes of a `name` or `title`.
  static let nameBytes = 200

  /// Bytes of a `story`.
  static let storyBytes = 20_000
}
