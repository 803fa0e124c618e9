import EventLog
import Foundation
import Glibc
import Ledger
import Projectors

/// Row g: what an event takes on the disk.
struct SizeRows {
  let bench: Bench

  func run() throws -> [Line] {
    try Self.lines(bench, Bench.base, row: "g", of: "")
  }

  /// A line for each part of a stopped ledger.
  static func lines(_ bench: Bench, _ name: String, row: String, of ledger: String) throws -> [Line]
  {
    let data = bench.path(name)
    let log = try EventLog.open(directory: data + "/log")
    var recordBytes = 0
    try log.eachRecord { recordBytes += $0.byteCount }
    let events = Double(log.head)
    log.close()
    let record = Double(recordBytes) / events
    let parts =
      [("log, records alone", record), ("log", try bytes(under: data + "/log") / events)]
      + [("state", try bytes(under: data + "/state") / events)]
      + (try Ledger.projectors.map {
        ("view \($0.name)", try bytes(under: data + "/views/" + $0.name) / events)
      })
    return parts.map { part, bytes in
      Line(
        row: row,
        what: part + ledger,
        figure: Spread([bytes]),
        unit: "bytes/event",
        ratio: Spread([bytes / record]),
        reference: "records"
      )
    }
  }

  /// What the files take on the disk.
  private static func bytes(under directory: String) throws -> Double {
    let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
    return names.reduce(0) { bytes, name in
      var status = stat()
      guard stat(directory + "/" + name, &status) == 0 else { return bytes }
      return bytes + Double(status.st_blocks) * 512
    }
  }
}
