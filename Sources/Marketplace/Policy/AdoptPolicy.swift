/// Puts rules in force from here on; what is not named stays as it is.
package struct AdoptPolicy: CommandData, Hashable {
  package static let type = "AdoptPolicy"

  let attributionWindowDays: Int64?
  let thresholdLevels: Int64?
  let thresholdHeadcount: Int64?
  let impulseMinutes: Int64?

  package init(
    attributionWindowDays: Int64? = nil,
    thresholdLevels: Int64? = nil,
    thresholdHeadcount: Int64? = nil,
    impulseMinutes: Int64? = nil
  ) {
    self.attributionWindowDays = attributionWindowDays
    self.thresholdLevels = thresholdLevels
    self.thresholdHeadcount = thresholdHeadcount
    self.impulseMinutes = impulseMinutes
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    attributionWindowDays = try fields.optionalInteger("attributionWindowDays")
    thresholdLevels = try fields.optionalInteger("thresholdLevels")
    thresholdHeadcount = try fields.optionalInteger("thresholdHeadcount")
    impulseMinutes = try fields.optionalInteger("impulseMinutes")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let inForce = try state.policy.policy
    let policy = try adopted(over: inForce)
    guard policy != inForce else {
      throw Rejection(.noChange, "all these values are in force already; nothing is to be done")
    }
    return Decision([.policyAdopted(PolicyAdopted(policy: policy))])
  }

  /// The policy in force with the fields changed that are named here.
  ///
  /// - Throws: a `Rejection` when one is out of its bounds.
  package func adopted(over inForce: Policy) throws -> Policy {
    var policy = inForce
    try set(&policy.attributionWindowDays, attributionWindowDays, "attributionWindowDays", 0...3650)
    try set(&policy.thresholdLevels, thresholdLevels, "thresholdLevels", 1...255)
    try set(&policy.thresholdHeadcount, thresholdHeadcount, "thresholdHeadcount", 1...1_000_000_000)
    try set(&policy.impulseMinutes, impulseMinutes, "impulseMinutes", 0...10_080)
    return policy
  }

  private func set(
    _ value: inout Int32,
    _ wanted: Int64?,
    _ name: String,
    _ bounds: ClosedRange<Int64>
  ) throws {
    guard let wanted else { return }
    guard bounds.contains(wanted) else {
      throw Rejection(
        .invalidPolicy,
        "\(name) is \(wanted); it must be \(bounds.lowerBound) to \(bounds.upperBound)"
      )
    }
    value = Int32(wanted)
  }
}
