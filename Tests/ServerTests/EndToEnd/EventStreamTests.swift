import Foundation
import JSON
import Testing

@testable import shopledger

/// `GET /v1/events` as server-sent events, on bare sockets and by curl.
@Suite struct EventStreamTests {
  /// One connection with a stream, read event by event.
  private final class Stream {
    let connection: RawConnection
    let head: RawConnection.Answer
    private(set) var text = ""
    private var reader = EventStreamReader()
    private var events: [EventStreamReader.Event] = []

    var lastID: Int64? { reader.lastID }

    init(_ server: Server, _ query: String = "", lastID: Int64? = nil) throws {
      connection = try RawConnection(server)
      let resume = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
      try connection.send(
        "GET /v1/events\(query) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
          + resume + "\r\n"
      )
      head = try connection.head()
    }

    /// The next event; nil at the stream's end.
    func next() throws -> EventStreamReader.Event? {
      while events.isEmpty {
        guard let chunk = try connection.chunk() else { return nil }
        text += String(decoding: chunk, as: UTF8.self)
        reader.read(chunk) { events.append($0) }
      }
      return events.removeFirst()
    }

    func positions(_ count: Int) throws -> [Int64] {
      try (0..<count).map { _ in
        try #require(try JSONValue(parsing: next()?.data ?? [])["position"]?.integer)
      }
    }
  }

  private static func server(_ http: String) async throws -> Server {
    let directory = try TestDirectory()
    let settings = directory.path + "/settings.json"
    try Data(#"{"http": {\#(http)}}"#.utf8).write(to: URL(fileURLWithPath: settings))
    return try await Server(in: directory, ["--config", settings])
  }

  private static func shops(_ range: Range<Int>) -> String {
    range.map { Wire.shop("s\($0)") }.joined(separator: "\n")
  }

  @Test func `a stream tells what the log has, and then what comes`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let stream = try Stream(server)
      #expect(stream.head.status == 200)
      #expect(stream.head.fields["content-type"] == "text/event-stream")
      let listed = try await server.get("/v1/events").json["events"]?.array ?? []
      #expect(listed.count == 26)
      for event in listed { #expect(try JSONValue(parsing: stream.next()?.data ?? []) == event) }
      for id in ["late1", "late2"] {
        #expect(try await server.command(Wire.shop(id)).status == 201)
        let event = try JSONValue(parsing: stream.next()?.data ?? [])
        #expect(event["command"]?.string == id)
      }
      #expect(stream.text.contains("\nid: 28\ndata: {\"position\":28,"))
    }
  }

