import Marketplace
import Testing

@testable import Ledger

struct RefusalTests {
  private static let refusal = Refusal(
    id: "c1",
    digest: CommandDigest(Array(1...16)),
    rejection: Rejection(.unknownShop, "there is no shop s1; open it first"),
    recordedAt: 1_500_000_000_000_000
  )

  @Test func `a row gives back what was refused`() {
    #expect(Refusal(row: Self.refusal.row) == Self.refusal)
  }

  @Test func `a row that was cut or has grown is none`() {
    let row = Self.refusal.row
    for count in 0..<row.count { #expect(Refusal(row: Array(row[..<count])) == nil) }
    #expect(Refusal(row: row + [0]) == nil)
  }

  /// Whatever a byte says of a length, nothing is read past the end.
  @Test func `damage of any byte gives a refusal or none`() {
    var read = 0
    for index in Self.refusal.row.indices {
      for byte in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var row = Self.refusal.row
        row[index] = byte
        if Refusal(row: row) != nil { read += 1 }
      }
    }
    #expect(read > 100)
  }
}
