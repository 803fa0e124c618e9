import Crypto
import JSON
import Testing

/// Why a figure is what it is, over the socket.
@Suite(.sharedServer) struct ExplanationTests {
  @Test func `a figure comes with its events, and with the digest of the view's answer`()
    async throws
  {
    let server = try #require(Server.shared)
    let reply = try await server.get("/v1/explain/dashboard/s1?figure=gross&asOf=20")
    #expect(reply.status == 200)
    let answer = try reply.json
    #expect(answer["value"] == .integer(12_000) && answer["position"] == .integer(20))
    let moves = try #require(answer["moves"]?.array)
    #expect(moves.map { $0["amount"]?.integer ?? 0 } == [1_800, 900, 7_500, 900, 900])
    #expect(
      moves.first?["words"]
        == .string("chen bought 2 of p1 for 18.00 CNY (order o1), strolling, on impulse")
    )
    let completeness = try #require(answer["completeness"])
    #expect(completeness["agrees"] == .bool(true))
    let path = try #require(completeness["answer"]?["path"]?.string)
    let digest = SHA256.hash(data: try await server.get(path).body)
    let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(completeness["answer"]?["sha256"] == .string(text))
  }

  @Test func `a ratio pages through its numerator, then its denominator`() async throws {
    let server = try #require(Server.shared)
    let query = "/v1/explain/dashboard/s1?figure=repurchaseRate&asOf=26&limit=2"
    let first = try await server.get(query).json
    #expect(first["value"]?.double == 0.25 && first["kind"] == .string("ratio"))
    // Chen's second order, then the first of the four buyers.
    #expect(first["moves"]?.array?.map { $0["position"]?.integer ?? 0 } == [20, 14])
    #expect(first["next"] == .string("1.1"))
    let second = try await server.get(query + "&cursor=1.1").json
    #expect(second["moves"]?.array?.map { $0["running"]?.integer ?? 0 } == [2, 3])
  }
}
