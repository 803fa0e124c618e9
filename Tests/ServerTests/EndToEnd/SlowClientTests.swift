import Foundation
import JSON
import Testing

/// Clients that do not read, do not send, or never end.
@Suite struct SlowClientTests {
  /// Commands that are all refused, with long receipts.
  private static func unknown(_ count: Int) -> String {
    (0..<count).map {
      #"{"id":"u\#($0)","type":"ChangePrice","data":{"product":"p\#($0)","price":1}}"# + "\n"
    }.joined()
  }

  @Test func `who reads no receipts is not read from, holds up nobody, and misses none`()
    async throws
  {
    try await withServer { server in
      let slow = try RawConnection(server)
      let count = 60_000
      let request = Array(Wire.post(Self.unknown(count), Wire.ndjson).utf8)
      // What the kernel and the server hold of it fills up long before the end.
      let sent = try await sendUnread(request, on: slow)
      #expect(sent < request.count)
      #expect(try await server.command(Wire.shop("s")).status == 201)
      #expect(try await server.get("/v1/status").status == 200)

      slow.sendMeanwhile(Array(request[sent...]))
      let lines = try slow.answer().text.split(separator: "\n")
      #expect(lines.count == count + 1)
      let isInOrder = lines.dropLast().enumerated().allSatisfy {
        $1.hasPrefix(#"{"id":"u\#($0)","outcome":"rejected""#)
      }
      #expect(isInOrder)
      #expect(lines.last?.contains(#""rejected":\#(count)"#) == true)
    }
  }

  @Test func `who reads no answers to single commands is not read from either`() async throws {
    try await withServer { server in
      let slow = try RawConnection(server)
      let count = 20_000
      // What is no command is answered without the writer, so at once.
      let requests = Array(
        (0..<count).map { Wire.post(#"{"id":"u\#($0)","type":"Nothing","data":{}}"#) }.joined().utf8
      )
      let sent = try await sendUnread(requests, on: slow)
      #expect(sent < requests.count)
      #expect(try await server.command(Wire.shop("s")).status == 201)

      slow.sendMeanwhile(Array(requests[sent...]))
      for number in 0..<count {
        let answer = try slow.answer()
        try #require(answer.status == 400 && answer.text.contains(#""u\#(number)""#))
      }
    }
  }

  /// Sends until the server has taken nothing for a second; answers how many bytes it took.
  private func sendUnread(_ bytes: [UInt8], on connection: RawConnection) async throws -> Int {
    var sent = 0
    var stuck = 0
    while sent < bytes.count, stuck < 50 {
      let taken = connection.sendUnread(Array(bytes[sent...].prefix(1 << 16)))
      sent += taken
      stuck = taken > 0 ? 0 : stuck + 1
      if taken == 0 { try await Task.sleep(for: .milliseconds(20)) }
    }
    return sent
  }

  @Test func `many streams and single commands get on beside each other`() async throws {
    try await withServer { server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for stream in 0..<4 {
          group.addTask {
            let lines = (0..<2_000).map { Wire.shop("s\(stream)-\($0)") }.joined(separator: "\n")
            let receipts = try await server.submit(lines)
            #expect(receipts.last?["summary"]?["accepted"] == .integer(2_000))
            let ids = receipts.dropLast().map { $0["id"]?.string ?? "" }
            #expect(ids == (0..<2_000).map { "s\(stream)-\($0)" })
          }
        }
        for single in 0..<20 {
          group.addTask {
            let reply = try await server.command(Wire.shop("single\(single)"))
            #expect(reply.status == 201)
          }
        }
        try await group.waitForAll()
      }
      #expect(try await server.position() == 8_020)
    }
  }

  @Test func `silence on either side ends a connection, an answer that is due does not`()
    async throws
  {
    let directory = try TestDirectory()
    let settings = directory.path + "/settings.json"
    try Data(#"{"http": {"idleTimeoutSeconds": 1}}"#.utf8).write(
      to: URL(fileURLWithPath: settings)
    )
    let server = try await Server(in: directory, ["--config", settings])
    let idle = try RawConnection(server)
    let broken = try RawConnection(server)
    try broken.send(String(Wire.post(Wire.shop("s1")).dropLast(9)))
    let open = try RawConnection(server)
    try open.send(
      Wire.post(Wire.chunk(Wire.shop("s2") + "\n"), Wire.ndjson + Wire.chunked)
    )
    let waiting = try RawConnection(server)
    try waiting.send(Wire.get("/v1/shops?after=9&wait=4"))
    #expect(try idle.rest() == [])
    #expect(try broken.rest() == [])
    let receipts = String(decoding: try open.rest(), as: UTF8.self)
    #expect(receipts.contains("accepted") && !receipts.contains("summary"))
    #expect(try waiting.answer().status == 504)
    #expect(await server.stop() == 0)
  }

  @Test func `a stop cuts what was not sent in whole`() async throws {
    let server = try await Server(in: TestDirectory())
    let idle = try RawConnection(server)
    let broken = try RawConnection(server)
    try broken.send(String(Wire.post(Wire.shop("s1")).dropLast(9)))
    let open = try RawConnection(server)
    let lines = Wire.shop("s2") + "\n" + Wire.shop("s3")
    try open.send(Wire.post(Wire.chunk(lines), Wire.ndjson + Wire.chunked))
    #expect(try open.head().status == 200)
    #expect(try open.chunk().map { String(decoding: $0, as: UTF8.self) }?.contains("s2") == true)
    #expect(await server.stop() == 0)
    #expect(try idle.rest() == [])
    let refused = try broken.answer()
    #expect(refused.status == 503 && refused.fields["retry-after"] == "1")
    let summary = try open.chunk().map { String(decoding: $0, as: UTF8.self) }
    #expect(summary?.contains(#""accepted":1,"#) == true)
    #expect(try open.chunk() == nil)
    #expect(try open.rest() == [])
  }
}
