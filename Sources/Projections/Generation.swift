import EventLog
import LMDB
import Marketplace

/// One folding of a view's rows: an LMDB environment with the rows and the checkpoint.
final class Generation: Sendable {
  let number: Int
  let environment: Environment
  let tables: GenerationTables
  let marker: TrustMarker

  /// Why the rows on disk are not to be used.
  struct Untrusted: Error, CustomStringConvertible {
    var reason: String

    var description: String { "the rows cannot be trusted: \(reason)" }
  }

  private init(_ number: Int, directory: String, create: Bool, mapSize: Int) throws {
    self.number = number
    marker = TrustMarker(directory: directory)
    environment = try Environment(
      directory: directory,
      mapSize: mapSize,
      maxTables: 2,
      create: create,
      durable: false
    )
    tables = try GenerationTables(environment, create: create)
  }

  /// Begins a generation before the first event.
  static func create(
    _ number: Int,
    in directory: ViewDirectory,
    log: EventLog,
    foldVersion: UInt32,
    mapSize: Int
  ) throws -> Generation {
    try directory.remove(number)
    let path = directory.directory(of: number)
    let generation = try Generation(number, directory: path, create: true, mapSize: mapSize)
    try generation.marker.markBoot()
    try BatchRows(generation).commit(
      Checkpoint(
        log: log.identity,
        position: 0,
        leafHash: [],
        foldVersion: foldVersion,
        isBuilt: log.head == 0
      )
    )
    return generation
  }

  /// Opens a generation as it was left.
  ///
  /// - Throws: `Untrusted` when its rows are not to be used; anything else says nothing about them.
  static func open(
    _ number: Int,
    in directory: ViewDirectory,
    log: EventLog,
    foldVersion: UInt32,
    mapSize: Int
  ) throws -> Generation {
    let path = directory.directory(of: number)
    guard TrustMarker(directory: path).holds else {
      throw Untrusted(reason: "the machine may have lost some of its last commits")
    }
    do {
      let generation = try Generation(number, directory: path, create: false, mapSize: mapSize)
      let mismatch = try generation.checkpoint().mismatch(with: log, foldVersion: foldVersion)
      guard let mismatch else { return generation }
      throw Untrusted(reason: mismatch)
    } catch let error where error is Untrusted || Shortage.mayPass(error) {
      throw error
    } catch {
      throw Untrusted(reason: "\(error)")
    }
  }
}

extension Generation {
  /// Lends a snapshot with the position that it reflects.
  func read<Answer>(_ body: (SnapshotRows, Position) throws -> Answer) throws -> Answer {
    let rows = try SnapshotRows(self)
    return try body(rows, rows.checkpoint().position)
  }

  func checkpoint() throws -> Checkpoint {
    try SnapshotRows(self).checkpoint()
  }
}
