import Glibc

/// Bytes that LMDB would have on a page: lent by their address for as long as somebody holds them.
final class Blob {
  let start: UnsafeMutableRawPointer
  let count: Int
  private let base: UnsafeMutableRawPointer

  init(count: Int) {
    self.count = count
    // As in LMDB, an address is even and no more: who loads from it takes nothing for granted.
    base = .allocate(byteCount: count + 2, alignment: 8)
    start = base + 2
  }

  convenience init(copying bytes: UnsafeRawPointer?, count: Int) {
    self.init(count: count)
    if let bytes, count > 0 { start.copyMemory(from: bytes, byteCount: count) }
  }

  deinit {
    base.deallocate()
  }

  func compared(with other: UnsafeRawPointer?, count otherCount: Int) -> Int {
    let common = min(count, otherCount)
    if let other, common > 0 {
      let order = memcmp(start, other, common)
      if order != 0 { return Int(order) }
    }
    return count - otherCount
  }
}

/// A table's entries in the order of their keys, as of one moment: a change makes a new root that
/// shares the rest, so that a snapshot costs nothing.
///
/// A treap (Seidel, Aragon 1996): a search tree by key and a heap by priorities drawn from the key.
struct OrderedStore {
  final class Node {
    let key: Blob
    let value: Blob
    let priority: UInt64
    let left: Node?
    let right: Node?

    init(_ key: Blob, _ value: Blob, _ priority: UInt64, _ left: Node?, _ right: Node?) {
      self.key = key
      self.value = value
      self.priority = priority
      self.left = left
      self.right = right
    }

    func with(left: Node?) -> Node { Node(key, value, priority, left, right) }
    func with(right: Node?) -> Node { Node(key, value, priority, left, right) }
  }

  private(set) var root: Node?
  private(set) var count = 0

  func node(_ key: UnsafeRawPointer?, _ keyCount: Int) -> Node? {
    var next = root
    while let node = next {
      let order = node.key.compared(with: key, count: keyCount)
      if order == 0 { return node }
      next = order > 0 ? node.left : node.right
    }
    return nil
  }

  /// The first entry at or past a key.
  func first(notBelow key: UnsafeRawPointer?, _ keyCount: Int) -> Node? {
    bound { $0.compared(with: key, count: keyCount) >= 0 }
  }

  func first(past key: Blob) -> Node? {
    bound { $0.compared(with: key.start, count: key.count) > 0 }
  }

  func last(before key: Blob) -> Node? {
    var found: Node?
    var next = root
    while let node = next {
      if node.key.compared(with: key.start, count: key.count) < 0 {
        found = node
        next = node.right
      } else {
        next = node.left
      }
    }
    return found
  }

  var first: Node? { bound { _ in true } }

  var last: Node? {
    var node = root
    while let right = node?.right { node = right }
    return node
  }

  private func bound(_ isAtOrPast: (Blob) -> Bool) -> Node? {
    var found: Node?
    var next = root
    while let node = next {
      if isAtOrPast(node.key) {
        found = node
        next = node.left
      } else {
        next = node.right
      }
    }
    return found
  }

  mutating func set(_ key: Blob, _ value: Blob) {
    let isNew = node(key.start, key.count) == nil
    root = Self.setting(root, key, value, Self.priority(key))
    if isNew { count += 1 }
  }

  /// Answers whether the key was there.
  mutating func remove(_ key: UnsafeRawPointer?, _ keyCount: Int) -> Bool {
    guard node(key, keyCount) != nil else { return false }
    root = Self.removing(root, key, keyCount)
    count -= 1
    return true
  }

  private static func setting(
    _ node: Node?,
    _ key: Blob,
    _ value: Blob,
    _ priority: UInt64
  ) -> Node {
    guard let node else { return Node(key, value, priority, nil, nil) }
    let order = node.key.compared(with: key.start, count: key.count)
    if order == 0 { return Node(key, value, node.priority, node.left, node.right) }
    if order > 0 {
      let left = setting(node.left, key, value, priority)
      guard left.priority > node.priority else { return node.with(left: left) }
      return left.with(right: node.with(left: left.right))
    }
    let right = setting(node.right, key, value, priority)
    guard right.priority > node.priority else { return node.with(right: right) }
    return right.with(left: node.with(right: right.left))
  }

  private static func removing(_ node: Node?, _ key: UnsafeRawPointer?, _ keyCount: Int) -> Node? {
    guard let node else { return nil }
    let order = node.key.compared(with: key, count: keyCount)
    if order > 0 { return node.with(left: removing(node.left, key, keyCount)) }
    if order < 0 { return node.with(right: removing(node.right, key, keyCount)) }
    return joined(node.left, node.right)
  }

  private static func joined(_ left: Node?, _ right: Node?) -> Node? {
    guard let left else { return right }
    guard let right else { return left }
    return left.priority > right.priority
      ? left.with(right: joined(left.right, right)) : right.with(left: joined(left, right.left))
  }

  /// FNV-1a, mixed once more: the same key has the same place in every run.
  private static func priority(_ key: Blob) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in 0..<key.count {
      let byte = key.start.load(fromByteOffset: offset, as: UInt8.self)
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
  }
}
