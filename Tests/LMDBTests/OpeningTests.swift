import Foundation
import Glibc
import LMDB
import Testing

struct OpeningTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func open(create: Bool = false, readOnly: Bool = false) throws(LMDBError) -> Environment {
    try Environment(
      directory: directory.path,
      mapSize: 1 << 24,
      create: create,
      readOnly: readOnly
    )
  }

  /// An environment with enough rows for a few dozen pages, closed again.
  private func fill() throws {
    let environment = try open(create: true)
    let table = try environment.createTable("rows")
    try environment.write { transaction in
      for number in 0..<UInt8(200) {
        try transaction.put(table, key: [number], value: [UInt8](repeating: number, count: 500))
      }
    }
    environment.close()
  }

  @Test func `opening does not create`() throws {
    #expect(throws: LMDBError.missing(path: directory.dataFile)) { try open() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test func `a new environment is closed to other users, and so is its directory`() throws {
    let inner = directory.path + "/views/sales"
    let environment = try Environment(directory: inner, mapSize: 1 << 20, create: true)
    let modes = try [inner, inner + "/data.mdb", inner + "/lock.mdb"].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
    }
    #expect(modes == [0o700, 0o600, 0o600])
    environment.close()
  }

  @Test func `a second opening is refused by any path, until the first is closed`() throws {
    let environment = try open(create: true)
    let link = directory.path + "-link"
    try FileManager.default.createSymbolicLink(
      atPath: link,
      withDestinationPath: directory.path
    )
    defer { try? FileManager.default.removeItem(atPath: link) }
    #expect(throws: LMDBError.alreadyOpen(path: directory.dataFile)) { try open() }
    #expect(throws: LMDBError.alreadyOpen(path: link + "/data.mdb")) {
      try Environment(directory: link, mapSize: 1 << 20)
    }
    environment.close()
    try open().close()
  }

  @Test func `letting go of an environment closes it`() throws {
    _ = try open(create: true)
    try open().close()
  }

  @Test(arguments: [false, true])
  func `an empty file is not taken for a new one`(create: Bool) throws {
    try fill()
    #expect(truncate(directory.dataFile, 0) == 0)
    #expect(throws: LMDBError.empty(path: directory.dataFile)) { try open(create: create) }
  }

  @Test func `a file cut short is refused, wherever it is cut`() throws {
    try fill()
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: directory.dataFile)[.size] as? Int
    )
    for cut in [size - 1, size / 2, 8_193, 8_192] {
      #expect(truncate(directory.dataFile, cut) == 0)
      #expect(
        throws: LMDBError.truncated(
          path: directory.dataFile,
          expectedBytes: size,
          actualBytes: cut
        )
      ) { try open() }
    }
    for cut in [8_191, 4_096, 1] {
      #expect(truncate(directory.dataFile, cut) == 0)
      #expect(
        throws: LMDBError.truncated(
          path: directory.dataFile,
          expectedBytes: 8_192,
          actualBytes: cut
        )
      ) { try open() }
    }
  }

  @Test func `a file of something else is refused`() throws {
    try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: directory.dataFile))
    #expect(throws: LMDBError.invalid) { try open() }
  }

  @Test func `what was written is there after reopening, for reading only too`() throws {
    try fill()
    let environment = try open(readOnly: true)
    let table = try environment.openTable("rows")
    #expect(
      try environment.read { try $0.get(table, key: [199]) }
        == [UInt8](repeating: 199, count: 500)
    )
    #expect(throws: LMDBError.system(EACCES)) { try environment.write { _ in } }
    environment.close()
  }

  @Test func `a table that is not there is named`() throws {
    let environment = try open(create: true)
    #expect(throws: LMDBError.missingTable(path: directory.dataFile, name: "rows")) {
      try environment.openTable("rows")
    }
  }
}
