import JSON

/// One line of the table.
struct Line {
  /// The row of the table that it belongs to, `a` to `i`.
  var row: String
  /// What was measured.
  var what: String
  var figure: Spread
  var unit: String
  /// The figure over `reference`'s, measured in turn with it.
  var ratio: Spread?
  var reference: String = ""
  var latencies: Latencies?
}

/// What was measured, as a table and as JSON.
struct Report {
  var machine: Machine
  var isRealTime: Bool
  /// What the commands were.
  var commands: String
  var rounds: Int
  var lines: [Line] = []

  // MARK: Table

  var table: String {
    let latencies = ["p50", "p99", "p99.9"]
    var cells = [["row", "what", "median", "min–max", "", "ratio", "min–max", "to"] + latencies]
    for line in lines {
      cells.append(
        [
          line.row, line.what, figure(line.figure.median), range(line.figure), line.unit,
          line.ratio.map { ratio($0.median) } ?? "",
          line.ratio.map { "\(ratio($0.least))–\(ratio($0.greatest))" } ?? "", line.reference,
        ]
          + [0.5, 0.99, 0.999].map { part in
            line.latencies.map { figure($0.milliseconds(part)) } ?? ""
          }
      )
    }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let isText = [0, 1, 4, 7]
    let rows = cells.map { cells in
      cells.indices.map { column in
        let blank = String(repeating: " ", count: widths[column] - cells[column].count)
        return isText.contains(column) ? cells[column] + blank : blank + cells[column]
      }.joined(separator: "  ")
    }
    return (header + [""] + rows).map { $0.trimmedAtEnd + "\n" }.joined()
  }

  private var header: [String] {
    let flush = [0.5, 0.99].map { figure(machine.flush.milliseconds($0)) + " ms" }
    return [
      "\(machine.processor), \(machine.cores) cores; Linux \(machine.kernel); "
        + "\(machine.fileSystem)",
      "\(machine.lmdb); a flush of 4 KiB (fdatasync) takes \(flush[0]) at the median, "
        + "\(flush[1]) at p99",
      (isRealTime
        ? "at real-time priority (RR), but views, and beside questions all but the ledger's own"
        : "at normal priority") + "; client and server share the cores",
      "\(commands); \(rounds) rounds, each measuring every reference too; latencies in ms",
    ]
  }

  private func range(_ spread: Spread) -> String {
    "\(figure(spread.least))–\(figure(spread.greatest))"
  }

  // MARK: JSON

  var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.object("machine") { json in
        json.member("processor", machine.processor)
        json.member("cores", machine.cores)
        json.member("kernel", machine.kernel)
        json.member("fileSystem", machine.fileSystem)
        json.member("lmdb", machine.lmdb)
        json.member("flushMsP50", ratio: machine.flush.milliseconds(0.5))
        json.member("flushMsP99", ratio: machine.flush.milliseconds(0.99))
        json.member("realTime", isRealTime)
      }
      json.member("commands", commands)
      json.member("rounds", rounds)
      json.array("lines") { json in
        for line in lines { line.write(to: &json) }
      }
    }
    return json.bytes
  }
}

extension Line {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("row", row)
      json.member("what", what)
      json.member("unit", unit)
      figure.write("figure", to: &json)
      if let ratio {
        ratio.write("ratio", to: &json)
        json.member("to", reference)
      }
      if let latencies {
        json.object("latencyMs") { json in
          json.member("p50", ratio: latencies.milliseconds(0.5))
          json.member("p99", ratio: latencies.milliseconds(0.99))
          json.member("p99.9", ratio: latencies.milliseconds(0.999))
        }
      }
    }
  }
}

extension Spread {
  fileprivate func write(_ name: String, to json: inout JSONWriter) {
    json.object(name) { json in
      json.member("median", ratio: median)
      json.member("min", ratio: least)
      json.member("max", ratio: greatest)
    }
  }
}

/// Three figures that count, and thousands set apart.
private func figure(_ number: Double) -> String {
  if number < 100 { return rounded(number, to: number < 1 ? 3 : number < 10 ? 2 : 1) }
  var digits = Array(String(Int(number.rounded())))
  for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
  return String(digits)
}

private func ratio(_ number: Double) -> String {
  rounded(number, to: number < 10 ? 2 : 1)
}

private func rounded(_ number: Double, to places: Int) -> String {
  var scale = 1
  for _ in 0..<places { scale *= 10 }
  let scaled = Int((number * Double(scale)).rounded())
  let fraction = String(scaled % scale)
  return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
