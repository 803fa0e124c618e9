internal import LMDB

/// What the ledger finds on its machine.
extension Ledger {
  /// Of the library in use, which may be another than the one built against.
  package static var lmdbVersion: (major: Int, minor: Int, patch: Int) { Environment.version }

  /// The tzdata: its version, `unknown` when it does not say, and whether it has any zone.
  package static var timeZones: (version: String, isUsable: Bool) {
    let zones = TimeZones()
    return (zones.version, zones.knows("Asia/Shanghai"))
  }
}
