package import EventLog
import LMDB
package import Marketplace
package import Projectors

/// The rows of two generations at one position, held against each other.
package struct Comparison: Sendable, Equatable {
  /// Keys that either side has.
  package var rows: UInt64 = 0
  /// Those of them that the other side lacks or holds with another value.
  package var differences: UInt64 = 0
  /// The first of those keys, in hexadecimal.
  package var firstDifference: String?

  package init(rows: UInt64 = 0, differences: UInt64 = 0, firstDifference: String? = nil) {
    self.rows = rows
    self.differences = differences
    self.firstDifference = firstDifference
  }
}

extension Comparison {
  /// Looks every live row up among the fresh ones.
  ///
  /// The fresh rows that the live side lacks follow from the counts, and are looked for only when
  /// there are some, to name the first.
  init(of live: SnapshotRows, with fresh: SnapshotRows) throws {
    var found: UInt64 = 0
    var first: [UInt8]?
    try live.scanLent { key, value in
      let isSame = try fresh.holds(key, value)
      if isSame != nil { found += 1 }
      if isSame != true {
        differences += 1
        if first == nil { first = key.copy }
      }
      return true
    }
    let freshOnly = try fresh.count - found
    rows = try live.count + freshOnly
    differences += freshOnly
    if freshOnly > 0 {
      try fresh.scanLent { key, value in
        guard try live.holds(key, value) == nil else { return true }
        let key = key.copy
        if first.map({ key.lexicographicallyPrecedes($0) }) ?? true { first = key }
        return false
      }
    }
    firstDifference = first.map { $0.span.bytes.hexadecimal }
  }
}

extension View {
  /// Folds a view anew, to where its current rows are, and holds the two against each other.
  ///
  /// Changes nothing but the scratch directory, which the caller removes. Nobody may have the view
  /// open.
  ///
  /// - Throws: when the rows cannot be trusted, an event cannot be folded, or a disk is full.
  package static func comparison(
    of projector: any Projector.Type,
    directory path: String,
    withFreshIn scratch: String,
    log: EventLog,
    progress: (_ position: Position) -> Void
  ) throws -> Comparison {
    let directory = ViewDirectory(path: path)
    guard let number = directory.current else { return Comparison() }
    let limits = ViewLimits()
    let live = try Generation.open(
      number,
      in: directory,
      log: log,
      foldVersion: projector.version,
      mapSize: limits.mapSize
    )
    defer { live.environment.close() }
    try Files.createDirectory(scratch)
    let fresh = try Generation.create(
      1,
      in: ViewDirectory(path: scratch),
      log: log,
      foldVersion: projector.version,
      mapSize: limits.mapSize
    )
    defer { fresh.environment.close() }
    var fold = try Fold(fresh, projector: projector, buildTarget: nil)
    return try live.read { rows, position in
      while fold.position < position {
        try fold.advance(over: log, to: position, limits)
        progress(fold.position)
      }
      return try fresh.read { freshRows, _ in try Comparison(of: rows, with: freshRows) }
    }
  }
}
