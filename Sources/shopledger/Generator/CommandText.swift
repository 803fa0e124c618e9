/// The generated commands as NDJSON, appended piece by piece to one buffer that is used again.
///
/// Every text given to it needs no escapes: sample names and words have none.
struct CommandText {
  var bytes: [UInt8] = []
  private var seed: [UInt8]
  private var rhythm: DailyRhythm
  private var index = 0

  init(seed: UInt64, commands: Int) {
    self.seed = Array("s\(seed)-".utf8)
    rhythm = DailyRhythm(commands: commands)
  }

  /// Appends one line: the command's envelope with the data that `data` writes.
  mutating func command(_ type: String, _ data: (inout CommandText) -> Void) {
    bytes += #"{"id":""#.utf8
    bytes += seed
    append(index + 1)
    bytes += #"","type":""#.utf8
    bytes += type.utf8
    bytes += #"","occurredAt":""#.utf8
    rhythm.append(timeOf: index, to: &bytes)
    bytes += #"","data":{"#.utf8
    data(&self)
    close()
    bytes += "}\n".utf8
    index += 1
  }

  mutating func object(_ name: String, _ members: (inout CommandText) -> Void) {
    key(name)
    bytes.append(UInt8(ascii: "{"))
    members(&self)
    close()
    bytes.append(UInt8(ascii: ","))
  }

  /// An identifier: a letter for the kind of thing, and the thing's number.
  mutating func member(_ name: String, _ kind: Unicode.Scalar, _ number: Int) {
    key(name)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: kind))
    append(number)
    bytes += "\",".utf8
  }

  mutating func member(_ name: String, person: Int32) {
    if person < 0 {
      member(name, "m", Int(-person))
    } else {
      member(name, "u", Int(person))
    }
  }

  mutating func member(_ name: String, _ text: String) {
    key(name)
    bytes.append(UInt8(ascii: "\""))
    bytes += text.utf8
    bytes += "\",".utf8
  }

  mutating func member(_ name: String, number: Int) {
    key(name)
    append(number)
    bytes.append(UInt8(ascii: ","))
  }

  mutating func member(_ name: String, flag: Bool) {
    key(name)
    bytes += (flag ? "true," : "false,").utf8
  }

  private mutating func key(_ name: String) {
    bytes.append(UInt8(ascii: "\""))
    bytes += name.utf8
    bytes += "\":".utf8
  }

  /// Ends an object whose last member left its comma.
  private mutating func close() {
    if bytes.last == UInt8(ascii: ",") {
      bytes[bytes.count - 1] = UInt8(ascii: "}")
    } else {
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func append(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    var rest = number.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}
