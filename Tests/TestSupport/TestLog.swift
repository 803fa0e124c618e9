package import Marketplace
import Projectors

/// A log in memory: what answers read beside a view's rows.
package struct TestLog: LogReader, Sendable {
  /// In order, the first at position 1.
  package var records: [Record]
  /// Names by person's number; a person not named here is `p` and the number.
  package var names: [UInt64: String]
  package var texts: [Position: String]

  package init(
    _ records: [Record] = [],
    names: [UInt64: String] = [:],
    texts: [Position: String] = [:]
  ) {
    self.records = records
    self.names = names
    self.texts = texts
  }

  package func name(of person: Person) -> String {
    names[person.number] ?? "p\(person.number)"
  }

  package func record(at position: Position) -> Record {
    records[Int(position) - 1]
  }

  package func text(at position: Position) -> String? {
    texts[position]
  }
}
