import LMDB
import Testing

struct TransactionTests {
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table

  struct Refusal: Error, Equatable {}

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(
      directory: directory.path,
      mapSize: 1 << 20,
      maxReaders: 4,
      create: true,
      durable: false
    )
    table = try environment.createTable("rows")
  }

  private func rows(
    from key: [UInt8] = [],
    _ order: ScanOrder = .ascending,
    limit: Int = .max
  ) throws -> [[UInt8]] {
    try environment.read { transaction in
      var rows: [[UInt8]] = []
      try transaction.scan(table, from: key, order) { (key, value) throws(LMDBError) -> Bool in
        rows.append(key.withUnsafeBytes { [UInt8]($0) } + value.withUnsafeBytes { [UInt8]($0) })
        return rows.count < limit
      }
      return rows
    }
  }

  private func put(_ keys: UInt8...) throws {
    try environment.write { transaction in
      for key in keys { try transaction.put(table, key: [key], value: [key, 0]) }
    }
  }

  @Test func `a body that throws leaves nothing, and its error passes through`() throws {
    try put(1)
    #expect(throws: Refusal()) {
      try environment.write { transaction in
        try transaction.put(table, key: [1], value: [9])
        try transaction.put(table, key: [2], value: [9])
        throw Refusal()
      }
    }
    #expect(try rows() == [[1, 1, 0]])
  }

  @Test func `a transaction that is let go leaves nothing`() throws {
    var transaction = try environment.beginWrite()
    try transaction.put(table, key: [1], value: [1])
    _ = consume transaction
    #expect(try rows() == [])
  }

  @Test func `a snapshot does not see later commits`() throws {
    try put(1)
    let before = try environment.beginRead()
    try put(2)
    #expect(try before.get(table, key: [2]) == nil)
    #expect(try environment.read { try $0.get(table, key: [2]) } == [2, 0])
  }

  @Test func `a renewed read sees the newest commit`() throws {
    for number in UInt8(1)...9 {
      try put(number)
      #expect(try environment.read { try $0.last(table)?.key } == [number])
    }
    #expect(environment.info.readers == 0)
  }

  @Test func `a write reads its own rows`() throws {
    try environment.write { transaction in
      try transaction.put(table, key: [3], value: [])
      #expect(try transaction.get(table, key: [3]) == [])
      #expect(try transaction.first(table)?.key == [3])
    }
  }

  @Test(
    arguments: [
      ([UInt8](), [[2, 2, 0], [4, 4, 0], [6, 6, 0]], [[6, 6, 0], [4, 4, 0], [2, 2, 0]]),
      ([4], [[4, 4, 0], [6, 6, 0]], [[4, 4, 0], [2, 2, 0]]),
      ([5], [[6, 6, 0]], [[4, 4, 0], [2, 2, 0]]),
      ([1], [[2, 2, 0], [4, 4, 0], [6, 6, 0]], []),
      ([7], [], [[6, 6, 0], [4, 4, 0], [2, 2, 0]]),
      ([4, 0], [[6, 6, 0]], [[4, 4, 0], [2, 2, 0]]),
    ] as [([UInt8], [[UInt8]], [[UInt8]])]
  )
  func `a scan begins at a key or the next one in its order`(
    start: [UInt8],
    ascending: [[UInt8]],
    descending: [[UInt8]]
  ) throws {
    try put(2, 4, 6)
    #expect(try rows(from: start) == ascending)
    #expect(try rows(from: start, .descending) == descending)
  }

  @Test func `a scan stops when it is told to, and of an empty table is empty`() throws {
    #expect(try rows() == [])
    #expect(try rows(.descending) == [])
    try put(1, 2, 3)
    #expect(try rows(limit: 2) == [[1, 1, 0], [2, 2, 0]])
    #expect(throws: Refusal()) {
      try environment.read { transaction in
        try transaction.scan(table) { (_, _) throws -> Bool in throw Refusal() }
      }
    }
    #expect(environment.info.readers == 0)
  }

  @Test func `an appended key must be past the last one`() throws {
    try put(5)
    for key in [4, 5] as [UInt8] {
      #expect(throws: LMDBError.keyExists) {
        try environment.write { try $0.append(table, key: [key], value: []) }
      }
    }
    try environment.write { try $0.append(table, key: [6], value: [7]) }
    #expect(try rows() == [[5, 5, 0], [6, 7]])
  }

  @Test func `a reserved value is filled in place`() throws {
    let key: [UInt8] = [1]
    let next: [UInt8] = [2]
    try environment.write { transaction in
      try transaction.put(table, key: key.span.bytes, byteCount: 3) { output in
        for byte in [7, 8, 9] as [UInt8] { output.append(byte) }
      }
      try transaction.append(table, key: next.span.bytes, byteCount: 0) { _ in }
    }
    #expect(try rows() == [[1, 7, 8, 9], [2]])
  }

  @Test func `a key is deleted once, and a table is emptied`() throws {
    try put(1, 2, 3)
    let deleted = try environment.write { transaction in
      [try transaction.delete(table, key: [2]), try transaction.delete(table, key: [2])]
    }
    #expect(deleted == [true, false])
    #expect(try rows() == [[1, 1, 0], [3, 3, 0]])
    try environment.write { try $0.clear(table) }
    #expect(try environment.read { try $0.statistics(table).entries } == 0)
    try put(4)
    #expect(try rows() == [[4, 4, 0]])
  }

  @Test(arguments: [0, 512])
  func `a key that LMDB cannot hold is refused`(byteCount: Int) throws {
    #expect(throws: LMDBError.badValueSize) {
      try environment.write {
        try $0.put(table, key: [UInt8](repeating: 0, count: byteCount), value: [])
      }
    }
  }

  @Test func `a full map refuses the write and keeps what was there`() throws {
    try put(1)
    #expect(throws: LMDBError.mapFull) {
      try environment.write { transaction in
        for key in UInt8(2)...255 {
          try transaction.put(table, key: [key], value: [UInt8](repeating: 0, count: 10_000))
        }
      }
    }
    #expect(try rows() == [[1, 1, 0]])
    try put(2)
    #expect(try rows() == [[1, 1, 0], [2, 2, 0]])
  }

  @Test func `as many readers as were asked for may read at once`() throws {
    let first = try environment.beginRead()
    let second = try environment.beginRead()
    let third = try environment.beginRead()
    let fourth = try environment.beginRead()
    #expect(throws: LMDBError.readersFull) { try environment.read { _ in } }
    _ = consume fourth
    try environment.read { _ in }
    _ = consume first
    _ = consume second
    _ = consume third
  }

  @Test func `the lag of the oldest reader is counted in commits`() throws {
    try put(1)
    let oldest = try environment.beginRead()
    try put(2)
    try put(3)
    let newest = try environment.beginRead()
    let info = environment.info
    #expect([info.readers, info.oldestReaderLag] == [2, 2])
    _ = consume oldest
    _ = consume newest
    #expect(environment.info.oldestReaderLag == 0)
  }

  @Test func `a table of another environment traps`() async {
    await #expect(processExitsWith: .failure) {
      let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
      let environments = try directories.map {
        try Environment(directory: $0.path, mapSize: 1 << 20, create: true, durable: false)
      }
      let table = try environments[0].createTable("rows")
      _ = try? environments[1].read { try $0.get(table, key: [1]) }
    }
  }

  @Test func `a write within a write traps instead of waiting for itself`() async {
    await #expect(processExitsWith: .failure) {
      let directory = try TemporaryDirectory()
      let environment = try Environment(
        directory: directory.path,
        mapSize: 1 << 20,
        create: true,
        durable: false
      )
      try? environment.write { _ in try environment.write { _ in } }
    }
  }
}