  @Test(arguments: [
    "shop=s1", "product=p1", "share=g2", "order=o1", "buyer=chen", "agent=mei", "brand=b1",
    "command=c25", "type=ProductPurchased", "shop=s1&type=VisitRecorded&buyer=chen",
  ])
  func `a stream has the filters of the list`(filter: String) async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let listed = try await server.get("/v1/events?" + filter).json["events"]?.array ?? []
      #expect(listed.count > 0 && listed.count < 26)
      let stream = try Stream(server, "?" + filter)
      for event in listed { #expect(try JSONValue(parsing: stream.next()?.data ?? []) == event) }
      #expect(await server.stop() == 0)
      #expect(try stream.next()?.name == "end")
    }
  }

  @Test func `who breaks off goes on behind the last id, and misses nothing`() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SplitMix64(seed: seed)
    try await withServer { server in
      _ = try await server.submit(Self.shops(0..<500))
      var seen: [Int64] = []
      while seen.count < 500 {
        // The header is the newer word: a browser asks for the same address again.
        let stream = try Stream(server, "?after=0", lastID: seen.last)
        let count = min(500 - seen.count, Int(generator.next() % 100) + 1)
        seen += try stream.positions(count)
      }
      #expect(seen == Array(1...500), "seed \(seed)")
    }
  }

  @Test func `silence is told as such, with how far was looked in vain`() async throws {
    let server = try await Self.server(#""heartbeatSeconds": 1"#)
    _ = try await server.submit(Self.shops(0..<3))
    let stream = try Stream(server, "?shop=s1")
    #expect(try stream.positions(1) == [2])
    let told = try (0..<2).map { _ in
      String(decoding: try stream.connection.chunk() ?? [], as: UTF8.self)
    }
    #expect(told == [": alive\nid: 3\n\n", ": alive\n\n"])
    #expect(await server.stop() == 0)
  }

  @Test func `a reader that takes nothing is dropped, and can go on`() async throws {
    let server = try await Self.server(#""heartbeatSeconds": 1, "maxStreams": 1"#)
    _ = try await server.submit(Self.shops(0..<6_000))
    let slow = try Stream(server)
    #expect(slow.head.status == 200)
    let isDropped = try await eventually { server.program.errors.contains("is dropped") }
    #expect(isDropped)
    // What was sent before the end is whole up to some event.
    var seen: [Int64] = []
    while let event = try? slow.next() {
      seen.append(try #require(try JSONValue(parsing: event.data)["position"]?.integer))
    }
    #expect(seen == Array(1...Int64(seen.count)) && seen.count < 6_000)
    let next = try Stream(server, lastID: slow.lastID)
    #expect(try next.positions(6_000 - seen.count) == Array(Int64(seen.count) + 1...6_000))
    #expect(await server.stop() == 0)
  }

  @Test func `so many streams and no more, and a place that is left is free again`() async throws {
    let server = try await Self.server(#""maxStreams": 2"#)
    _ = try await server.command(Wire.shop("s"))
    var first: Stream? = try Stream(server)
    let second = try Stream(server)
    let refused = try RawConnection(server)
    try refused.send(
      "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    )
    let answer = try refused.answer()
    #expect(answer.status == 503 && answer.fields["retry-after"] == "5")
    #expect(answer.text.contains("http.maxStreams"))
    #expect(try first?.positions(1) == [1])
    first = nil
    let isFree = try await eventually { try Stream(server).head.status == 200 }
    #expect(isFree)
    #expect(try second.positions(1) == [1])
    #expect(await server.stop() == 0)
  }

  @Test func `a stop ends a stream with a word`() async throws {
    let server = try await Server(in: TestDirectory())
    _ = try await server.command(Wire.shop("s"))
    let stream = try Stream(server)
    #expect(try stream.positions(1) == [1])
    #expect(await server.stop() == 0)
    let end = try #require(try stream.next())
    #expect(end.name == "end")
    #expect(try JSONValue(parsing: end.data)["reason"]?.string == "stopping")
    #expect(try stream.next() == nil)
    #expect(try stream.connection.rest() == [])
  }

  @Test(arguments: [
    ("?asOf=1", "", 400, "asOf"), ("?limit=3", "", 400, "limit"),
    ("?after=9", "", 400, "no event 9"), ("", "Last-Event-ID: x", 400, "Last-Event-ID"),
    ("", "Last-Event-ID: 9", 400, "no event 9"), ("?shop=none", "", 404, "no shop none"),
    ("?type=None", "", 400, "type=None"),
  ])
  func `what cannot be streamed is refused before it begins`(
    query: String,
    field: String,
    status: Int,
    word: String
  ) async throws {
    try await withServer { server in
      let reply = try await server.curl(
        ["/v1/events" + query],
        ["-H", "Accept: text/event-stream"] + (field.isEmpty ? [] : ["-H", field])
      )[0]
      #expect(reply.status == status && reply.type == "application/problem+json")
      #expect(try reply.json["detail"]?.string?.contains(word) == true)
    }
  }

  @Test func `the command line follows, and says so when the server is gone`() async throws {
    let server = try await Server(in: TestDirectory())
    let follower = try Program(
      Program.shopledger,
      ["events", "--follow", "--after", "0", "--json", "--socket", server.socket],
      in: server.directory
    )
    _ = try await server.submit(Self.shops(0..<600))
    let isSeen = try await eventually {
      follower.output.count { $0 == UInt8(ascii: "\n") } == 600
    }
    #expect(isSeen)
    #expect(await server.stop() == 0)
    let ended = await follower.end()
    #expect(ended.status == 3 && ended.errors.contains("no server answers"))
    let positions = try ended.lines.filter { !$0.isEmpty }.map {
      try JSONValue($0)["position"]?.integer
    }
    #expect(positions == Array(1...600))
  }
}
