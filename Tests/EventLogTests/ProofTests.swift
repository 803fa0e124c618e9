import Crypto
import EventLog
import TestSupport
import Testing

/// The proofs of RFC 6962, section 2.1, word for word and slowly.
private enum NaiveTree {
  static func split(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }

  /// `PATH(m, D[n])`.
  static func path(_ index: Int, _ records: ArraySlice<[UInt8]>) -> [[UInt8]] {
    guard records.count > 1 else { return [] }
    let half = split(records.count)
    let (left, right) = (records.prefix(half), records.dropFirst(half))
    return index < half
      ? path(index, left) + [rootHash(right)]
      : path(index - half, right) + [rootHash(left)]
  }

  /// `SUBPROOF(m, D[n], b)`.
  static func subproof(_ old: Int, _ records: ArraySlice<[UInt8]>, _ isWhole: Bool) -> [[UInt8]] {
    if old == records.count { return isWhole ? [] : [rootHash(records)] }
    let half = split(records.count)
    let (left, right) = (records.prefix(half), records.dropFirst(half))
    return old <= half
      ? subproof(old, left, isWhole) + [rootHash(right)]
      : subproof(old - half, right, false) + [rootHash(left)]
  }
}

@Suite struct ProofTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func `every proof of every small tree is the one of RFC 6962, and is believed`() throws {
    let all = records(0..<40)
    let log = try directory.createLog()
    try log.append(records: all)
    var prover = log.prover()
    for size in 0...40 {
      let root = try prover.rootHash(size: UInt64(size))
      #expect(root == rootHash(all[..<size]))
      for index in 0..<size {
        let path = try prover.inclusion(of: UInt64(index), size: UInt64(size))
        #expect(path == NaiveTree.path(index, all[..<size]))
        #expect(
          MerkleProof.isIncluded(
            leaf: MerkleProof.leafHash(all[index]),
            index: UInt64(index),
            size: UInt64(size),
            path: path,
            root: root
          )
        )
      }
      for old in 0...size {
        let path = try prover.consistency(from: UInt64(old), to: UInt64(size))
        #expect(path == (old == 0 ? [] : NaiveTree.subproof(old, all[..<size], true)))
        #expect(
          MerkleProof.isConsistent(
            old: (UInt64(old), try prover.rootHash(size: UInt64(old))),
            new: (UInt64(size), root),
            path: path
          )
        )
      }
    }
  }

  @Test(arguments: [255, 256, 257, 1_000, 65_535, 65_536, 65_537, 66_100] as [UInt64])
  func `proofs over several tiles are those of RFC 6962`(size: UInt64) throws {
    var random = SplitMix64(seed: size)
    let all = records(0..<Int(size))
    let log = try directory.createLog()
    try log.append(records: all)
    var prover = log.prover()
    // The slow way hashes all records for each.
    for _ in 0..<(size > 10_000 ? 2 : 12) {
      // Also in trees that this one grew from.
      let part = UInt64.random(in: 1...size, using: &random)
      let index = UInt64.random(in: 0..<part, using: &random)
      let old = UInt64.random(in: 1...part, using: &random)
      let grown = all[..<Int(part)]
      #expect(
        try prover.inclusion(of: index, size: part) == NaiveTree.path(Int(index), grown),
        "\(index) of \(part), seed \(size)"
      )
      #expect(
        try prover.consistency(from: old, to: part) == NaiveTree.subproof(Int(old), grown, true),
        "\(old) to \(part), seed \(size)"
      )
    }
    #expect(try prover.rootHash(size: size) == log.rootHash)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a proof with anything changed is not believed`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let size = UInt64.random(in: 2...600, using: &random)
    let log = try directory.createLog()
    try log.append(records: records(0..<Int(size)))
    var prover = log.prover()
    let index = UInt64.random(in: 0..<size, using: &random)
    let old = UInt64.random(in: 1..<size, using: &random)
    let leaf = try #require(try log.leafHash(at: index + 1))
    let root = log.rootHash
    let oldRoot = try prover.rootHash(size: old)
    let path = try prover.inclusion(of: index, size: size)
    let growth = try prover.consistency(from: old, to: size)

    func included(_ leaf: [UInt8], _ index: UInt64, _ size: UInt64, _ path: [[UInt8]]) -> Bool {
      MerkleProof.isIncluded(leaf: leaf, index: index, size: size, path: path, root: root)
    }
    func grew(_ old: (UInt64, [UInt8]), _ new: (UInt64, [UInt8]), _ path: [[UInt8]]) -> Bool {
      MerkleProof.isConsistent(old: old, new: new, path: path)
    }
    func flipped(_ hash: [UInt8]) -> [UInt8] {
      var hash = hash
      hash[Int.random(in: 0..<hash.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      return hash
    }
    #expect(included(leaf, index, size, path))
    #expect(!included(flipped(leaf), index, size, path))
    #expect(!included(leaf, index ^ 1, size, path))
    #expect(!included(leaf, size, size, path))
    #expect(!included(leaf, index, size, Array(path.dropLast())))
    #expect(!included(leaf, index, size, path + [root]))
    #expect(
      !included(leaf, index, size, path.dropLast() + [Array(path[path.count - 1].dropLast())])
    )
    for place in path.indices {
      var changed = path
      changed[place] = flipped(changed[place])
      #expect(!included(leaf, index, size, changed))
    }
    #expect(grew((old, oldRoot), (size, root), growth))
    #expect(!grew((old, flipped(oldRoot)), (size, root), growth))
    #expect(!grew((old, oldRoot), (size, flipped(root)), growth))
    #expect(!grew((size, root), (old, oldRoot), growth))
    #expect(!grew((old, oldRoot), (size, root), growth + [root]))
    #expect(!grew((old, oldRoot), (size, root), Array(growth.dropLast())))
    #expect(!grew((size, oldRoot), (size, root), []))
    #expect(!grew((0, oldRoot), (size, root), []))
    for place in growth.indices {
      var changed = growth
      changed[place] = flipped(changed[place])
      #expect(!grew((old, oldRoot), (size, root), changed))
    }
  }

  // MARK: Tiles

  @Test func `a tile of any width is the beginning of the full one, before and after it is full`()
    throws
  {
    let log = try directory.createLog()
    try log.append(records: records(0..<200))
    let early = try #require(try log.tile(level: 0, index: 0, width: 150))
    #expect(try log.tile(level: 0, index: 0, width: 201) == nil)
    #expect(try log.tile(level: 1, index: 0, width: 1) == nil)
    try log.append(records: records(200..<600))
    let full = try #require(try log.tile(level: 0, index: 0))
    #expect(try log.tile(level: 0, index: 0, width: 150) == early)
    #expect(early == [UInt8](full.prefix(150 * 32)))
    #expect(try log.tile(level: 0, index: 0, width: 256) == full)
    #expect(try log.tile(level: 0, index: 2, width: 88)?.count == 88 * 32)
    #expect(try log.tile(level: 0, index: 2, width: 89) == nil)
    #expect(
      try log.tile(level: 1, index: 0, width: 2)?.suffix(32)
        == rootHash(records(256..<512)[...])[...]
    )
    #expect(try log.tile(level: 1, index: 0, width: 3) == nil)
    #expect(try log.tile(level: 63, index: .max, width: 1) == nil)
  }

  @Test func `a bundle has the records with their lengths before them`() throws {
    let log = try directory.createLog()
    let long = [UInt8](repeating: 9, count: 65_535)
    try log.append(records: records(0..<256) + [long, [1, 2]])
    #expect(
      try log.entryBundle(index: 0, width: 3)
        == records(0..<3).flatMap { [0, UInt8($0.count)] + $0 }
    )
    #expect(try log.entryBundle(index: 1, width: 2) == [255, 255] + long + [0, 2, 1, 2])
    #expect(try log.entryBundle(index: 1, width: 3) == nil)
    #expect(try log.entryBundle(index: 2, width: 1) == nil)
    #expect(try log.entryBundle(index: .max, width: 1) == nil)
  }
}
