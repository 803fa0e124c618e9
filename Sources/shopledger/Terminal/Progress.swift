import JSON

/// How far long work is, as one line of text.
struct Progress {
  enum Unit {
    case bytes
    case events
    case files
  }

  var label: String
  var unit: Unit
  var done: Int
  /// Nil when nobody knows, as with a pipe.
  var total: Int?
  /// What is worked through a second, as text; absent while it is not known.
  var rate: String?
  var secondsLeft: Double?

  /// Such as `submit  ████▌      45%  12.3 MB of 27.1 MB  140,312 commands/s  12 s left`.
  ///
  /// The bar takes what the figures leave, from 10 columns to 40, and goes when less is left.
  func line(width: Int) -> String {
    let figures = figures
    let tail = figures.joined(separator: "  ")
    guard let total else { return (label + "  " + tail).truncated(toWidth: width) }
    let part = total > 0 ? Double(done) / Double(total) : 1
    let room = width - label.displayWidth - tail.displayWidth - 4
    let bar = room >= 10 ? Figure.bar(part, width: min(room, 40)) + "  " : ""
    return (label + "  " + bar + tail).truncated(toWidth: width)
  }

  /// The same without a bar, for a log.
  var sentence: String { label + ": " + figures.joined(separator: ", ") }

  private var figures: [String] {
    var figures: [String] = []
    if let total {
      // Rounded down, so that 100% is said only of what is done.
      figures.append("\(total > 0 ? Int(Double(done) / Double(total) * 100) : 100)%")
      figures.append(number(done) + " of " + number(total) + noun)
    } else {
      figures.append(number(done) + noun)
    }
    if let rate { figures.append(rate) }
    if let secondsLeft, done < total ?? 0 {
      figures.append(Figure.duration(secondsLeft) + " left")
    }
    return figures
  }

  private func number(_ amount: Int) -> String {
    switch unit {
    case .bytes: Figure.bytes(amount)
    case .events, .files: Figure.count(amount)
    }
  }

  private var noun: String {
    switch unit {
    case .bytes: ""
    case .events: " events"
    case .files: " files"
    }
  }
}
