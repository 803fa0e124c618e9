/// Why a well-formed command is refused.
package struct Rejection: Error, Hashable, Sendable {
  package var reason: Reason
  /// One sentence with the facts and the cure, such as `p1 costs 900 now, not 800; show the new
  /// price and send again`.
  package var detail: String

  package init(_ reason: Reason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  /// The names are part of the interface; the numbers are stored and never reused.
  package enum Reason: UInt8, CaseIterable, Hashable, Sendable {
    case commandIdReused = 1
    case occurredInFuture = 2
    case occurredTooEarly = 3
    case shopExists = 4
    case unknownCurrency = 5
    case unknownTimeZone = 6
    case brandExists = 7
    case productExists = 8
    case unknownShop = 9
    case invalidPrice = 10
    case invalidStock = 11
    case unknownBrand = 12
    case notAuthorisedForBrand = 13
    case unknownProduct = 14
    case noChange = 15
    case insufficientStock = 16
    case visitExists = 17
    case productOfAnotherShop = 18
    case shareExists = 19
    case productNotListed = 20
    case unknownShare = 21
    case shareOfAnotherProduct = 22
    case orderExists = 23
    case invalidQuantity = 24
    case stalePrice = 25
    case refundExists = 26
    case unknownOrder = 27
    case invalidRefund = 28
    case refundExceedsPurchase = 29
    case selfSponsored = 30
    case agentExists = 31
    case unknownSponsor = 32
    case sponsorHasLeft = 33
    case levelLimitExceeded = 34
    case unknownAgent = 35
    case agentHasLeft = 36
    case wouldCycle = 37
    case alreadyLeft = 38
    case invalidPolicy = 39

    /// The name in answers, such as `StalePrice`.
    package var name: String {
      let name = "\(self)"
      return name.prefix(1).uppercased() + name.dropFirst()
    }
  }
}
