internal import JSON

/// A policy was adopted; all values in force from here on.
package struct PolicyAdopted: Hashable, Sendable {
  package var policy: Policy
}

// MARK: The record

extension PolicyAdopted {
  func encode(into output: inout ProtobufWriter) {
    output.varint(1, policy.attributionWindowDays)
    output.varint(2, policy.thresholdLevels)
    output.varint(3, policy.thresholdHeadcount)
    output.varint(4, policy.impulseMinutes)
  }

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    policy = Policy(
      attributionWindowDays: 0,
      thresholdLevels: 0,
      thresholdHeadcount: 0,
      impulseMinutes: 0
    )
    while let field = try input.next() {
      switch field {
      case 1: policy.attributionWindowDays = try input.int32()
      case 2: policy.thresholdLevels = try input.int32()
      case 3: policy.thresholdHeadcount = try input.int32()
      case 4: policy.impulseMinutes = try input.int32()
      default: try input.skip()
      }
    }
  }
}

// MARK: In answers

extension PolicyAdopted {
  func write(to json: inout JSONWriter) {
    json.member("attributionWindowDays", policy.attributionWindowDays)
    json.member("thresholdLevels", policy.thresholdLevels)
    json.member("thresholdHeadcount", policy.thresholdHeadcount)
    json.member("impulseMinutes", policy.impulseMinutes)
  }
}
