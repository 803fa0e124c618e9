import Marketplace
import Testing

@testable import Ledger

struct StateCheckpointTests {
  private var checkpoint: StateCheckpoint {
    var checkpoint = StateCheckpoint.start(of: Array(1...16))
    checkpoint.mark.position = 1_000
    checkpoint.leafHash = Array(repeating: 9, count: 32)
    checkpoint.mark.refusals = 17
    checkpoint.mark.policy = PolicyInForce(
      policy: Policy(
        attributionWindowDays: 1,
        thresholdLevels: 2,
        thresholdHeadcount: 3,
        impulseMinutes: 4
      ),
      position: 77
    )
    checkpoint.mark.lastPerson = 400
    checkpoint.runs = [
      StateCheckpoint.Run(name: "ids-9", count: 12, checksum: 1),
      StateCheckpoint.Run(name: "ids-3", count: 400, checksum: .max),
    ]
    checkpoint.nextRun = 10
    return checkpoint
  }

  @Test func `a checkpoint is read as it was written`() {
    #expect(StateCheckpoint(row: checkpoint.row) == checkpoint)
    let start = StateCheckpoint.start(of: Array(1...16))
    #expect(StateCheckpoint(row: start.row) == start)
  }

  @Test func `a row that was cut or changed anywhere is no checkpoint`() {
    let row = checkpoint.row
    for count in row.indices { #expect(StateCheckpoint(row: Array(row[..<count])) == nil) }
    for index in row.indices {
      for change in [1, 0x80, 0xFF] as [UInt8] {
        var changed = row
        changed[index] ^= change
        #expect(StateCheckpoint(row: changed) == nil, "byte \(index)")
      }
    }
    #expect(StateCheckpoint(row: row + [0]) == nil)
  }
}
