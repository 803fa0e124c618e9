internal import Mustache

/// The pages' templates, compiled into the program and parsed once.
struct Templates: Sendable {
  /// Every template by its name, as text.
  static let texts: [String: [UInt8]] = [
    "agent": PackageResources.agent_mustache,
    "brand": PackageResources.brand_mustache,
    "brands": PackageResources.brands_mustache,
    "chart": PackageResources.chart_mustache,
    "error": PackageResources.error_mustache,
    "event": PackageResources.event_mustache,
    "layout": PackageResources.layout_mustache,
    "log": PackageResources.log_mustache,
    "modes": PackageResources.modes_mustache,
    "operation": PackageResources.operation_mustache,
    "overview": PackageResources.overview_mustache,
    "recruits": PackageResources.recruits_mustache,
    "shop": PackageResources.shop_mustache,
  ]

  private let library: MustacheLibrary
  private let assets: Assets

  init(assets: Assets) throws {
    var library = MustacheLibrary()
    for (name, text) in Self.texts {
      try library.register(String(decoding: text, as: UTF8.self), named: name)
    }
    self.library = library
    self.assets = assets
  }

  /// A page's whole HTML.
  func render(_ page: Page, for visit: Visit) -> String {
    let words = visit.words
    var fields = page.fields
    fields["t"] = words.all
    let main = render(page.template, fields)
    if page.isFragment { return main }
    let other = words.language.other
    return render(
      "layout",
      [
        "t": words.all,
        "language": words.language.tag,
        "title": page.title,
        "main": main,
        "style": assets.style.address,
        "script": assets.script.address,
        "icon": assets.icon.address,
        "position": shown(page.position.map { words.count($0) }),
        "at": page.position.map(String.init) ?? "",
        "otherLanguage": other.ownName,
        "otherLanguageTag": other.tag,
        "otherLanguageLink": visit.link(["lang": other.rawValue]),
        "sections": Page.Section.allCases.map { section in
          [
            "name": words["section" + section.rawValue.capitalizedFirst],
            "link": section == .overview ? "/" : "/" + section.rawValue,
            "isCurrent": section == page.section,
          ] as Fields
        },
      ]
    )
  }

  private func render(_ template: String, _ fields: Fields) -> String {
    guard let html = library.render(fields, withTemplate: template) else {
      preconditionFailure("no template \(template)")
    }
    return html
  }
}

/// A text for a section of a template, which an empty text would open.
func shown(_ text: String?) -> Any {
  guard let text, !text.isEmpty else { return false }
  return text
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
