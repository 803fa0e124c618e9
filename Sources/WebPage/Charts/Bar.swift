/// A horizontal bar beside a figure that says the same, so that readers of the screen skip it.
enum Bar {
  /// - Parameters:
  ///   - part: Of the whole, from 0 to 1; beyond, it is cut.
  ///   - style: A class of the style sheet, such as `stroll`.
  /// - Returns: The SVG, as wide as its cell.
  static func svg(_ part: Double?, _ style: String = "plain") -> String {
    stacked([(part ?? 0, style)])
  }

  /// Parts one after another.
  static func stacked(_ parts: [(part: Double, style: String)]) -> String {
    var bar =
      #"<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">"#
    bar += #"<rect class="rail" width="100" height="10"/>"#
    var start = 0.0
    for (part, style) in parts {
      let width = min(max(part.isFinite ? part : 0, 0) * 100, 100 - start)
      let (x, length) = (start.svgLength, width.svgLength)
      bar += #"<rect class="\#(style)" x="\#(x)" width="\#(length)" height="10"/>"#
      start += width
    }
    return bar + "</svg>"
  }
}
