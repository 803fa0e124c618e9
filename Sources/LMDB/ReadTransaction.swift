import CLMDB

/// A snapshot of one commit, for as long as the value lives; may move between threads.
@safe package struct ReadTransaction: ~Copyable, Transaction {
  private let environment: Environment
  package let reads: TransactionReads

  init(environment: Environment, handle: OpaquePointer) {
    self.environment = environment
    reads = unsafe TransactionReads(handle: handle, owner: ObjectIdentifier(environment))
  }

  deinit {
    unsafe environment.endRead(reads.handle)
  }
}
