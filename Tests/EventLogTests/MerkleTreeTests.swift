import Crypto
import EventLog
import Testing

/// The tree of RFC 6962, section 2.1, word for word and slowly.
func rootHash(_ records: ArraySlice<[UInt8]>) -> [UInt8] {
  switch records.count {
  case 0: return [UInt8](SHA256.hash(data: [UInt8]()))
  case 1: return [UInt8](SHA256.hash(data: [0] + records[records.startIndex]))
  default:
    var split = 1
    while split * 2 < records.count { split *= 2 }
    let middle = records.startIndex + split
    return [UInt8](
      SHA256.hash(data: [1] + rootHash(records[..<middle]) + rootHash(records[middle...]))
    )
  }
}

struct MerkleTreeTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The vectors of the Certificate Transparency project.
  @Test func `the roots are those that others compute`() throws {
    let log = try directory.createLog()
    let leaves: [[UInt8]] = [
      [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
      [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
      [UInt8](0x60...0x6f),
    ]
    var roots = [hexadecimal(log.rootHash)]
    for leaf in leaves {
      try log.append(records: [leaf])
      roots.append(hexadecimal(log.rootHash))
    }
    #expect(
      roots == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
      ]
    )
  }

  @Test(arguments: [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1_000, 65_535, 65_536, 65_537])
  func `the root is the one of RFC 6962, at once and after reopening`(size: Int) throws {
    let all = records(0..<size)
    let log = try directory.createLog()
    try log.append(records: all)
    let expected = rootHash(all[...])
    #expect(log.rootHash == expected)
    log.close()

    let reopened = try directory.openLog()
    #expect(reopened.treeHead == (UInt64(size), expected))
    try reopened.verifyTree()
    // What was restored is what goes on growing.
    try reopened.append(records: records(size..<size + 300))
    #expect(reopened.rootHash == rootHash(records(0..<size + 300)[...]))
    try reopened.verifyTree()
  }

  @Test func `any split into batches makes the same tree and the same tiles`() throws {
    let other = try TemporaryDirectory()
    let whole = try other.createLog()
    try whole.append(records: records(0..<1_100))
    let log = try directory.createLog()
    var start = 0
    for length in [1, 254, 1, 1, 0, 255, 513, 75] {
      try log.append(records: records(start..<start + length))
      start += length
    }
    #expect(log.treeHead == whole.treeHead)
    for index in 0..<UInt64(5) {
      #expect(try log.tile(level: 0, index: index) == whole.tile(level: 0, index: index))
    }
  }

  @Test func `a tile of leaves holds their hashes, and one above it the roots of tiles`() throws {
    let all = records(0..<65_537)
    let log = try directory.createLog()
    try log.append(records: all)
    #expect(
      try log.tile(level: 0, index: 255)
        == all[65_280..<65_536].flatMap { [UInt8](SHA256.hash(data: [0] + $0)) }
    )
    #expect(
      try log.tile(level: 1, index: 0)
        == (0..<256).flatMap { rootHash(all[$0 * 256..<$0 * 256 + 256]) }
    )
    #expect(try log.leafHash(at: 65_537) == [UInt8](SHA256.hash(data: [0] + all[65_536])))
    #expect(try log.leafHash(at: 65_538) == nil)
    #expect(try log.tile(level: 0, index: 256) == nil)
    #expect(try log.tile(level: 2, index: 0) == nil)
    #expect(try log.status().tiles == 257)
  }
}
