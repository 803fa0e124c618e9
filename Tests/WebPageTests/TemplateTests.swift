import Foundation
import Testing

@testable import WebPage

@Suite struct TemplateTests {
  @Test func `every template that is there is compiled in, and can be read`() throws {
    let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/WebPage/Resources")
    let files = try FileManager.default.contentsOfDirectory(atPath: resources.path)
      .filter { $0.hasSuffix(".mustache") }.map { String($0.dropLast(9)) }
    #expect(Set(files) == Set(Templates.texts.keys))
    _ = try Templates(assets: Assets())
  }

  @Test(arguments: Templates.texts.keys.sorted())
  func `nothing runs or is styled inline, for the policy would refuse it`(name: String) throws {
    let text = String(decoding: try #require(Templates.texts[name]), as: UTF8.self)
    #expect(!text.contains("style="))
    #expect(!text.contains("<style"))
    #expect(text.range(of: #"\son[a-z]+="#, options: .regularExpression) == nil)
    #expect(text.range(of: #"<script(?![^>]*\ssrc=)"#, options: .regularExpression) == nil)
    #expect(text.range(of: #"(src|href)="(https?:)?//"#, options: .regularExpression) == nil)
  }

  @Test(arguments: Templates.texts.keys.sorted())
  func `only what we draw ourselves is put in as it stands`(name: String) throws {
    let text = String(decoding: try #require(Templates.texts[name]), as: UTF8.self)
    let raw = text.components(separatedBy: "{{{").dropFirst()
      .map { String($0.prefix { $0 != "}" }) }
    #expect(Set(raw).isSubset(of: ["main", "plot", "bar", "conversionBar", "tree"]))
  }

  @Test func `an asset's address changes with its content`() {
    var asset = Assets().style
    let before = asset.address
    asset.content.append(0x20)
    #expect(asset.address != before)
  }
}
