import EventLog
import LMDB
import Marketplace
import Projectors

/// A generation and the projector that folds events into it.
struct Fold: Sendable {
  let generation: Generation
  private(set) var checkpoint: Checkpoint
  private var projector: any Projector
  /// Where the log ended when the build began; the rows are shown from there on.
  private(set) var buildTarget: Position?
  /// Whether the marker says that commits go on.
  private var isMarked: Bool

  /// Goes on from the generation's checkpoint; without a target, its rows are shown as they are.
  init(_ generation: Generation, projector: any Projector.Type, buildTarget: Position?) throws {
    self.generation = generation
    self.projector = projector.init()
    self.buildTarget = buildTarget
    checkpoint = try generation.checkpoint()
    isMarked = !generation.marker.isClean
  }

  var position: Position { checkpoint.position }

  /// Folds one batch of whole commands, to `target` at most, and commits it.
  ///
  /// The batch ends with the command in which it comes to the events or bytes of records that the
  /// limits say; `target` is behind a command's last event.
  ///
  /// - Throws: `FoldFailure` when an event cannot be folded; what came before its command is
  ///   committed then, so that where a view stops does not depend on how events are batched.
  mutating func advance(
    over log: EventLog,
    to target: Position,
    _ limits: ViewLimits
  ) throws {
    guard position < target else { return }
    do {
      try commitBatch(of: log, to: target, limits)
    } catch {
      projector = type(of: projector).init()
      if let failure = error as? FoldFailure, failure.lastWhole > position {
        try commitBatch(of: log, to: failure.lastWhole, limits)
      }
      throw error
    }
  }

  /// Makes the rows safe from a power cut and says so; the next batch takes it back.
  mutating func sync() throws {
    guard isMarked else { return }
    try generation.environment.sync()
    try generation.marker.markClean()
    isMarked = false
  }

  private mutating func commitBatch(
    of log: EventLog,
    to target: Position,
    _ limits: ViewLimits
  ) throws {
    if !isMarked {
      try generation.marker.markBoot()
      isMarked = true
    }
    var rows = try BatchRows(generation)
    let events = limits.events(
      behind: target - position,
      rowBytes: generation.environment.usedBytes
    )
    var reader = BatchReader(
      after: position,
      target: target,
      events: events,
      bytes: limits.batchBytes
    )
    try reader.fold(log, into: &projector, rows)
    try projector.flush(into: &rows)
    var next = checkpoint
    next.position = reader.position
    next.leafHash = try log.leafHash(at: reader.position) ?? []
    next.isBuilt = buildTarget.map { reader.position >= $0 } ?? true
    try rows.commit(next)
    checkpoint = next
    if next.isBuilt { buildTarget = nil }
  }
}

/// Why an event stopped its view.
struct FoldFailure: Error, CustomStringConvertible {
  var position: Position
  /// The last event before the failing one that ends a command.
  var lastWhole: Position
  var type: String?
  var detail: String

  var description: String {
    "event \(position)\(type.map { " (\($0))" } ?? ""): \(detail)"
  }
}
