import Testing

@testable import shopledger

@Suite struct TableTests {
  @Test(arguments: [
    ("abc", 3), ("", 0), ("小满的店", 8), ("e\u{301}", 1), ("🎁", 2), ("👨‍👩‍👧", 2), ("🇨🇳", 2),
    ("❤\u{FE0F}", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ﾊ", 1), ("ハ", 2), ("–", 1),
    ("\u{2060}", 0), ("𠀀", 2),
  ])
  func `text is as wide as a terminal draws it`(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test(arguments: [
    ("农家苹果", 8, "农家苹果"), ("农家苹果", 7, "农家苹…"), ("农家苹果", 6, "农家…"),
    ("农家苹果", 2, "…"), ("农家苹果", 0, ""), ("apples", 6, "apples"), ("apples", 5, "appl…"),
    ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func `what does not fit is cut between characters`(text: String, width: Int, expected: String) {
    #expect(text.truncated(toWidth: width) == expected)
  }

  @Test func `data cannot steer the terminal`() {
    let hostile = "a\u{1B}[31mb\u{9B}c\u{202E}d\r\ne"
    #expect(hostile.printable == "a\u{FFFD}[31mb\u{FFFD}c\u{FFFD}d\u{FFFD}\u{FFFD}e")
    #expect("小满👨‍👩‍👧".printable == "小满👨‍👩‍👧")
  }

  @Test func `figures stand right, texts left, and wide characters count twice`() {
    var table = Table([.text("title"), .figure("units")])
    table.add(["苹果", "12"])
    table.add(["tea", "1,234"])
    #expect(
      table.lines(width: 40) == [
        "title  units",
        "─────  ─────",
        "苹果      12",
        "tea    1,234",
      ]
    )
  }

  @Test func `the widest text gives way first, and figures never`() {
    var table = Table([.text("product"), .text("title"), .figure("gross")])
    table.add(["p1", "农家苹果农家苹果", "12,345,678.90"])
    #expect(
      table.lines(width: 34) == [
        "product  title               gross",
        "───────  ──────────  ─────────────",
        "p1       农家苹果…   12,345,678.90",
      ]
    )
    #expect(table.lines(width: 1).last == "p1      农家…   12,345,678.90")
  }

  @Test func `a table without titles is its rows`() {
    var table = Table([.text(""), .figure("")])
    #expect(table.isEmpty)
    table.add(["gross", "1"])
    #expect(table.lines(width: 80) == ["gross  1"])
  }
}
