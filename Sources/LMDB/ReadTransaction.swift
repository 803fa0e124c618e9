import CLMDB

/// A snapshot of one commit, for as long as the value lives; may move between threads.
@safe package struct ReadTransaction: ~Copyable, Transaction {
  private let environment: Environment
  private let handle: OpaquePointer

  init(environment: Environment, handle: OpaquePointer) {
    self.environment = environment
    unsafe self.handle = unsafe handle
  }

  package var reads: TransactionReads {
    unsafe TransactionReads(handle: handle, owner: ObjectIdentifier(environment))
  }

  deinit {
    unsafe environment.endRead(handle)
  }
}
