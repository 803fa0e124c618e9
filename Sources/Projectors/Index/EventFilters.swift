package import Marketplace

/// Under which things an event is found.
extension EventIndex {
  /// Every filter that the event meets, in no order and without repeats that matter.
  package static func filters(of record: borrowing LentRecord) throws(RecordError) -> [Filter] {
    var filters: [Filter] = []
    try post(record) { filters.append($0) }
    return filters
  }

  /// Calls `add` for each thing that the event is about.
  static func post(
    _ record: borrowing LentRecord,
    _ add: (Filter) -> Void
  ) throws(RecordError) {
    func post(_ kind: Kind, _ thing: Position?) {
      if let thing { add(Filter(kind, thing)) }
    }
    func post(_ kind: Kind, _ person: Person?) {
      if let person { add(Filter(kind, person.number)) }
    }
    let position = record.position
    switch try record.event() {
    case .policyAdopted:
      post(.policy, 0 as Position)
    case .shopOpened:
      post(.shop, position)
    case .brandRegistered:
      post(.brand, position)
      post(.agency, position)
    case .productListed(let event):
      post(.shop, try event.shop)
      post(.product, position)
      post(.brand, try event.brand)
    case .productRetitled(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
    case .priceChanged(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
    case .stockAdjusted(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
    case .productDelisted(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
    case .productRelisted(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
    case .visitRecorded(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
      post(.brand, try event.brand)
      post(.share, try event.attribution().share)
      post(.buyer, try event.visitor)
    case .productShared(let event):
      post(.shop, try event.shop)
      post(.product, try event.product)
      post(.brand, try event.brand)
      post(.share, position)
      post(.share, try event.via)
    case .productPurchased(let event):
      post(.shop, try event.shop)
      post(.order, position)
      post(.product, try event.product)
      post(.brand, try event.brand)
      post(.share, try event.attribution().share)
      post(.buyer, try event.buyer)
    case .purchaseRefunded(let event):
      post(.shop, try event.shop)
      post(.order, try event.order)
      post(.product, try event.product)
      post(.brand, try event.brand)
      post(.buyer, try event.buyer)
    case .agentSignedUp(let event):
      post(.brand, try event.brand)
      post(.agency, try event.brand)
      post(.agent, try event.agent)
      post(.agent, try event.sponsor)
    case .agentReparented(let event):
      post(.brand, try event.brand)
      post(.agency, try event.brand)
      post(.agent, try event.agent)
      post(.agent, try event.from)
      post(.agent, try event.to)
    case .agentLeft(let event):
      post(.brand, try event.brand)
      post(.agency, try event.brand)
      post(.agent, try event.agent)
      post(.agent, try event.sponsor)
    }
  }
}
