import Crypto
import Marketplace
import Testing

@testable import Ledger

struct ContentDigestsTests {
  /// Around the lengths where SHA-256 begins another block.
  @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 1_000, 20_000])
  func `a digest is the beginning of an HMAC`(length: Int) {
    let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for keyLength in [0, 1, 32, 64] {
      let key = (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &+ 200) }
      let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: key))
      let digests = ContentDigests(key: key)
      #expect(digests.digest(of: content).bytes == Array(Array(code).prefix(16)))
      #expect(digests.digest(of: content).bytes == Array(Array(code).prefix(16)))
    }
  }
}
