/// Where a tile, or a bundle of entries, is found: C2SP's tlog-tiles.
///
/// `tile/0/x001/234` is a full tile of level 0, `tile/entries/000.p/17` a bundle of 17 records.
package struct TilePath: Hashable, Sendable, CustomStringConvertible {
  package static let fullWidth = 256

  /// Nil: the records themselves, whose hashes are the tile of level 0.
  package var level: Int?
  package var index: UInt64
  /// 1 to 256, which is a full one.
  package var width: Int

  package init(level: Int?, index: UInt64, width: Int) {
    self.level = level
    self.index = index
    self.width = width
  }

  /// Reads a path as `description` writes it, and in no other spelling.
  package init?(parsing text: String) {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.count <= 12, parts.removeFirst() == "tile" else { return nil }
    let kind = parts.removeFirst()
    level = Int(kind)
    width = Self.fullWidth
    if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
      guard let partial = Int(parts.removeLast()), 1..<Self.fullWidth ~= partial else { return nil }
      width = partial
      parts[parts.count - 1].removeLast(2)
    }
    index = 0
    for part in parts {
      let digits = part.hasPrefix("x") ? part.dropFirst() : part
      guard digits.utf8.count == 3, let group = UInt64(digits), group < 1000 else { return nil }
      let (shifted, isTooLarge) = index.multipliedReportingOverflow(by: 1000)
      let (sum, overflow) = shifted.addingReportingOverflow(group)
      guard !isTooLarge, !overflow else { return nil }
      index = sum
    }
    guard level.map({ 0...63 ~= $0 }) ?? true, description == text else { return nil }
  }

  package var description: String {
    var groups: [String] = []
    var rest = index
    repeat {
      let digits = String(rest % 1000)
      let padded = String(repeating: "0", count: 3 - digits.count) + digits
      groups.append(groups.isEmpty ? padded : "x" + padded)
      rest /= 1000
    } while rest > 0
    let kind = level.map(String.init) ?? "entries"
    let suffix = width < Self.fullWidth ? ".p/\(width)" : ""
    return "tile/\(kind)/\(groups.reversed().joined(separator: "/"))\(suffix)"
  }

  /// Everything that a tree of a size is made of, from a smaller one's on, lower levels first.
  ///
  /// Full ones that the smaller tree had already are left out; partial ones of it are not part of
  /// this tree.
  package static func all(size: UInt64, beyond old: UInt64 = 0) -> [TilePath] {
    var paths: [TilePath] = []
    let width = UInt64(fullWidth)
    for level in [nil, 0, 1, 2, 3, 4, 5, 6, 7] as [Int?] {
      let shift = 8 * UInt64(level ?? 0)
      let entries = size >> shift
      guard entries > 0 else { break }
      let full = entries / width
      for index in (old >> shift) / width..<max(full, (old >> shift) / width) {
        paths.append(TilePath(level: level, index: index, width: fullWidth))
      }
      if entries % width > 0 {
        paths.append(TilePath(level: level, index: full, width: Int(entries % width)))
      }
    }
    return paths
  }
}
