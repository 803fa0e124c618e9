package import JSON

/// A policy was adopted; all values in force from here on.
package struct PolicyAdopted: Hashable, Sendable {
  package var policy: Policy

  package init(policy: Policy) {
    self.policy = policy
  }
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

extension PolicyAdopted: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> PolicyAdopted {
    PolicyAdopted(
      policy: Policy(
        attributionWindowDays: fields.int32(1),
        thresholdLevels: fields.int32(2),
        thresholdHeadcount: fields.int32(3),
        impulseMinutes: fields.int32(4)
      )
    )
  }
}

// MARK: In answers

extension PolicyAdopted {
  package func write(to json: inout JSONWriter) {
    json.member("attributionWindowDays", policy.attributionWindowDays)
    json.member("thresholdLevels", policy.thresholdLevels)
    json.member("thresholdHeadcount", policy.thresholdHeadcount)
    json.member("impulseMinutes", policy.impulseMinutes)
  }
}
