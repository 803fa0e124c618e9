import Glibc

extension Environment {
  /// Finds out whether the disk has room for a commit of about so many bytes.
  ///
  /// LMDB reports a short write on a full disk as EIO, as it does a broken disk; this tells them
  /// apart. A side file is written where the data file would grow (so that a limit on the size of
  /// files is met too), synchronised and removed.
  ///
  /// - Throws: `.system` with the errno of what failed: ENOSPC, EDQUOT, EFBIG, or a real EIO.
  package func probeDisk(byteCount: Int) throws(LMDBError) {
    let path = directory + "/probe"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .system(errno) }
    defer {
      Glibc.close(descriptor)
      unsafe unlink(path)
    }
    let block = [UInt8](repeating: 0xa5, count: 1 << 16)
    let start = try FileStatus(path: dataFile)?.size ?? 0
    var written = 0
    while written < byteCount {
      let count = unsafe pwrite(
        descriptor,
        block,
        min(block.count, byteCount - written),
        start + written
      )
      if count <= 0 { throw .system(count < 0 ? errno : ENOSPC) }
      written += count
    }
    if fsync(descriptor) != 0 { throw .system(errno) }
  }
}
