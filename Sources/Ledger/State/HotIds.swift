/// Where ids lead that were found on disk lately: goods and people that are asked for again and
/// again are found with one look, and not by asking every run.
///
/// What stands here may be of another id with the same hash, as anywhere in the index, so whoever
/// finds it checks it.
///
/// `@unchecked`: a part of the state, touched only by whoever has that locked.
final class HotIds: @unchecked Sendable {
  private static let places = 262_144
  /// None before the first is kept: many states stand only where the real one goes.
  private var entries: [IdEntry] = []

  func value(_ key: UInt64) -> UInt64? {
    guard !entries.isEmpty else { return nil }
    let entry = entries[place(key)]
    return entry.key == key && entry.value != 0 ? entry.value : nil
  }

  /// Displaces another id, if need be.
  func keep(_ key: UInt64, _ value: UInt64) {
    if entries.isEmpty { entries = Array(repeating: .free, count: Self.places) }
    entries[place(key)] = IdEntry(key: key, value: value)
  }

  private func place(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: key) & (Self.places - 1)
  }
}
