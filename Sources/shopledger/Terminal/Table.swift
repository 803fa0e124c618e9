/// Rows under headings, as lines that fit a terminal.
struct Table {
  struct Column {
    var title: String
    /// Figures stand to the right and are never cut; texts stand to the left and give way.
    var isFigure: Bool

    static func text(_ title: String) -> Column { Column(title: title, isFigure: false) }
    static func figure(_ title: String) -> Column { Column(title: title, isFigure: true) }
  }

  private static let gap = "  "
  /// What a column of texts keeps however narrow the terminal is.
  private static let leastTextWidth = 6

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "\(cells.count) cells for \(columns.count) columns")
    rows.append(cells.map(\.printable))
  }

  /// The headings, a rule and the rows; without any title, the rows alone.
  ///
  /// Wider than `width` only when figures need the room.
  func lines(width: Int) -> [String] {
    let widths = fittedWidths(width)
    var lines: [String] = []
    if columns.contains(where: { !$0.title.isEmpty }) {
      lines.append(line(columns.map(\.title), widths))
      lines.append(
        widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)
      )
    }
    return lines + rows.map { line($0, widths) }
  }

  /// Each column's natural width, the widest texts cut until the line fits.
  private func fittedWidths(_ width: Int) -> [Int] {
    var widths = columns.indices.map { column in
      rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].displayWidth) }
    }
    var excess = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - width
    while excess > 0 {
      let candidates = columns.indices.filter {
        !columns[$0].isFigure && widths[$0] > Self.leastTextWidth
      }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      if column > 0 { line += Self.gap }
      let cell = columns[column].isFigure ? cell : cell.truncated(toWidth: widths[column])
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.displayWidth))
      line += columns[column].isFigure ? padding + cell : cell + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
