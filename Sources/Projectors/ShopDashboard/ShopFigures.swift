package import JSON
import Marketplace

/// The figures of a shop over some scope: a day, a range of days, or all time.
package struct ShopFigures: Hashable, Sendable {
  package var visits: UInt64 = 0
  /// Distinct people, as are all counts of people here.
  package var visitors = 0
  package var buyers = 0
  /// People who both visited and bought in the scope.
  package var visitorsWhoBought = 0
  /// Buyers with an order in the scope that was not their first in this shop.
  package var repeaters = 0
  package var units: Int128 = 0
  package var refundsBooked: Int128 = 0
  package var refundsCohort: Int128 = 0
  package var impulseOrders: UInt64 = 0
  /// How often a stock reached 0.
  package var stockOuts: UInt64 = 0
  /// By the raw value of the mode.
  package var modes = [Sales](repeating: Sales(), count: Mode.allCases.count)
  /// By the raw value of the kind of goods.
  package var kinds = [Sales](repeating: Sales(), count: GoodsKind.allCases.count)

  /// Nothing at all.
  package init() {}

  package var orders: UInt64 { modes.reduce(0) { $0 + $1.orders } }
  /// Quantity times price in minor units, refunds not taken off.
  package var gross: Int128 { modes.reduce(0) { $0 + $1.gross } }
  package var netBooked: Int128 { gross - refundsBooked }
  package var netCohort: Int128 { gross - refundsCohort }
  package var averageOrderValue: Double? { ratio(gross, orders) }
  package var spendPerBuyer: Double? { ratio(gross, buyers) }
  package var conversion: Double? { ratio(visitorsWhoBought, visitors) }
  package var refundRate: Double? { ratio(refundsCohort, gross) }
  package var repurchaseRate: Double? { ratio(repeaters, buyers) }

  /// Writes the figures as members of the object that was begun.
  package func write(to json: inout JSONWriter) {
    json.member("visits", visits)
    json.member("visitors", visitors)
    json.member("orders", orders)
    json.member("units", units)
    json.member("buyers", buyers)
    json.member("gross", gross)
    json.member("refundsBooked", refundsBooked)
    json.member("refundsCohort", refundsCohort)
    json.member("netBooked", netBooked)
    json.member("netCohort", netCohort)
    json.member("averageOrderValue", ratio: averageOrderValue)
    json.member("spendPerBuyer", ratio: spendPerBuyer)
    json.member("conversion", ratio: conversion)
    json.member("refundRate", ratio: refundRate)
    json.member("repurchaseRate", ratio: repurchaseRate)
    json.member("impulseOrders", impulseOrders)
    json.member("stockOuts", stockOuts)
    json.object("kinds") { json in
      for kind in [GoodsKind.branded, .native, .fresh, .handicraft, .other] {
        Self.write(kinds[Int(kind.rawValue)], kind.name, to: &json)
      }
    }
    json.object("modes") { json in
      for mode in [Mode.stroll, .share, .search, .unknown] {
        Self.write(modes[Int(mode.rawValue)], mode.name, to: &json)
      }
    }
  }

  private static func write(_ sales: Sales, _ name: String, to json: inout JSONWriter) {
    json.object(name) { json in
      json.member("orders", sales.orders)
      json.member("gross", sales.gross)
    }
  }

  private func ratio(_ part: some BinaryInteger, _ whole: some BinaryInteger) -> Double? {
    whole == 0 ? nil : Self.double(part) / Self.double(whole)
  }

  /// The nearest double; that of an integer of 128 bits goes through generic code, which is slow.
  private static func double(_ number: some BinaryInteger) -> Double {
    Int64(exactly: number).map { Double($0) } ?? Double(number)
  }
}

extension ShopFigures {
  /// Joins sums with the counts of the same scope's people.
  init(_ sums: ShopSums, _ people: ShopPeopleCounts) {
    self.init()
    visits = sums.visits
    visitors = people.visitors
    buyers = people.buyers
    visitorsWhoBought = people.visitorsWhoBought
    repeaters = people.repeaters
    units = sums.units
    refundsBooked = sums.refundsBooked
    refundsCohort = sums.refundsCohort
    impulseOrders = sums.impulseOrders
    stockOuts = sums.stockOuts
    for mode in modes.indices { modes[mode] = sums.modes[mode] }
    for kind in kinds.indices { kinds[kind] = sums.kinds[kind] }
  }
}
