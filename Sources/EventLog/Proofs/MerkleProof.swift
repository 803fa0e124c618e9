internal import Crypto

/// Checking proofs with nothing but the hashes in hand: RFC 9162, sections 2.1.3.2 and 2.1.4.2.
///
/// Another way than that by which they are made, so that an error in one shows in the other.
package enum MerkleProof {
  /// The hash of a record as a leaf of the tree.
  package static func leafHash(_ record: [UInt8]) -> [UInt8] {
    [UInt8](MerkleTree.leafHash(record.span.bytes))
  }

  /// The root of a full tile of 256 hashes: its entry in the tile above.
  package static func root(ofTile hashes: [UInt8]) -> [UInt8] { MerkleTree.root(ofTile: hashes) }

  /// Whether a path proves that a leaf is in the tree of a size and root, at an index from 0.
  package static func isIncluded(
    leaf: [UInt8],
    index: UInt64,
    size: UInt64,
    path: [[UInt8]],
    root: [UInt8]
  ) -> Bool {
    guard index < size else { return false }
    var node = index
    var last = size - 1
    var hash = leaf
    for sibling in path {
      guard last > 0, sibling.count == MerkleTree.hashByteCount else { return false }
      if node & 1 == 1 || node == last {
        hash = parent(sibling, hash)
        // A node without a sibling is the same node one level up.
        while node & 1 == 0 && node > 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = parent(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether a path proves that the new tree begins with the whole of the old one.
  ///
  /// An empty tree is the beginning of every one, and its path is empty.
  package static func isConsistent(
    old: (size: UInt64, root: [UInt8]),
    new: (size: UInt64, root: [UInt8]),
    path: [[UInt8]]
  ) -> Bool {
    guard old.size <= new.size else { return false }
    if old.size == new.size { return path.isEmpty && old.root == new.root }
    if old.size == 0 { return path.isEmpty && old.root == MerkleTree.root(ofFrontier: []) }
    // A full subtree on the left is the old root itself, which the path leaves out.
    let whole = old.size.nonzeroBitCount == 1 ? [old.root] : []
    let hashes = whole + path
    guard let first = hashes.first else { return false }
    var node = old.size - 1
    var last = new.size - 1
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var (oldHash, newHash) = (first, first)
    for sibling in hashes.dropFirst() {
      guard last > 0, sibling.count == MerkleTree.hashByteCount else { return false }
      if node & 1 == 1 || node == last {
        oldHash = parent(sibling, oldHash)
        newHash = parent(sibling, newHash)
        while node & 1 == 0 && node > 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        newHash = parent(newHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == old.root && newHash == new.root
  }

  private static func parent(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    (left + right).withUnsafeBytes { [UInt8](MerkleTree.nodeHash($0)) }
  }
}
