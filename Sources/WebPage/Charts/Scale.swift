internal import Foundation

/// The height of a chart: from 0 to a number that is easy to read and half.
struct Scale {
  let top: Double

  /// The least of 1, 2, 4, 5, 6, 8 and 10 times a power of ten that no value exceeds.
  init(of values: some Sequence<Double>) {
    let greatest = values.max() ?? 0
    guard greatest > 0 else {
      top = 1
      return
    }
    let power = pow(10, log10(greatest).rounded(.down))
    let steps = [1.0, 2, 4, 5, 6, 8, 10]
    top = (steps.first { $0 * power >= greatest * (1 - 1e-9) } ?? 10) * power
  }
}

extension Double {
  /// As a length in an SVG, with as many digits as can be seen.
  var svgLength: String {
    let hundredths = (self * 100).rounded() / 100
    return hundredths == hundredths.rounded() ? String(Int64(hundredths)) : String(hundredths)
  }
}

/// Text as it may stand in HTML and SVG.
func escaped(_ text: String) -> String {
  var escaped = ""
  for character in text.unicodeScalars {
    switch character {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    default: escaped.unicodeScalars.append(character)
    }
  }
  return escaped
}
