import Foundation
import TestSupport
import Testing

@testable import WebPage

@Suite struct ChartTests {
  private func chart(_ values: [[Double]], showsShares: Bool = false) -> ColumnChart {
    ColumnChart(
      caption: "Orders",
      columns: values[0].indices.map { "day \($0)" },
      columnsName: "Day",
      series: values.enumerated().map { index, values in
        ColumnChart.Series(
          name: "series <\(index)>",
          style: "style\(index)",
          values: values,
          texts: values.map { String($0) }
        )
      },
      showsShares: showsShares,
      tick: { String($0) }
    )
  }

  /// The columns of a plot, each with the heights of its parts from the bottom.
  private func heights(_ chart: ColumnChart) throws -> [[Double]] {
    let plot = try #require(chart.fields["plot"] as? String)
    return plot.components(separatedBy: "<g ").dropFirst().map { column in
      column.matches(of: #/<rect class="style\d" [^>]*height="([0-9.]+)"/#)
        .compactMap { Double($0.output.1) }
    }
  }

  @Test func `columns stand to each other as their values`() throws {
    #expect(try heights(chart([[1, 0, 2, 4]])) == [[25], [], [50], [100]])
  }

  @Test(arguments: UInt64(1)...5)
  func `shares fill every column that has anything`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let values = (0..<4).map { _ in
      (0..<30).map { _ in Double(Int.random(in: 0...20, using: &random)) }
    }
    let columns = try heights(chart(values, showsShares: true))
    for (index, parts) in columns.enumerated() {
      let sum = values.reduce(0) { $0 + $1[index] }
      #expect(abs(parts.reduce(0, +) - (sum > 0 ? 100 : 0)) < 0.05)
    }
  }

  @Test func `no column is higher than the plot, which is at most half empty`() {
    for exponent in -2...12 {
      for digits in [1, 1.01, 1.99, 2, 3.3, 4.9, 5, 7.5, 9.99] {
        let value = digits * pow(10, Double(exponent))
        let top = Scale(of: [value, value / 3]).top
        #expect(top >= value * (1 - 1e-9) && top <= value * 2.0001, "\(value): \(top)")
      }
    }
    #expect(Scale(of: []).top == 1)
    #expect(Scale(of: [0]).top == 1)
  }

  @Test func `names cannot break out of a chart`() throws {
    let plot = try #require(chart([[1], [2]]).fields["plot"] as? String)
    #expect(plot.contains("series &lt;0&gt; 1.0"))
    #expect(escaped("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
  }

  @Test func `a chart without columns says so`() {
    let fields = ColumnChart(
      caption: "",
      columns: [],
      columnsName: "",
      series: [],
      tick: { String($0) }
    ).fields
    #expect(fields["isEmpty"] as? Bool == true)
  }

  @Test func `a bar stays within its rail`() {
    #expect(Bar.svg(0.432).contains(#"width="43.2""#))
    #expect(Bar.svg(7).contains(#"x="0" width="100""#))
    #expect(Bar.svg(-1).contains(#"width="0""#))
    #expect(Bar.svg(.nan).contains(#"width="0""#))
    #expect(Bar.stacked([(0.7, "a"), (0.7, "b")]).contains(#"x="70" width="30""#))
  }
}
