package import EventLog
import Marketplace
package import Projectors

/// What a view's directory holds when the program starts, with whatever cannot be trusted removed.
struct OpenedView {
  let fold: Fold
  /// The built generation before the current one, if it still fits the log.
  let previous: Generation?

  /// Opens the current generation, or begins a new one; `warn` hears what was discarded and why.
  init(
    _ projector: any Projector.Type,
    in directory: ViewDirectory,
    log: EventLog,
    mapSize: Int,
    warn: (String) -> Void
  ) throws {
    if Files.isOtherThanDirectory(directory.path) {
      warn("what stands in the place of its directory is discarded")
      try Files.removeAll(directory.path)
    }
    try Files.createDirectory(directory.path)
    let version = projector.version
    func open(_ number: Int) throws -> Generation? {
      do {
        return try Generation.open(
          number,
          in: directory,
          log: log,
          foldVersion: version,
          mapSize: mapSize
        )
      } catch let error as Generation.Untrusted {
        warn("generation \(number) is discarded: \(error.reason)")
        return nil
      }
    }

    let numbers = try directory.generations
    if directory.current == nil, !numbers.isEmpty {
      warn("generations \(numbers) are discarded: no file says which is current")
    }
    guard let number = directory.current, let current = try open(number) else {
      let number = (numbers.last ?? 0) + 1
      let fresh = try Generation.create(
        number,
        in: directory,
        log: log,
        foldVersion: version,
        mapSize: mapSize
      )
      try directory.setCurrent(number)
      try directory.removeAll(except: [number])
      fold = try Fold(fresh, projector: projector, buildTarget: Self.target(of: fresh, log))
      previous = nil
      return
    }
    previous = try numbers.last { $0 < number }.flatMap(open).flatMap {
      try $0.checkpoint().isBuilt ? $0 : nil
    }
    try directory.removeAll(except: [number] + (previous.map { [$0.number] } ?? []))
    fold = try Fold(current, projector: projector, buildTarget: Self.target(of: current, log))
  }

  /// Where a build that is not finished goes to.
  private static func target(of generation: Generation, _ log: EventLog) throws -> Position? {
    try generation.checkpoint().isBuilt ? nil : log.head
  }
}

extension View {
  /// Why a view's current rows are not a fold of the log, or cannot be trusted; nil when they are.
  ///
  /// Reads the checkpoint alone, and changes nothing. Nobody may have the view open.
  package static func mismatch(
    of projector: any Projector.Type,
    directory path: String,
    log: EventLog
  ) -> String? {
    let directory = ViewDirectory(path: path)
    guard let number = directory.current else { return "no file says which generation is current" }
    do {
      _ = try Generation.open(
        number,
        in: directory,
        log: log,
        foldVersion: projector.version,
        mapSize: ViewLimits().mapSize
      )
      return nil
    } catch {
      return (error as? Generation.Untrusted)?.reason ?? "\(error)"
    }
  }
}
