/// A tree drawn from left to right, leaves below each other and parents in the middle of theirs.
struct TreeDrawing {
  struct Node {
    /// Where the parent stands in the list, before this one; nil for the root.
    var parent: Int?
    var label: String
    /// What a pointer on it is told.
    var title: String
    var link: String
    /// A class of the style sheet.
    var style: String
  }

  private static let (columnWidth, rowHeight, labelWidth) = (76.0, 18.0, 60.0)

  var nodes: [Node]
  /// What it shows, for who cannot see it.
  var title: String

  /// - Returns: The SVG in its natural size; empty without nodes.
  var svg: String {
    guard !nodes.isEmpty else { return "" }
    let (depths, rows, rowCount) = layout()
    let place = { (node: Int) in
      (x: Double(depths[node]) * Self.columnWidth + 8, y: (rows[node] + 0.5) * Self.rowHeight)
    }
    let width = Double((depths.max() ?? 0)) * Self.columnWidth + Self.labelWidth + 24
    let height = Double(rowCount) * Self.rowHeight
    var svg = #"<svg class="drawing" width="\#(width.svgLength)" height="\#(height.svgLength)" "#
    svg += #"viewBox="0 0 \#(width.svgLength) \#(height.svgLength)" role="group" "#
    svg += #"aria-label="\#(escaped(title))">"#
    for (index, node) in nodes.enumerated() {
      guard let parent = node.parent else { continue }
      let (start, end) = (place(parent), place(index))
      let bend = start.x + Self.columnWidth * 0.5
      svg += #"<path class="branch" d="M\#(start.x.svgLength) \#(start.y.svgLength)"#
      svg += " C\(bend.svgLength) \(start.y.svgLength) \(bend.svgLength) \(end.y.svgLength)"
      svg += #" \#(end.x.svgLength) \#(end.y.svgLength)"/>"#
    }
    for (index, node) in nodes.enumerated() {
      let (x, y) = place(index)
      svg += #"<a href="\#(escaped(node.link))"><title>\#(escaped(node.title))</title>"#
      svg += #"<circle class="\#(node.style)" cx="\#(x.svgLength)" cy="\#(y.svgLength)" r="4"/>"#
      svg += #"<text x="\#((x + 7).svgLength)" y="\#((y + 4).svgLength)">"#
      svg += escaped(node.label) + "</text></a>"
    }
    return svg + "</svg>"
  }

  /// How deep every node lies, at which height, and how many leaves there are.
  private func layout() -> (depths: [Int], rows: [Double], rowCount: Int) {
    var children = [[Int]](repeating: [], count: nodes.count)
    var depths = [Int](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      guard let parent = node.parent else { continue }
      precondition(parent < index, "a parent stands before its children")
      children[parent].append(index)
      depths[index] = depths[parent] + 1
    }
    var rows = [Double](repeating: 0, count: nodes.count)
    var rowCount = 0
    func place(_ node: Int) {
      guard let first = children[node].first, let last = children[node].last else {
        rows[node] = Double(rowCount)
        rowCount += 1
        return
      }
      for child in children[node] { place(child) }
      rows[node] = (rows[first] + rows[last]) / 2
    }
    for (index, node) in nodes.enumerated() where node.parent == nil { place(index) }
    return (depths, rows, rowCount)
  }
}
