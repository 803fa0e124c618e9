import Foundation
import Glibc
import HTTPAPI
import JSON
import Ledger

/// What is looked at of the settings, and of the server, if one runs.
struct ServerChecks {
  let settings: Settings

  func findings() async -> [Diagnosis] {
    var findings: [Diagnosis] = []
    do {
      _ = try await settings.ledger
      let server = try await settings.server
      _ = try await settings.logLevel
      findings.append(limits(connections: server.maxConnections))
      findings.append(addressSpace(bytes: try await settings.ledger.mapSize))
      if let server = await self.server() { findings.append(server) }
    } catch {
      let detail = (error as? Failure)?.message ?? "\(error)"
      findings.append(.mend("settings", detail, cure: "correct it; see shopledger serve --help"))
    }
    return findings
  }

  private func limits(connections: Int) -> Diagnosis {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // Databases, views, runs of ids, logs: some 40 were seen open.
    let wanted = connections + 100
    let detail = "\(limit.rlim_cur) open files, for \(connections) connections"
    return limit.rlim_cur >= rlim_t(wanted)
      ? .fine("limits", detail)
      : .mend(
        "limits",
        detail,
        cure:
          "raise it to \(wanted) or more (LimitNOFILE=, ulimit -n), or lower http.maxConnections"
      )
  }

  private func addressSpace(bytes: Int) -> Diagnosis {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    let isUnlimited = limit.rlim_cur == .max
    guard isUnlimited || limit.rlim_cur > rlim_t(bytes) else {
      return .mend(
        "address space",
        "limited to \(limit.rlim_cur >> 30) GiB, and the log's map takes \(bytes >> 30)",
        cure: "lift the limit (ulimit -v unlimited), or lower mapGibibytes"
      )
    }
    return .fine("address space", isUnlimited ? "without limit" : "\(limit.rlim_cur >> 30) GiB")
  }

  /// Nil when none answers, which is no fault.
  private func server() async -> Diagnosis? {
    guard let socket = try? await settings.socket,
      FileManager.default.fileExists(atPath: socket)
    else { return nil }
    do {
      let client = LedgerClient(socket: socket, serverUser: try await settings.serverUser)
      let status = try await client.get(["status"]).checked().parsed()
      let position = status["position"]?.integer ?? 0
      if status["writer"]?.string == "stopped" {
        return .mend(
          "server",
          status["detail"]?.string ?? "its writer has stopped",
          cure: "see to the disk, restart it, and verify"
        )
      }
      return .fine("server", "answers at \(socket), log at \(position)")
    } catch {
      return .watch(
        "server",
        (error as? Failure)?.message ?? "\(error)",
        cure: "start it, or remove the socket of one that was killed; a start does so too"
      )
    }
  }
}
