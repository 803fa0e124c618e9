import HummingbirdCore
import Testing

@testable import HTTPAPI

/// Numbers and days count only as they would be written in an answer.
@Suite struct QueryParametersTests {
  private func query(_ text: String) throws -> QueryParameters {
    try QueryParameters(URI("/v1/events?" + text), allowed: ["limit", "from", "to"])
  }

  @Test(arguments: ["+7", "007", "-0", "7.0", " 7", "7x", "", "\u{FF17}"])
  func `what only looks like a number is refused`(text: String) throws {
    let query = try query("limit=" + text)
    #expect(throws: Problem.self) { try query.limit(default: 1) }
  }

  @Test(arguments: [
    "+201-01-01", "2017-+1-01", "2017--1-01", "2017-1-001", "2017-02-30", "0000-01-01",
  ])
  func `what only looks like a day is refused`(text: String) throws {
    let query = try query("from=" + text)
    #expect(throws: Problem.self) { try query.day("from") }
  }

  @Test func `a number and a day are read`() throws {
    let query = try query("limit=7&from=1970-01-02")
    #expect(try query.limit(default: 1) == 7)
    #expect(try query.day("from") == 1)
  }
}
