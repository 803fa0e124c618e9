internal import Glibc
internal import Projections

/// A sorted run of id entries in a file, read through the page cache.
///
/// Why not a B-tree: keys are random, and a tree flushed with random keys rewrites nearly every
/// page it has (measured: 1.4 µs an id at one million, 12.4 µs at sixteen). Runs are written once,
/// in order, and merged in the background; a look-up guesses the place, because keys are hashes
/// and lie evenly. The file is its entries and then their `IdFilter`, in the machine's byte order
/// (state is never moved between machines); its name and count stand in the state's checkpoint, so a
/// file that was cut or left over is told apart.
final class IdRun: Sendable {
  let name: String
  let count: Int
  private let base: Int  // the mapping's address; an Int because raw pointers are not Sendable

  /// Maps a run that the checkpoint names.
  ///
  /// - Throws: `StateDamage` when the file is missing or is not as long as it was written.
  init(directory: String, name: String, count: Int) throws {
    self.name = name
    self.count = count
    let path = directory + "/" + name
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw StateDamage(detail: "\(path) is missing") }
      throw Files.Failure(call: "open", path: path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) == Self.byteCount(of: count) else {
      throw StateDamage(detail: "\(path) does not have the size that it was written with")
    }
    guard count > 0 else {
      base = 0
      return
    }
    let mapping = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else {
      throw Files.Failure(call: "mmap", path: path)
    }
    madvise(mapping, Int(status.st_size), MADV_RANDOM)
    base = Int(bitPattern: mapping)
  }

  deinit {
    if count > 0 { munmap(UnsafeMutableRawPointer(bitPattern: base), byteCount) }
  }

  /// Of the file.
  var byteCount: Int { Self.byteCount(of: count) }

  private static func byteCount(of count: Int) -> Int {
    count * MemoryLayout<IdEntry>.size
      + IdFilter.blocks(for: count) * MemoryLayout<IdFilter.Block>.size
  }

  private var entries: UnsafeBufferPointer<IdEntry> {
    UnsafeBufferPointer(
      start: UnsafePointer<IdEntry>(bitPattern: base),
      count: count
    )
  }

  /// Bytes, because behind an odd number of entries no block is aligned.
  private var filter: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: base + count * MemoryLayout<IdEntry>.size),
      count: IdFilter.blocks(for: count) * MemoryLayout<IdFilter.Block>.size
    )
  }

  /// False when the key is surely not there.
  func mayHave(_ key: UInt64) -> Bool {
    guard count > 0 else { return false }
    let index = IdFilter.block(of: key, among: IdFilter.blocks(for: count))
    let block = filter.loadUnaligned(
      fromByteOffset: index * MemoryLayout<IdFilter.Block>.size,
      as: IdFilter.Block.self
    )
    let bits = IdFilter.bits(of: key)
    return block & bits == bits
  }

  /// The newest value under the key that `accepts` takes.
  ///
  /// Costs one cache miss where the key is not, nearly always, and a few where it is.
  func find(_ key: UInt64, where accepts: (UInt64) throws -> Bool) rethrows -> UInt64? {
    guard mayHave(key) else { return nil }
    let entries = entries
    var index = firstIndex(of: key)
    while index < count, entries[index].key == key {
      if try accepts(entries[index].value) { return entries[index].value }
      index += 1
    }
    return nil
  }

  /// The first entry whose key is not below the one sought.
  private func firstIndex(of key: UInt64) -> Int {
    let entries = entries
    var low = 0
    var high = count
    // Keys lie evenly, so the place is guessed; the error of a guess is about the root of the
    // width, and a window of that size around it holds the key nearly always.
    while high - low > 64 {
      let lowKey = entries[low].key
      let highKey = entries[high - 1].key
      if key <= lowKey { return low }
      if key >= highKey { break }
      let width = UInt64(high - low - 1)
      // (key - lowKey) * width / (highKey - lowKey), in 128 bits; below width, so it fits.
      let scaled = (key - lowKey).multipliedFullWidth(by: width)
      let guess = low + Int((highKey - lowKey).dividingFullWidth(scaled).quotient)
      let margin = max(8, Int(Double(width).squareRoot()))
      let left = max(low, guess - margin)
      let right = min(high - 1, guess + margin)
      if entries[left].key >= key {
        high = left + 1
      } else if entries[right].key < key {
        low = right + 1
      } else {
        low = left + 1
        high = right + 1
        break
      }
    }
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Waits until the file is on the disk.
  func sync(directory: String) throws {
    let path = directory + "/" + name
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Files.Failure(call: "open", path: path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Files.Failure(call: "fsync", path: path) }
  }

  /// Merges runs, each sorted, into one new file; newer runs come first in `runs`.
  static func merge(_ runs: [IdRun], directory: String, name: String) throws -> IdRun {
    let total = runs.reduce(0) { $0 + $1.count }
    var writer = try RunWriter(path: directory + "/" + name, count: total)
    var cursors = runs.map { (run: $0, index: 0) }
    while true {
      var best: Int?
      for (number, cursor) in cursors.enumerated() where cursor.index < cursor.run.count {
        guard let chosen = best else {
          best = number
          continue
        }
        let candidate = cursor.run.entries[cursor.index]
        if candidate < cursors[chosen].run.entries[cursors[chosen].index] { best = number }
      }
      guard let best else { break }
      try writer.append(cursors[best].run.entries[cursors[best].index])
      cursors[best].index += 1
    }
    try writer.finish()
    return try IdRun(directory: directory, name: name, count: total)
  }

  /// Writes entries, sorted, as a new run.
  static func write(_ entries: [IdEntry], directory: String, name: String) throws -> IdRun {
    var writer = try RunWriter(path: directory + "/" + name, count: entries.count)
    for entry in entries { try writer.append(entry) }
    try writer.finish()
    return try IdRun(directory: directory, name: name, count: entries.count)
  }
}

