internal import JSON
internal import Marketplace

extension LedgerLog {
  /// The event in one plain sentence, with amounts as people write them, such as `128.00 CNY`.
  func sentence(_ record: Record) throws -> String {
    switch record.event {
    case .shopOpened(let event):
      try "\(name(of: event.owner)) opened shop \(event.shop)"
    case .brandRegistered(let event):
      try "\(name(of: event.owner)) registered brand \(event.brand)"
    case .productListed(let event):
      "\(event.product) was listed in \(event.shop.id) at \(money(event.price, event.currency)), "
        + "\(event.stock) in stock"
    case .productRetitled(let event):
      "\(event.product.id) was retitled \(event.title)"
    case .priceChanged(let event):
      "\(event.product.id) went from \(event.from) to \(event.to) minor units"
    case .stockAdjusted(let event):
      "the stock of \(event.product.id) was adjusted by \(event.by) to \(event.after)"
    case .productDelisted(let event):
      "\(event.product.id) was taken off sale"
    case .productRelisted(let event):
      "\(event.product.id) was put on sale again"
    case .visitRecorded(let event):
      try "\(name(of: event.visitor)) visited \(event.shop.id)"
        + (event.product.map { " for \($0.id)" } ?? "") + how(event.attribution)
    case .productShared(let event):
      try "\(name(of: event.sharer)) shared \(event.product.id) as \(event.share)"
        + (event.via.map { ", passing on \($0.id)" } ?? "")
    case .productPurchased(let event):
      try "\(name(of: event.buyer)) bought \(event.quantity) of \(event.product.id) for "
        + "\(money(event.total, event.currency)) (order \(event.order))" + how(event.attribution)
        + (event.impulse ? ", on impulse" : "")
        + (event.stockAfter == 0 ? ", the last in stock" : "")
    case .purchaseRefunded(let event):
      try "\(money(event.amount, event.currency)) of order \(event.order.id) went back to "
        + "\(name(of: event.buyer)), for \(event.quantity) of \(event.product.id)"
    case .agentSignedUp(let event):
      try "\(name(of: event.agent)) signed up for \(event.brand.id)"
        + (event.sponsor.map { try " below \(name(of: $0))" } ?? " as a root")
        + (event.entryFee > 0 ? ", paying \(money(event.entryFee, event.currency))" : "")
    case .agentReparented(let event):
      try "\(name(of: event.agent)) moved"
        + (event.from.map { try " from \(name(of: $0))" } ?? "")
        + (event.to.map { try " to \(name(of: $0))" } ?? " to the roots")
    case .agentLeft(let event):
      try "\(name(of: event.agent)) left \(event.brand.id)"
        + (event.cause == .revoked ? ", revoked" : "") + recruitsOf(record)
    case .policyAdopted(let event):
      "a policy was adopted: \(event.policy.thresholdLevels) levels and "
        + "\(event.policy.thresholdHeadcount) people are reported"
    }
  }

  private func money(_ amount: Int64, _ currency: String) -> String {
    "\(Figure.money(.integer(amount), currency)) \(currency)"
  }

  private func how(_ attribution: Attribution) -> String {
    switch attribution.mode {
    case .unknown: ""
    case .stroll: ", strolling"
    case .search: ", by a search"
    case .share: ", by share \(attribution.share?.id ?? "")"
    }
  }

  /// What else the command of a leaving did.
  private func recruitsOf(_ record: Record) -> String {
    let moved = record.envelope.commandEvents - 1
    return moved == 0 ? "" : ", and \(moved) direct recruit\(moved == 1 ? "" : "s") moved up"
  }
}
