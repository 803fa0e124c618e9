internal import EventLog
internal import Foundation
internal import JSON
internal import Marketplace

// An exported log, format 1
// =========================
//
// NDJSON: one CloudEvent of CloudEvents 1.0 in its JSON format a line, so that any SDK for those reads
// it. The same log gives the same bytes.
//
// The first line has the type shopledger.v1.LogExported, and its data says what the file is:
//
//   format     1
//   ledger     which ledger it is of, as in manifest.json
//   size       how many events the log had
//   rootHash   of the tree of RFC 6962 over their records, in hexadecimal
//   epoch      which line of the ledger it is of; an import begins the next, as a restore does
//   whole      whether every event follows, with every name and text
//   key        when it is whole: the ledger's key, in base64; under it the ledger tells whether a
//              command's id comes again with the same content
//
// The last line has the type shopledger.v1.LogExportEnded, and its data says how many `events` stand
// between: a file without it was cut off.
//
// Each line between is an event. Its type is shopledger.v1. and what happened; its id the position;
// its source urn:shopledger: and the ledger; its time when it was recorded; its subject the thing
// that it is about; its data what `GET /v1/events/{position}` answers. The extension attributes
// hold what the log holds, and are what an import goes by:
//
//   position   the position: text, since an Integer of CloudEvents has 32 bits
//   record     the record's bytes, which are the leaf of the tree, in base64
//   people     whom the record names first: number, salt in base64 and name, parted by colons; one
//              person from the next parted by a blank
//   textrow    16 bytes of salt and then the private text, in base64: a String of CloudEvents may
//              have no line breaks
//
// Without names, people and textrow are left out, data has person:12 for names and no private texts,
// and the first line no key. The records are the same, so that the root can still be computed.

enum ExportFormat {
  static let version: Int64 = 1
  static let typePrefix = "shopledger.v1."
  static let started = typePrefix + "LogExported"
  static let ended = typePrefix + "LogExportEnded"

  static func source(_ identity: [UInt8]) -> String { "urn:shopledger:" + Ledger.hex(identity) }

  /// Begins a CloudEvent: the attributes that every one has.
  static func attributes(
    _ json: inout JSONWriter,
    id: String,
    source: String,
    type: String,
    time: Microseconds?
  ) {
    json.member("specversion", "1.0")
    json.member("id", id)
    json.member("source", source)
    json.member("type", type)
    json.member("time", ifPresent: time.map { Timestamp.text($0) })
    json.member("datacontenttype", "application/json")
  }

  static func base64(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
  }

  static func bytes(base64 text: String?) -> [UInt8]? {
    text.flatMap { Data(base64Encoded: $0) }.map(Array.init)
  }
}

extension Event {
  /// The id of the thing that the event is about, for whoever sorts events by it.
  var subject: String {
    switch self {
    case .shopOpened(let event): event.shop
    case .brandRegistered(let event): event.brand
    case .productListed(let event): event.product
    case .productRetitled(let event): event.product.id
    case .priceChanged(let event): event.product.id
    case .stockAdjusted(let event): event.product.id
    case .productDelisted(let event): event.product.id
    case .productRelisted(let event): event.product.id
    case .visitRecorded(let event): event.visit
    case .productShared(let event): event.share
    case .productPurchased(let event): event.order
    case .purchaseRefunded(let event): event.order.id
    case .agentSignedUp(let event): event.brand.id
    case .agentReparented(let event): event.brand.id
    case .agentLeft(let event): event.brand.id
    case .policyAdopted: "policy"
    }
  }
}
