import Foundation
import TestSupport

/// What every environment has on the simulated disk, and what goes wrong with it.
///
/// Where an environment is, there stands an empty file `data.mdb` in a real directory, by whose inode
/// it is known; so directories are removed, renamed and found as ever.
///
/// `@unchecked`: one thread uses it.
final class Disk: @unchecked Sendable {
  // The functions of C that stand for LMDB's can hold nothing.
  nonisolated(unsafe) static var shared = Disk(seed: 0)

  /// One environment's tables as of one commit.
  struct Version {
    var tables: [OrderedStore] = []
    var names: [String] = []
    var number = 0
  }

  struct Image {
    /// What the next opening finds, if the machine goes on.
    var committed = Version()
    /// What is on the disk for sure.
    var synced = Version()
    /// What a commit that failed may have left there all the same.
    var uncertain: Version?
  }

  /// How the next commit of the log comes out.
  enum Fault: CaseIterable {
    case diskFull
    case mapFull
    case transactionFull
    /// The data could not be written; nothing of it is there.
    case inputOutput
    /// The meta page may be written or not: the next start tells.
    case unknown
  }

  var images: [UInt64: Image] = [:]
  var random: SplitMix64
  /// For the environments whose commits are durable: the log's.
  var faultOfLog: Fault?
  /// For the others: the state's and the views'.
  var faultOfFolds: Fault?
  /// Called before each commit and each sync: other steps may come between.
  var betweenOperations: (() -> Void)?
  /// After so many more operations on the disk the process is dead, and what it does has no effect.
  var deathAfter: Int?
  /// What a dead process left.
  private(set) var left: [UInt64: Image]?
  private var atDeath: (() -> Void)?
  /// The inodes of files that were synced since they were made.
  var syncedFiles: Set<UInt64> = []

  var isDead: Bool { left != nil }

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  /// An operation that changes what is on the disk is about to be done.
  func willChange() {
    betweenOperations?()
    guard let rest = deathAfter, left == nil else { return }
    deathAfter = rest - 1
    if rest <= 1 {
      left = images
      atDeath?()
    }
  }

  /// Lets the process die after so many operations; `body` keeps the files as they are then.
  func dieAfter(_ operations: Int, _ body: @escaping () -> Void) {
    deathAfter = operations
    atDeath = body
  }

  /// The process is gone, and the next one finds what it left.
  func restart() {
    if let left { images = left }
    left = nil
    deathAfter = nil
    atDeath = nil
    faultOfLog = nil
    faultOfFolds = nil
    for (inode, image) in images {
      guard let uncertain = image.uncertain else { continue }
      let isThere = random.oneIn(2)
      images[inode]?.uncertain = nil
      if isThere {
        images[inode]?.committed = uncertain
        images[inode]?.synced = uncertain
      }
    }
  }

  /// The power went: of what was not synced, anything may be there, table by table.
  func losePower() {
    for (inode, image) in images where image.committed.number != image.synced.number {
      var version = random.oneIn(2) ? image.synced : image.committed
      let other = random.oneIn(2) ? image.synced : image.committed
      for index in version.tables.indices where index < other.tables.count {
        version.tables[index] = other.tables[index]
        if random.oneIn(2) { break }
      }
      images[inode] = Image(committed: version, synced: version)
    }
  }

  static func inode(of path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }
}

/// The files' own sync: remembered, because the simulated disk is the machine's memory.
@_cdecl("fsync")
func simulatedSync(_ descriptor: CInt) -> CInt {
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { return -1 }
  if Disk.shared.isDead == false { Disk.shared.syncedFiles.insert(UInt64(status.st_ino)) }
  return 0
}