/// What is wrong with the state on disk; the state is rebuilt from the log then.
struct StateDamage: Error {
  var detail: String
}

/// Writes a run's file: the entries, and behind the last one their filter.
private struct RunWriter: ~Copyable {
  private let descriptor: Int32
  private let blockCount: Int
  private var entries: FilePart<IdEntry>
  private var filter: FilePart<IdFilter.Block>
  private var block = IdFilter.Block()
  private var blocksDone = 0

  /// `count` entries will be appended, in order.
  init(path: String, count: Int) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Files.Failure(call: "open", path: path) }
    blockCount = IdFilter.blocks(for: count)
    entries = FilePart(path: path, descriptor: descriptor, offset: 0)
    filter = FilePart(
      path: path,
      descriptor: descriptor,
      offset: count * MemoryLayout<IdEntry>.size
    )
  }

  deinit {
    close(descriptor)
  }

  mutating func append(_ entry: IdEntry) throws {
    try entries.append(entry)
    try finishBlocks(before: IdFilter.block(of: entry.key, among: blockCount))
    block |= IdFilter.bits(of: entry.key)
  }

  mutating func finish() throws {
    try finishBlocks(before: blockCount)
    try entries.flush()
    try filter.flush()
  }

  /// The keys come in order, so no key of an earlier block follows.
  private mutating func finishBlocks(before next: Int) throws {
    while blocksDone < next {
      try filter.append(block)
      block = IdFilter.Block()
      blocksDone += 1
    }
  }
}

/// Writes a part of a file through a buffer.
private struct FilePart<Element: BitwiseCopyable> {
  let path: String
  let descriptor: Int32
  /// Where the buffer's elements belong.
  var offset: Int
  private var buffer: [Element] = []

  init(path: String, descriptor: Int32, offset: Int) {
    self.path = path
    self.descriptor = descriptor
    self.offset = offset
  }

  mutating func append(_ element: Element) throws {
    buffer.append(element)
    if buffer.count == 65_536 { try flush() }
  }

  mutating func flush() throws {
    try buffer.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, offset + written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw Files.Failure(call: "pwrite", path: path) }
        written += count
      }
    }
    offset += buffer.count * MemoryLayout<Element>.stride
    buffer.removeAll(keepingCapacity: true)
  }
}
