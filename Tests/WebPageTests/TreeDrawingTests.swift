import Foundation
import TestSupport
import Testing

@testable import WebPage

@Suite struct TreeDrawingTests {
  private func tree(_ parents: [Int?]) -> TreeDrawing {
    TreeDrawing(
      nodes: parents.enumerated().map { index, parent in
        TreeDrawing.Node(
          parent: parent,
          label: "n\(index)",
          title: "<\(index)>",
          link: "/\(index)",
          style: "share"
        )
      },
      title: "a tree"
    )
  }

  private func places(_ tree: TreeDrawing) -> [(x: Double, y: Double)] {
    tree.svg.matches(of: #/cx="([0-9.]+)" cy="([0-9.]+)"/#).compactMap { match in
      guard let x = Double(match.output.1), let y = Double(match.output.2) else { return nil }
      return (x, y)
    }
  }

  @Test func `a parent stands left of its children, in the middle of them`() {
    let places = places(tree([nil, 0, 0, 0, 2]))
    #expect(places.map(\.x) == [8, 84, 84, 84, 160])
    #expect(places.map(\.y) == [27, 9, 27, 45, 27])
  }

  @Test(arguments: UInt64(1)...5)
  func `no two nodes lie on each other, and every one but the root has a branch`(seed: UInt64) {
    var random = SeededRandom(seed)
    let parents = [nil] + (1..<80).map { Int.random(in: 0..<$0, using: &random) }
    let tree = tree(parents)
    let places = places(tree)
    #expect(places.count == 80)
    #expect(Set(places.map { "\($0.x) \($0.y)" }).count == 80)
    #expect(tree.svg.components(separatedBy: "<path ").count == 80)
  }

  @Test func `names cannot break out of a drawing`() {
    #expect(tree([nil]).svg.contains("<title>&lt;0&gt;</title>"))
    #expect(tree([]).svg.isEmpty)
  }
}
