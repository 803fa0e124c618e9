package import Marketplace
package import Projectors

extension MemoryRows {
  /// The rows that a projector leaves behind, flushed where asked and at the end.
  package init<Fold: Projector>(
    folding records: some Sequence<Record>,
    by _: Fold.Type,
    flushAfter: (Record) -> Bool = { _ in false }
  ) throws {
    self.init()
    var projector = Fold()
    for record in records {
      try projector.fold(record, self)
      if flushAfter(record) { try projector.flush(into: &self) }
    }
    try projector.flush(into: &self)
    sort()
  }
}
