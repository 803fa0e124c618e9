/// An agent's tree as SVG: who recruited whom, one row a level.
///
/// The largest trees below are drawn first; what there is no room for is told as a number.
struct TreeDrawing {
  private static let nodeLimit = 120
  /// Of one agent, so that a broad tree is drawn to its depth.
  private static let recruitLimit = 12
  private static let step = 26.0
  private static let rowHeight = 46.0

  private final class Node {
    let agent: AgencyAudit.Agent
    var children: [Node] = []
    var hidden = 0
    var x = 0.0
    let depth: Int

    init(_ agent: AgencyAudit.Agent, depth: Int) {
      self.agent = agent
      self.depth = depth
    }
  }

  private let recruits: [String: [AgencyAudit.Agent]]

  init(_ active: [AgencyAudit.Agent]) {
    recruits = Dictionary(grouping: active.filter { $0.sponsor != nil }) { $0.sponsor ?? "" }
      .mapValues { $0.sorted { ($1.headcount, $0.name) < ($0.headcount, $1.name) } }
  }

  func svg(of agent: AgencyAudit.Agent) -> String {
    let root = Node(agent, depth: 0)
    var rows = [root]
    var shown = 1
    var next = 0
    while next < rows.count {
      let node = rows[next]
      next += 1
      let below = recruits[node.agent.name] ?? []
      // A row is given to every node in turn, so that no branch takes all of the room.
      let room = max(
        0,
        min(
          below.count,
          Self.recruitLimit,
          (Self.nodeLimit - shown) / max(1, rows.count - next + 1)
        )
      )
      node.children = below.prefix(max(room, shown < Self.nodeLimit ? 1 : 0)).map {
        Node($0, depth: node.depth + 1)
      }
      node.hidden = below.count - node.children.count
      shown += node.children.count
      rows += node.children
    }
    var column = 0.0
    place(root, &column)
    let width = max(column, 4) * Self.step + 20
    let height = Double((rows.map(\.depth).max() ?? 0) + 1) * Self.rowHeight + 20
    return "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" style=\"max-width:\(width)px\">"
      + rows.map(edges).joined() + rows.map(circle).joined() + "</svg>"
  }

  private func place(_ node: Node, _ column: inout Double) {
    guard let first = node.children.first, let last = node.children.last else {
      node.x = column
      column += node.hidden > 0 ? 1.6 : 1
      return
    }
    for child in node.children { place(child, &column) }
    node.x = (first.x + last.x) / 2
  }

  private func point(_ node: Node) -> (x: Double, y: Double) {
    (node.x * Self.step + 20, Double(node.depth) * Self.rowHeight + 16)
  }

  private func edges(_ node: Node) -> String {
    let (x, y) = point(node)
    return node.children.map { child in
      let end = point(child)
      return "<path d=\"M\(x) \(y)C\(x) \(y + 22) \(end.x) \(end.y - 22) \(end.x) \(end.y)\"/>"
    }
    .joined()
  }

  private func circle(_ node: Node) -> String {
    let (x, y) = point(node)
    let agent = node.agent
    let title = "\(agent.name): \(agent.levels) levels, \(agent.headcount) people"
    let more = node.hidden > 0 ? "<text x=\"\(x)\" y=\"\(y + 19)\">+\(node.hidden)</text>" : ""
    let name =
      node.depth == 0
      ? "<text class=\"name\" x=\"\(x + 9)\" y=\"\(y + 4)\">\(agent.name.html)</text>" : ""
    return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(node.depth == 0 ? 6 : 4)\"><title>\(title.html)"
      + "</title></circle>" + name + more
  }
}

extension String {
  /// As text of an HTML page.
  var html: String {
    var text = ""
    for character in self {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default: text.append(character)
      }
    }
    return text
  }
}
