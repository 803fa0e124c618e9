package import Marketplace

/// Under which things an event is found.
extension EventIndex {
  /// Every filter that the event meets, in no order and without repeats that matter.
  package static func filters(of record: Record) -> [Filter] {
    var filters: [Filter] = []
    post(record) { filters.append($0) }
    return filters
  }

  /// Calls `add` for each thing that the event is about.
  static func post(_ record: Record, _ add: (Filter) -> Void) {
    func post(_ kind: Kind, _ entity: UInt64) { add(Filter(kind, entity)) }
    func post(_ kind: Kind, _ thing: Reference?) {
      if let thing { add(Filter(kind, thing.position)) }
    }
    func post(_ kind: Kind, _ person: Person?) {
      if let person { add(Filter(kind, person.number)) }
    }
    let position = record.position
    if let shop = record.event.shop(at: position) { post(.shop, shop.position) }
    switch record.event {
    case .shopOpened, .policyAdopted:
      break
    case .brandRegistered:
      post(.brand, position)
    case .productListed(let event):
      post(.product, position)
      post(.brand, event.brand)
    case .productRetitled(let event):
      post(.product, event.product)
    case .priceChanged(let event):
      post(.product, event.product)
    case .stockAdjusted(let event):
      post(.product, event.product)
    case .productDelisted(let event):
      post(.product, event.product)
    case .productRelisted(let event):
      post(.product, event.product)
    case .visitRecorded(let event):
      post(.product, event.product)
      post(.brand, event.brand)
      post(.share, event.attribution.share)
      post(.buyer, event.visitor)
    case .productShared(let event):
      post(.product, event.product)
      post(.brand, event.brand)
      post(.share, position)
      post(.share, event.via)
    case .productPurchased(let event):
      post(.order, position)
      post(.product, event.product)
      post(.brand, event.brand)
      post(.share, event.attribution.share)
      post(.buyer, event.buyer)
    case .purchaseRefunded(let event):
      post(.order, event.order)
      post(.product, event.product)
      post(.brand, event.brand)
      post(.buyer, event.buyer)
    case .agentSignedUp(let event):
      post(.brand, event.brand)
      post(.agent, event.agent)
      post(.agent, event.sponsor)
    case .agentReparented(let event):
      post(.brand, event.brand)
      post(.agent, event.agent)
      post(.agent, event.from)
      post(.agent, event.to)
    case .agentLeft(let event):
      post(.brand, event.brand)
      post(.agent, event.agent)
      post(.agent, event.sponsor)
    }
  }
}
