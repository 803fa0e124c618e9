import EventLog
import LMDB

/// Tells what the system lacks for now from what is broken.
package enum Shortage {
  /// Whether the same call may succeed later, when there is room, memory or a descriptor again.
  package static func mayPass(_ error: any Error) -> Bool {
    switch error {
    case let error as LMDBError: error.mayPass
    case LogError.full: true
    case LogError.storage(let error): error.mayPass
    case is Files.Failure: true
    default: false
    }
  }
}
