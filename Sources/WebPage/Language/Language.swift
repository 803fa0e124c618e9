/// A language that the pages speak.
enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case chinese = "zh"

  /// As HTML and HTTP name it.
  var tag: String { self == .english ? "en" : "zh-Hans" }

  /// What its speakers call it.
  var ownName: String { self == .english ? "English" : "简体中文" }

  var other: Language { self == .english ? .chinese : .english }

  /// The one that a browser would rather have, by RFC 9110, section 12.5.4; English when neither.
  init(accepted header: String) {
    var best: (language: Language, quality: Double)?
    for range in header.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let tag = parts.first?.lowercased(),
        let language = Self.allCases.first(where: {
          tag == $0.rawValue || tag.hasPrefix($0.rawValue + "-")
        })
      else { continue }
      let quality =
        parts.dropFirst().first { $0.hasPrefix("q=") }
        .flatMap { Double($0.dropFirst(2)) } ?? 1
      if quality > best?.quality ?? 0 { best = (language, quality) }
    }
    self = best?.language ?? .english
  }
}
