package import Marketplace

/// Why a figure is what it is: the events that moved it, each with by how much.
package struct Explanation: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// The moves of the one part add up to the figure.
    case sum
    /// The same, each move being somebody's or something's first.
    case distinct
    /// The first part's sum divided by the second's; no figure where that is 0.
    case ratio
    /// The one part's moves are the witnesses of the greatest, of which there may be others.
    case maximum
  }

  package var kind: Kind
  /// One, of a ratio two.
  package var parts: [Part]

  package struct Part: Hashable, Sendable {
    /// What is counted or added up.
    package var name: String
    /// By position, but witnesses, which stand in the order of their chain.
    package var moves: [Move] = []

    package var total: Int128 { moves.reduce(0) { $0 + $1.amount } }

    package init(name: String) {
      self.name = name
    }
  }

  /// What one event did to a figure; with the rest of its command, where that has several.
  package struct Move: Hashable, Sendable {
    package var position: Position
    package var amount: Int128
  }

  /// The figure, when it is no ratio.
  package var total: Int128? { kind == .ratio ? nil : parts[0].total }

  /// The figure, when it is a ratio; nil too for an empty denominator.
  package var ratio: Double? {
    guard kind == .ratio, parts[1].total != 0 else { return nil }
    return Double(parts[0].total) / Double(parts[1].total)
  }
}

/// Finds the events behind one figure, given those of its scope in the order of the log.
package protocol Explaining: Sendable {
  mutating func take(_ record: borrowing LentRecord) throws
  var explanation: Explanation { get }
}

/// A figure that there is not; says which there are.
package struct UnknownFigure: Error, Hashable, CustomStringConvertible {
  package var figure: String
  package var known: String

  package var description: String { "figure=\(figure): give one of \(known)" }
}

/// Whether a local day is among those asked about; nil bounds nothing.
struct ExplainedDays: Hashable, Sendable {
  var from: Day?
  var to: Day?

  func contains(_ day: Day) -> Bool {
    (from ?? .min) <= day && day <= (to ?? .max)
  }
}

extension Explanation.Part {
  mutating func move(_ amount: some BinaryInteger, at position: Position) {
    if amount != 0 { moves.append(.init(position: position, amount: Int128(amount))) }
  }
}
