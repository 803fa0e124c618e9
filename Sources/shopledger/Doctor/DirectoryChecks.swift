import Foundation
import Glibc
import JSON
import Ledger

/// What is looked at in and around the data directory.
struct DirectoryChecks {
  let data: String

  /// The directory itself, else the nearest above it that is there.
  private var standing: String {
    var url = URL(fileURLWithPath: data).standardizedFileURL
    while !FileManager.default.fileExists(atPath: url.path), url.path != "/" {
      url.deleteLastPathComponent()
    }
    return url.path
  }

  func findings() -> [Diagnosis] {
    [directory(), files(), fileSystem(), space(), flushes()].compactMap { $0 }
  }

  private func directory() -> Diagnosis {
    guard FileManager.default.fileExists(atPath: data) else {
      return FileManager.default.isWritableFile(atPath: standing)
        ? .fine("directory", "\(data) is not there yet, and can be made")
        : .mend(
          "directory",
          "\(data) is not there, and \(standing) cannot be written",
          cure: "make it and give it to user \(geteuid()): install -d -o USER -m 750 \(data)"
        )
    }
    let found = (try? FileManager.default.attributesOfItem(atPath: data)) ?? [:]
    guard FileManager.default.isWritableFile(atPath: data) else {
      let owner = found[.ownerAccountName] as? String ?? "another user"
      return .mend(
        "directory",
        "\(data) belongs to \(owner), and user \(geteuid()) cannot write it",
        cure: "run as \(owner), or chown it"
      )
    }
    let mode = (found[.posixPermissions] as? NSNumber)?.intValue ?? 0
    guard mode & 0o022 == 0 else {
      return .mend(
        "directory",
        "\(data) can be written by others",
        cure: "chmod go-w \(data): who can put a socket there can pose as the server"
      )
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
    guard names.isEmpty || names.contains("manifest.json") else {
      return .mend(
        "directory",
        "\(data) has files but no manifest.json, so it is no ledger",
        cure: "name an empty directory, or the one that has the manifest"
      )
    }
    return .fine("directory", names.isEmpty ? "\(data) is empty" : "\(data) has a ledger")
  }

  /// Whether the server's user can read and write what is in it.
  private func files() -> Diagnosis? {
    guard let paths = FileManager.default.enumerator(atPath: data)?.compactMap({ $0 as? String })
    else { return nil }
    let locked = paths.filter { path in
      let path = data + "/" + path
      return FileManager.default.fileExists(atPath: path)
        && !(FileManager.default.isReadableFile(atPath: path)
          && FileManager.default.isWritableFile(atPath: path))
    }
    guard let first = locked.first else { return nil }
    return .mend(
      "files",
      "\(locked.count) in \(data) cannot be read and written, such as \(first)",
      cure: "run as the user who owns them, or chown -R the directory to user \(geteuid())"
    )
  }

  private func fileSystem() -> Diagnosis {
    let (type, mount) = mountPoint()
    let detail = "\(type), \(mount)"
    switch type {
    case "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "glusterfs", "afs",
      _ where type.hasPrefix("fuse"):
      return .mend(
        "file system",
        detail,
        cure: "put the data on a local disk: LMDB maps its files and locks them, which this breaks"
      )
    case "tmpfs", "ramfs":
      return .watch("file system", detail, cure: "nothing here outlives the machine; use a disk")
    default: return .fine("file system", detail)
    }
  }

  private func mountPoint() -> (type: String, mount: String) {
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    let path = standing
    var best = (type: "unknown", mount: "/")
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2 else { continue }
      let mount = words[1]
      let holds = mount == "/" || path == mount || path.hasPrefix(mount + "/")
      if holds, mount.count >= best.mount.count { best = (words[2], mount) }
    }
    return best
  }

  private func space() -> Diagnosis {
    let found = (try? FileManager.default.attributesOfFileSystem(forPath: standing)) ?? [:]
    let free = (found[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
    let nodes = (found[.systemFreeNodes] as? NSNumber)?.int64Value
    let mebibytes = free >> 20
    let detail = "\(mebibytes) MiB are free"
    if mebibytes < 64 {
      return .mend("space", detail, cure: "make room: without it commands are answered 503")
    }
    // Some file systems count no nodes, and say 0 of 0.
    let total = (found[.systemNodes] as? NSNumber)?.int64Value ?? 0
    if let nodes, total > 0, nodes < 100 {
      return .mend(
        "space",
        "\(nodes) files can be made",
        cure: "delete some: its inodes are used up"
      )
    }
    // A million events, with their views and room to rebuild them, measured.
    return mebibytes < 1_024
      ? .watch(
        "space",
        detail,
        cure: "a million events take some 500 MB, and a rebuild as much again"
      )
      : .fine("space", detail)
  }

  /// Does what a commit does: writes a page and waits until the disk has it.
  private func flushes() -> Diagnosis {
    let path = standing + "/.shopledger-doctor-\(getpid())"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      return .watch(
        "flush",
        "not measured: \(standing) cannot be written",
        cure: "run the doctor as the server's user"
      )
    }
    defer {
      close(file)
      unlink(path)
    }
    let page = [UInt8](repeating: 0x5A, count: 4_096)
    var times: [Duration] = []
    for number in 0..<64 {
      let start = ContinuousClock.now
      let isWritten = page.withUnsafeBytes {
        pwrite(file, $0.baseAddress, $0.count, off_t(number * $0.count)) == $0.count
      }
      guard isWritten, fdatasync(file) == 0 else {
        return .mend(
          "flush",
          "a page could not be written: \(String(cString: strerror(errno)))",
          cure: "see to the disk; no command could be recorded"
        )
      }
      times.append(ContinuousClock.now - start)
    }
    times.sort()
    let median = times[times.count / 2] / .milliseconds(1)
    let slow = times[times.count * 95 / 100] / .milliseconds(1)
    let detail = "4 KiB in \(shown(median)) ms at the median, \(shown(slow)) ms at p95"
    return median > 20
      ? .watch(
        "flush",
        detail,
        cure: "use a faster disk: one caller gets \(Int(1000 / median)) commands a second"
      )
      : .fine("flush", detail)
  }

  private func shown(_ milliseconds: Double) -> String {
    String(format: "%.2f", milliseconds)
  }
}
