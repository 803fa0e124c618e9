package import JSON

extension Record {
  /// Writes the record as an entry of `/v1/events`.
  ///
  /// `names` gives a person's name; `text` is the event's private text, nil when it has none or it
  /// was forgotten. What is absent is left out.
  package func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    try json.object { json in
      json.member("position", envelope.position)
      json.member("recordedAt", Timestamp.text(envelope.recordedAt))
      try writeWhatHappened(to: &json, names: names, text: text)
    }
  }

  /// Writes the members of the same but `position` and `recordedAt`, which only recording gives.
  package func writeWhatHappened(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    let offset = envelope.occurredOffsetMinutes ?? 0
    json.member("occurredAt", Timestamp.text(envelope.occurredAt, offsetMinutes: offset))
    json.member("localDay", Timestamp.dayText(envelope.localDay))
    json.member("type", event.type)
    json.member("command", envelope.commandID)
    if let actor = envelope.actor { json.member("actor", try names(actor)) }
    if let peer = envelope.peer { json.member("peer", peer) }
    json.member("correlation", ifPresent: envelope.correlation)
    if envelope.causation != 0 { json.member("causation", envelope.causation) }
    try json.object("data") { json in
      try event.write(to: &json, names: names, text: text)
    }
  }
}

extension Event {
  fileprivate func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    switch self {
    case .shopOpened(let event): try event.write(to: &json, names: names, text: text)
    case .brandRegistered(let event): try event.write(to: &json, names: names)
    case .productListed(let event): try event.write(to: &json, names: names, text: text)
    case .productRetitled(let event): event.write(to: &json)
    case .priceChanged(let event): event.write(to: &json)
    case .stockAdjusted(let event): event.write(to: &json, text: text)
    case .productDelisted(let event): event.write(to: &json, text: text)
    case .productRelisted(let event): event.write(to: &json, text: text)
    case .visitRecorded(let event): try event.write(to: &json, names: names, text: text)
    case .productShared(let event): try event.write(to: &json, names: names)
    case .productPurchased(let event): try event.write(to: &json, names: names, text: text)
    case .purchaseRefunded(let event): try event.write(to: &json, names: names, text: text)
    case .agentSignedUp(let event): try event.write(to: &json, names: names)
    case .agentReparented(let event): try event.write(to: &json, names: names, text: text)
    case .agentLeft(let event): try event.write(to: &json, names: names, text: text)
    case .policyAdopted(let event): event.write(to: &json)
    }
  }
}

extension Entry {
  /// The members of an `entry`, as in commands.
  func write(to json: inout JSONWriter, query: String?) {
    json.member("mode", mode.name)
    json.member("share", ifPresent: share)
    json.member("query", ifPresent: query)
    json.member("intent", ifPresent: intent.name)
    json.member("scene", ifPresent: scene.name)
    json.member("community", ifPresent: community)
  }
}

extension Attribution {
  /// The members of an `attribution`: the ledger's decision, the ids of its evidence and the rule.
  func write(to json: inout JSONWriter) {
    json.member("mode", mode.name)
    json.member("scene", ifPresent: scene.name)
    json.member("community", ifPresent: community)
    json.member("intent", ifPresent: intent.name)
    json.member("share", ifPresent: share?.id)
    if shareDepth != 0 { json.member("shareDepth", shareDepth) }
    json.member("visit", ifPresent: visit?.id)
    json.member("rule", rule)
  }
}
