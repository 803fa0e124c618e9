/// Columns over days, with one series or several on top of each other.
///
/// The plot stretches to the width it gets; whatever is text stands beside it as HTML, so that it
/// stays readable on a telephone. A table says the same for who cannot see it.
struct ColumnChart {
  struct Series {
    var name: String
    /// A class of the style sheet, such as `stroll`.
    var style: String
    var values: [Double]
    /// The same exact, as people read them.
    var texts: [String]
  }

  var caption: String
  /// What the columns stand for, first first.
  var columns: [String]
  /// The heading of the columns' names in the table.
  var columnsName: String
  var series: [Series]
  /// Whether every column is as high as the plot, and shows parts of a whole.
  var showsShares = false
  /// Says a value of the axis.
  var tick: (Double) -> String

  private var sums: [Double] {
    columns.indices.map { column in series.reduce(0) { $0 + $1.values[column] } }
  }

  /// For the template `chart`.
  var fields: Fields {
    let sums = sums
    let top = showsShares ? 1 : Scale(of: sums).top
    return [
      "caption": caption,
      "isEmpty": columns.isEmpty,
      "plot": plot(sums, top),
      "ticks": [top, top / 2, 0].map { showsShares ? "\(Int($0 * 100))%" : tick($0) },
      "marks": marks,
      "legend": series.count < 2
        ? [] : series.map { ["name": $0.name, "style": $0.style] as Fields },
      "columnsName": columnsName,
      "headings": series.map(\.name),
      "rows": columns.indices.reversed().map { column in
        ["name": columns[column], "cells": series.map { $0.texts[column] }] as Fields
      },
    ]
  }

  /// The names of some columns, evenly spread from the first to the last.
  private var marks: [String] {
    guard columns.count > 1 else { return columns }
    let count = min(columns.count, 4)
    return (0..<count).map { columns[$0 * (columns.count - 1) / (count - 1)] }
  }

  private func plot(_ sums: [Double], _ top: Double) -> String {
    // Beyond this many, gaps would be narrower than a pixel.
    let gap = columns.count > 120 ? 0.0 : 1.5
    let width = columns.count * 10
    var plot =
      #"<svg viewBox="0 0 \#(max(width, 10)) 100" preserveAspectRatio="none" aria-hidden="true">"#
    for line in ["0.5", "50", "99.5"] {
      plot += #"<line class="grid" x1="0" x2="\#(max(width, 10))" y1="\#(line)" y2="\#(line)"/>"#
    }
    for column in columns.indices {
      let x = Double(column * 10)
      plot += #"<g class="column"><title>"# + escaped(title(column)) + "</title>"
      plot += #"<rect class="hit" x="\#(x.svgLength)" width="10" height="100"/>"#
      let whole = showsShares ? sums[column] : top
      var base = 100.0
      for series in series where whole > 0 && series.values[column] > 0 {
        let height = series.values[column] / whole * 100
        base -= height
        plot += #"<rect class="\#(series.style)" x="\#((x + gap / 2).svgLength)" "#
        plot += #"y="\#(base.svgLength)" width="\#((10 - gap).svgLength)" "#
        plot += #"height="\#(height.svgLength)"/>"#
      }
      plot += "</g>"
    }
    return plot + "</svg>"
  }

  private func title(_ column: Int) -> String {
    let figures = series.map { series in
      series.name + " " + series.texts[column]
    }
    return ([columns[column]] + figures).joined(separator: " · ")
  }
}
