internal import Crypto
internal import Marketplace

/// HMAC-SHA-256 under the log's key, cut to the length of a `CommandDigest`.
///
/// The same codes as Crypto's `HMAC<SHA256>`, in two thirds of its time: that one is generic and not
/// specialised for us. Source: RFC 2104.
struct ContentDigests: Sendable {
  /// Both have taken their block of the key and nothing else: that costs as much as a short content
  /// does.
  private let inner: SHA256
  private let outer: SHA256

  /// - Parameter key: at most 64 bytes, the block of SHA-256.
  init(key: [UInt8]) {
    precondition(key.count <= SHA256.blockByteCount, "a longer key has to be hashed first")
    let block = key + Array(repeating: 0, count: SHA256.blockByteCount - key.count)
    var inner = SHA256()
    inner.update(data: block.map { $0 ^ 0x36 })
    var outer = SHA256()
    outer.update(data: block.map { $0 ^ 0x5c })
    self.inner = inner
    self.outer = outer
  }

  /// The digest of a command's content.
  func digest(of content: [UInt8]) -> CommandDigest {
    var inner = inner
    content.withUnsafeBytes { inner.update(bufferPointer: $0) }
    var outer = outer
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    return outer.finalize().withUnsafeBytes {
      CommandDigest(UnsafeRawBufferPointer(rebasing: $0.prefix(CommandDigest.byteCount)))
    }
  }
}
