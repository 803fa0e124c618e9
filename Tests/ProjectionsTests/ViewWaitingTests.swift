import EventLog
import Marketplace
import Testing

@testable import Projections

struct ViewWaitingTests {
  @Test func `every waiter goes on when its position is reached`() async throws {
    let store = try Store()
    try store.append(Array(repeating: [1], count: 100))
    var limits = ViewLimits()
    limits.bulkEvents = 3
    let view = try store.open(limits: limits)
    let reached = await withTaskGroup(of: Bool.self) { group in
      for target in 1...100 as ClosedRange<Position> {
        group.addTask { await view.wait(for: target, seconds: 600) >= target }
      }
      view.start()
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    view.stop()

    #expect(reached == 100)
  }

  @Test func `a waiter whose time is up learns how far the view is`() async throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()

    #expect(await view.wait(for: 3, seconds: 0) == 2)
    #expect(await view.wait(for: 2, seconds: 600) == 2)
  }

  @Test func `a waiter that is cancelled goes on`() async throws {
    let store = try Store()
    let view = try store.folded()
    let waiter = Task { await view.wait(for: 1, seconds: 600) }
    waiter.cancel()

    #expect(await waiter.value == 0)
  }

  @Test func `waiters go on when the view stops over an event`() async throws {
    let store = try Store()
    try store.append([[1], [Tally.poison], [2]])
    let view = try store.open()
    async let reached = view.wait(for: 3, seconds: 600)
    view.start()

    #expect(await reached == 1)
    view.stop()
  }

  @Test func `waiters go on when the view is closed`() async throws {
    let store = try Store()
    let view = try store.open()
    view.start()
    async let reached = view.wait(for: 1, seconds: 600)
    view.stop()

    #expect(await reached == 0)
  }

  @Test func `the live thread follows the log and rebuilds on demand`() async throws {
    let store = try Store()
    try store.append(Array(repeating: [1, 2], count: 50))
    let view = try store.open()
    view.start()
    _ = await view.wait(for: 100, seconds: 600)
    let expected = try view.rows()
    try view.rebuild()
    view.stop()
    let again = try store.open()

    #expect(again.position == 100)
    #expect(try again.rows() == expected)
  }
}
