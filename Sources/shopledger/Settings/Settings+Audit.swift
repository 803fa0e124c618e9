import Ledger

/// How checkpoints are signed.
extension Settings {
  /// The key's file, which `keygen` makes and the server reads.
  var auditKey: String? {
    get async throws { try await text("audit.key") }
  }

  var auditOrigin: String? {
    get async throws { try await text("audit.origin") }
  }

  var auditIntervalSeconds: Int {
    get async throws { try await number("audit.intervalSeconds", 1...86_400) ?? 60 }
  }

  /// Nil when no key is named: then nothing is signed.
  var audit: AuditConfiguration? {
    get async throws {
      guard let key = try await auditKey else { return nil }
      var audit = AuditConfiguration(keyFile: key, origin: try await auditOrigin)
      audit.intervalSeconds = try await auditIntervalSeconds
      return audit
    }
  }
}
