internal import Marketplace

/// Which kind of name an id is; the same text may name one thing of each kind.
enum IdKind: UInt8 {
  case person = 1
  /// Of an accepted command, or of a refused one that is remembered; see `CommandPlace`.
  case command = 2
  case shop = 4
  case brand = 5
  case product = 6
  case share = 7
  case visit = 8
  case order = 9
  case refund = 10
  /// Not a name but a pair: a person and a shop, leading to the person's last visit there.
  case lastVisit = 11
}

/// Turns ids into the 64-bit keys of the id runs.
///
/// Seeded from the log's secret key: a caller cannot choose ids that collide, and every machine
/// that holds the same log computes the same keys. Equal keys of different ids are possible, so
/// whoever finds a key checks the thing that it leads to.
struct IdHash: Sendable {
  private let seed: UInt64

  init(key: [UInt8]) {
    precondition(key.count >= 8, "the log's key has 32 bytes")
    seed = key.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  func callAsFunction(_ kind: IdKind, _ id: String) -> UInt64 {
    var id = id
    return id.withUTF8 { bytes in
      var state = Self.mix(seed ^ UInt64(kind.rawValue), 0x9E37_79B9_7F4A_7C15)
      let raw = UnsafeRawBufferPointer(bytes)
      var offset = 0
      while offset + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        state = Self.mix(state ^ UInt64(littleEndian: word), 0xA076_1D64_78BD_642F)
        offset += 8
      }
      var tail: UInt64 = 0
      while offset < raw.count {
        tail = tail << 8 | UInt64(raw[offset])
        offset += 1
      }
      return Self.mix(state ^ tail, 0xE703_7ED1_A0B4_28DB ^ UInt64(raw.count))
    }
  }

  func callAsFunction(visitor: Person, shop: Position) -> UInt64 {
    let state = Self.mix(seed ^ UInt64(IdKind.lastVisit.rawValue), 0x9E37_79B9_7F4A_7C15)
    let mixed = Self.mix(state ^ visitor.number, 0xA076_1D64_78BD_642F)
    return Self.mix(mixed ^ shop, 0x8EBC_6AF0_9C88_C6E3)
  }

  /// Folds a 128-bit product; see Wang Yi, "wyhash" (2019), for why that mixes well.
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = (left ^ right.byteSwapped).multipliedFullWidth(by: right | 1)
    return product.high ^ product.low ^ left
  }
}
