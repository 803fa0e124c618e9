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
}

extension Lent<PolicyAdopted> {
  package var whole: PolicyAdopted {
    get throws(RecordError) {
      try PolicyAdopted(
        policy: Policy(
          attributionWindowDays: int32(1),
          thresholdLevels: int32(2),
          thresholdHeadcount: int32(3),
          impulseMinutes: int32(4)
        )
      )
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
