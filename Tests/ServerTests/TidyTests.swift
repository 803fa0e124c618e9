import Foundation
import Testing

/// House rules that neither the compiler nor the formatter can see.
@Suite struct TidyTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  struct Source: Sendable, CustomTestStringConvertible {
    /// From the root, such as `Sources/LMDB/Table.swift`.
    var path: String
    var lines: [Substring]

    var target: String { String(path.split(separator: "/")[1]) }
    var testDescription: String { path }
  }

  /// Every Swift file under a directory, in order of the paths.
  private static func sources(in directories: String...) throws -> [Source] {
    try directories.flatMap { directory in
      let base = root.appendingPathComponent(directory)
      return try FileManager.default.subpathsOfDirectory(atPath: base.path).sorted()
        .filter { $0.hasSuffix(".swift") }
        .map { path in
          let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
          let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
          return Source(path: directory + "/" + path, lines: lines)
        }
    }
  }

  @Test func `the tree is read at all`() throws {
    let targets = Set(try Self.sources(in: "Sources").map(\.target))
    #expect(targets == Set(Self.arrows.keys))
  }

  // MARK: Words

  struct Ban: Sendable {
    /// In pieces, so that this file does not break its own rule.
    var word: [String]
    var instead: String
    var directories = ["Sources", "Tests"]
    /// Files that may, each with its reason.
    var allowed: [String: String] = [:]
  }

  static let bans = [
    Ban(
      word: ["Date", "()"],
      instead: "take the clock that is handed in, so that tests and replay can set it",
      directories: ["Sources"]
    ),
    Ban(
      word: ["UUID", "()"],
      instead: "take the random bytes that are handed in",
      directories: ["Sources"]
    ),
    Ban(word: ["try", "!"], instead: "throw on, or say what to do"),
    Ban(word: [" as", "! "], instead: "use as? and say what to do otherwise"),
    Ban(
      word: ["fatal", "Error("],
      instead: "throw what the world can cause, and use precondition for a bug"
    ),
    Ban(word: ["FIX", "ME"], instead: "do it now"),
    Ban(word: ["TO", "DO"], instead: "do it now"),
    Ban(
      word: ["print", "("],
      instead: "use Terminal.write, which knows a closed pipe",
      directories: ["Sources"],
      allowed: [
        "Sources/shopledger/Shopledger.swift": "shows the help that the parser made"
      ]
    ),
    Ban(
      word: ["@unchecked ", "Sendable"],
      instead: "use a value, a Mutex or an actor",
      directories: ["Sources"],
      allowed: [
        "Sources/LMDB/Environment.swift": "LMDB locks what it shares",
        "Sources/Ledger/Writer/CommandQueue.swift": "all behind one condition variable",
        "Sources/EventLog/LogSnapshot.swift": "a read transaction may move between threads",
        "Sources/Ledger/State/HotIds.swift": "touched only by whoever has the state locked",
        "Sources/Ledger/State/StateFlusher.swift": "all behind one condition variable",
      ]
    ),
  ]

  @Test(arguments: bans.indices)
  func `a banned word has its replacement`(index: Int) throws {
    let ban = Self.bans[index]
    let word = ban.word.joined()
    var excused: Set<String> = []
    for directory in ban.directories {
      for source in try Self.sources(in: directory) {
        for (number, line) in source.lines.enumerated() where Self.contains(line, word) {
          excused.insert(source.path)
          #expect(
            ban.allowed[source.path] != nil,
            "\(source.path):\(number + 1): \(word) is banned; \(ban.instead)"
          )
        }
      }
    }
    // An exception that nobody needs any more goes.
    #expect(Set(ban.allowed.keys).subtracting(excused) == [])
  }

  /// As a word of its own: `validate()` is not `date()`.
  private static func contains(_ line: Substring, _ word: String) -> Bool {
    guard let range = line.range(of: word) else { return false }
    guard range.lowerBound > line.startIndex else { return true }
    let before = line[line.index(before: range.lowerBound)]
    return !(before.isLetter || before.isNumber || before == "_")
  }

  // MARK: Imports

  /// Which modules each target may import; the arrows of the README's picture.
  static let arrows: [String: Set<String>] = [
    "LMDB": ["CLMDB", "Glibc", "Synchronization"],
    "EventLog": ["LMDB", "Crypto", "Dispatch", "Glibc", "Synchronization"],
    "JSON": [],
    "Marketplace": ["JSON"],
    "Projectors": ["JSON", "Marketplace"],
    "Projections": [
      "EventLog", "LMDB", "Marketplace", "Projectors", "Dispatch", "Foundation", "Synchronization",
    ],
    "Ledger": [
      "EventLog", "JSON", "LMDB", "Marketplace", "Projections", "Projectors", "CoreMetrics",
      "Crypto",
      "Dispatch", "Foundation", "Glibc", "Logging", "Synchronization",
    ],
    "WebPage": [
      "JSON", "Ledger", "Marketplace", "Foundation", "HTTPTypes", "Hummingbird",
      "HummingbirdCore", "Mustache", "NIOCore",
    ],
    "HTTPAPI": [
      "JSON", "Ledger", "Marketplace", "WebPage", "CoreMetrics", "Crypto", "Foundation", "Glibc",
      "HTTPTypes",
      "Hummingbird",
      "HummingbirdCore", "Logging", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
      "NIOPosix", "ServiceLifecycle", "Synchronization",
    ],
    "shopledger": [
      "HTTPAPI", "JSON", "Ledger", "Marketplace", "ArgumentParser", "Configuration", "Foundation",
      "Glibc",
      "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "ServiceLifecycle", "SystemPackage",
      "UnixSignals",
    ],
  ]

  @Test func `a target imports only what lies below it`() throws {
    for source in try Self.sources(in: "Sources") {
      let allowed = try #require(Self.arrows[source.target], "\(source.path)")
      for module in source.lines.compactMap(Self.imported) {
        #expect(allowed.contains(module), "\(source.path) must not import \(module)")
      }
    }
  }

  /// The module of an import line; nil when the line is none.
  private static func imported(_ line: Substring) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), words.count > place + 1,
      words[..<place].allSatisfy({ ["internal", "package", "public"].contains($0) })
    else { return nil }
    return String(words[place + 1])
  }

  // MARK: Length

  @Test func `a file is one idea, in fewer than 400 lines`() throws {
    for source in try Self.sources(in: "Sources", "Tests") {
      #expect(source.lines.count <= 400, "\(source.path) has \(source.lines.count) lines; cut it")
    }
  }
}
