/// The rules in force, as facts of the log.
package struct Policy: Hashable, Sendable {
  /// How many days a visit may lie before a purchase that it explains: 0 to 3,650.
  package var attributionWindowDays: Int32
  /// From how many levels an agent's tree is marked: 1 to 255.
  package var thresholdLevels: Int32
  /// From how many people an agent's tree is marked: 1 to 10^9.
  package var thresholdHeadcount: Int32
  /// How many minutes a visit may lie before an impulse purchase: 0 to 10,080.
  package var impulseMinutes: Int32

  package init(
    attributionWindowDays: Int32,
    thresholdLevels: Int32,
    thresholdHeadcount: Int32,
    impulseMinutes: Int32
  ) {
    self.attributionWindowDays = attributionWindowDays
    self.thresholdLevels = thresholdLevels
    self.thresholdHeadcount = thresholdHeadcount
    self.impulseMinutes = impulseMinutes
  }

  /// In force until the first PolicyAdopted.
  package static let initial = Policy(
    attributionWindowDays: 7,
    thresholdLevels: 3,
    thresholdHeadcount: 30,
    impulseMinutes: 30
  )
}
