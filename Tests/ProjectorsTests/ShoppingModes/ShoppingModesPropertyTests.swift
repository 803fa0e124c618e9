import Marketplace
import Projectors
import TestSupport
import Testing

/// Random logs, folded in any batches and asked about any days.
@Suite struct ShoppingModesPropertyTests {
  static let scopes: [ShoppingModesScope] =
    [.everything]
    + (1...5).map { .shop(ModesMarket.shop($0)) }
    + (1...4).map { .brand(ModesMarket.brand($0)) }

  @Test(arguments: UInt64(1)...4)
  func `the same rows come from any split into batches`(seed: UInt64) throws {
    let records = ModesMarket.random(seed: seed, events: 400).records
    let whole = try foldedModes(records)
    #expect(try foldedModes(records, cuttingAt: Array(records.indices)) == whole)
    var random = SeededRandom(seed)
    for _ in 0..<3 {
      let cuts = records.indices.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }
      #expect(try foldedModes(records, cuttingAt: cuts) == whole)
    }
  }

  @Test(arguments: UInt64(1)...4)
  func `answers over all time are those of the model`(seed: UInt64) throws {
    let records = ModesMarket.random(seed: seed, events: 600).records
    let rows = try foldedModes(records)
    for scope in Self.scopes {
      #expect(try rows.answer(scope) == ModesModel(records, scope).answer())
    }
  }

  @Test(arguments: UInt64(1)...4)
  func `answers over ranges and periods are those of the model`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let records = ModesMarket.random(seed: seed, events: 500).records
    let rows = try foldedModes(records, cuttingAt: [17, 99, 250])
    for round in 0..<25 {
      let scope = Self.scopes.randomElement(using: &random) ?? .everything
      let from = Bool.random(using: &random) ? nil : Day.random(in: -80...80, using: &random)
      let to = Bool.random(using: &random) ? nil : Day.random(in: -80...80, using: &random)
      let period = ([nil] + Period.allCases).randomElement(using: &random) ?? nil
      let currency = [nil, "CNY", "USD", "EUR"].randomElement(using: &random) ?? nil
      let answer = try rows.answer(scope, currency: currency, period: period, from: from, to: to)
      let expected = ModesModel(records, scope)
        .answer(currency: currency, period: period, from: from, to: to)
      // Printed whole, two answers would fill pages.
      let isAsExpected = answer == expected
      #expect(
        isAsExpected,
        "round \(round): \(scope), \(String(describing: period)), \(from ?? .min) to \(to ?? .max)"
      )
    }
  }

  @Test(arguments: UInt64(1)...4)
  func `the widest cascade is one of the greatest, by its first share`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let records = ModesMarket.random(seed: seed, events: 500).records
    let rows = try foldedModes(records)
    for round in 0..<25 {
      let scope = Self.scopes.randomElement(using: &random) ?? .everything
      let from = Bool.random(using: &random) ? nil : Day.random(in: -80...80, using: &random)
      let to = Bool.random(using: &random) ? nil : Day.random(in: -80...80, using: &random)
      let found = try ShoppingModes.widestCascade(scope: scope, from: from, to: to, rows: rows)
      let cascades = ModesModel(records, scope).cascades(from: from, to: to)
      let greatest = cascades.values.max() ?? 0
      let what = "round \(round): \(scope), \(from ?? .min) to \(to ?? .max)"
      if let found {
        #expect(found.shares == greatest && cascades[found.root] == greatest, "\(what)")
      } else {
        #expect(greatest <= 1, "\(what)")
      }
    }
  }
}

/// Folds the records, ending a batch before each of these indices.
func foldedModes(_ records: [Record], cuttingAt cuts: [Int] = []) throws -> MemoryRows {
  var rows = MemoryRows()
  var projector = ShoppingModesProjector()
  for (index, record) in records.enumerated() {
    if cuts.contains(index) { try projector.flush(into: &rows) }
    try projector.fold(record, rows)
  }
  try projector.flush(into: &rows)
  return rows
}

extension RowReader {
  func answer(
    _ scope: ShoppingModesScope = .everything,
    currency: String? = nil,
    period: Period? = nil,
    from: Day? = nil,
    to: Day? = nil,
    position: Position = 0
  ) throws -> ShoppingModes {
    try ShoppingModes.answer(
      scope: scope,
      currency: currency,
      defaultCurrency: "CNY",
      period: period,
      from: from,
      to: to,
      position: position,
      rows: self
    )
  }
}
