import Ledger

/// How the program ends: part of its interface, for scripts.
enum ProgramStatus: Int32 {
  case done = 0
  /// Refused, or found something wrong.
  case refused = 1
  case usage = 2
  /// No server answers, or there is no data.
  case unavailable = 3
}

/// Ends the program: the status, and one sentence for standard error with the cure.
struct Failure: Error, Hashable {
  var status: ProgramStatus
  /// Empty when everything has been said.
  var message: String

  init(_ status: ProgramStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}

extension Failure {
  /// Says why a directory cannot be used.
  init(_ error: LedgerError) {
    self.init(error.isMissingData ? .unavailable : .refused, error.description)
  }
}
