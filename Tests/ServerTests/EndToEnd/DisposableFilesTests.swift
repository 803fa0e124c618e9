import Foundation
import JSON
import Testing

/// State and views are folds of the log: whatever becomes of their files, the answers stay.
@Suite(.stoppedLedger) struct DisposableFilesTests {
  enum Part: String, CaseIterable {
    case state
    case views
    case dashboard = "views/dashboard"
    case agency = "views/agency"
    case modes = "views/modes"
    case people = "views/people"
    case index = "views/index"
  }

  enum Damage: CaseIterable {
    case removed
    case filesRemoved
    case everyOtherFileRemoved
    case emptied
    case cutInHalf
    case garbage
    case replacedByAFile

    func apply(to path: String) throws {
      let manager = FileManager.default
      let names = (manager.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
      let files = names.map { path + "/" + $0 }.filter {
        var isDirectory: ObjCBool = false
        return manager.fileExists(atPath: $0, isDirectory: &isDirectory) && !isDirectory.boolValue
      }
      try #require(!files.isEmpty)
      switch self {
      case .removed:
        try manager.removeItem(atPath: path)
      case .replacedByAFile:
        try manager.removeItem(atPath: path)
        try Data("not a directory".utf8).write(to: URL(fileURLWithPath: path))
      case .filesRemoved:
        for file in files { try manager.removeItem(atPath: file) }
      case .everyOtherFileRemoved:
        for (index, file) in files.enumerated() where index % 2 == 0 {
          try manager.removeItem(atPath: file)
        }
      case .emptied, .cutInHalf, .garbage:
        for file in files {
          let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
          let damaged: Data =
            switch self {
            case .emptied: Data()
            case .cutInHalf: bytes.prefix(bytes.count / 2)
            default: Data((0..<bytes.count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            }
          try damaged.write(to: URL(fileURLWithPath: file))
        }
      }
    }
  }

  @Test(arguments: Part.allCases, Damage.allCases)
  func `damage to a fold is said in the log, and mended`(part: Part, damage: Damage) async throws {
    let directory = try StoppedLedger.copy()
    try damage.apply(to: directory.path + "/data/" + part.rawValue)
    let server = try await Server(in: directory)
    let mended = try await answers(server)
    let again = try await server.submit(Scenario.lines)
    #expect(again.last?["summary"]?["repeated"] == .integer(26))
    let log = server.program.errors
    #expect(await server.stop() == 0, "\(log)")
    #expect(mended == (try await Self.sound.value))
    let word = part == .state ? "state" : part == .views ? "view" : "view \(part)"
    #expect(log.split(separator: "\n").contains { $0.contains(word) })
  }

  /// The answers of the ledger that nothing was done to.
  private static let sound = Task { () -> [String] in
    var sound: [String] = []
    try await withServer(in: try StoppedLedger.copy()) { sound = try await answers($0) }
    return sound
  }
}
