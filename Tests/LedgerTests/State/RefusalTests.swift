import Marketplace
import Testing

@testable import Ledger

struct RefusalTests {
  private static let refusal = Refusal(
    id: "c1",
    digest: CommandDigest(Array(1...16)),
    rejection: Rejection(.unknownShop, "there is no shop s1; open it first"),
    recordedAt: 1_500_000_000_000_000,
    type: "ListProduct",
    peer: 1001
  )

  @Test func `a row gives back what was refused`() {
    #expect(Refusal(row: Self.refusal.row) == Self.refusal)
  }

  /// A row may end before the sender, who is not always known, and as earlier programs wrote it,
  /// before the type.
  @Test func `a row that was cut or has grown is none, unless it is one without type or sender`() {
    let row = Self.refusal.row
    let withoutPeer = row.count - 4
    let withoutType = withoutPeer - 2 - Self.refusal.type.utf8.count
    for count in 0..<row.count {
      let cut = Refusal(row: Array(row[..<count]))
      switch count {
      case withoutPeer:
        #expect(cut?.type == Self.refusal.type)
        #expect(cut?.peer == nil)
      case withoutType:
        #expect(cut?.rejection == Self.refusal.rejection)
        #expect(cut?.type == "")
      default: #expect(cut == nil)
      }
    }
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
