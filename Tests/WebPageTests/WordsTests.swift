import Foundation
import JSON
import Testing

@testable import WebPage

@Suite struct WordsTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "Sources/WebPage"
    )

  @Test func `every word is there in both languages, with the same blanks`() {
    for (key, (english, chinese)) in Words.table {
      #expect(!english.isEmpty && !chinese.isEmpty, "\(key)")
      let blanks = [english, chinese].map { $0.components(separatedBy: "{}").count }
      #expect(blanks[0] == blanks[1], "\(key)")
    }
  }

  @Test func `a word that is said is a word that there is`() throws {
    // In templates `t.key`; in code `words["key"]` and `words.say("key"`.
    let patterns = try [
      #"\bt\.([A-Za-z]+)\b"#, #"words\["([A-Za-z]+)"\]"#, #"say\(\s*"([A-Za-z]+)""#,
    ]
    .map { try NSRegularExpression(pattern: $0) }
    var said: Set<String> = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
    where path.hasSuffix(".swift") || path.hasSuffix(".mustache") {
      let text = try String(contentsOf: Self.sources.appendingPathComponent(path), encoding: .utf8)
      for pattern in patterns.suffix(path.hasSuffix(".swift") ? 2 : 3) {
        for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
          guard let range = Range(match.range(at: 1), in: text) else { continue }
          said.insert(String(text[range]))
        }
      }
    }
    #expect(said.count > 50)
    #expect(said.subtracting(Words.table.keys) == [])
  }

  @Test(arguments: [
    ("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"),
    ("fr,zh;q=0.4,en;q=0.3", "zh"), ("de-DE", "en"), ("zh;q=0,en;q=0.1", "en"), ("ZH-hans", "zh"),
    ("zh; q=0.2, en; q=0.1", "zh"), (";;,q=,", "en"),
  ])
  func `the language is the one that the browser would rather have`(header: String, tag: String) {
    #expect(Language(accepted: header).rawValue == tag)
  }

  @Test(arguments: [
    (0, "0", "0"), (950, "950", "950"), (1_200, "1.2K", "1200"), (20_000, "20K", "2万"),
    (2_500_000, "2.5M", "250万"), (4e9, "4B", "40亿"), (0.5, "0.5", "0.5"),
  ])
  func `ticks are short`(number: Double, english: String, chinese: String) {
    #expect(Words(.english).compact(number) == english)
    #expect(Words(.chinese).compact(number) == chinese)
  }

  @Test func `a day's growth is said with its sign, and not where there was nothing`() {
    let words = Words(.english)
    #expect(words.growth(from: 200, to: 250) == "+25.0%")
    #expect(words.growth(from: 200, to: 150) == "-25.0%")
    #expect(words.growth(from: 0, to: 150) == "")
    #expect(words.points(from: 0.25, to: 0.3) == "+5.0 pt")
    #expect(words.points(from: nil, to: 0.3) == "")
  }
}
