import Foundation
import JSON
import Testing

/// What arrives at the socket of a client that is odd, hasty, slow or hostile.
@Suite struct ConnectionTests {
  @Test func `requests sent at once are answered in order, whoever answers them`() async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      let mixed =
        Wire.post(Wire.shop("s1")) + Wire.get("/v1/commands/s1") + Wire.post("nonsense")
        + Wire.post(Wire.shop("s1") + "\n" + Wire.shop("s2"), Wire.ndjson) + Wire.get("/healthz")
        + Wire.post(Wire.shop("s2")) + Wire.get("/v1/nothing")
        + Wire.post(Wire.chunk("no") + Wire.chunk("thing") + Wire.lastChunk, Wire.chunked)
        + Wire.get("/v1/commands/s2") + Wire.post(Wire.shop("s3"))
      try connection.send(mixed)
      let answers = try (0..<10).map { _ in try connection.answer() }
      #expect(answers.map(\.status) == [201, 200, 400, 200, 200, 200, 404, 400, 200, 201])
      #expect(answers[0].text == answers[1].text)
      #expect(answers[3].text.split(separator: "\n").count == 3)
      #expect(answers[4].text == "alive\n")
    }
  }

  @Test func `a request may come byte by byte`() async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      let single = Wire.post(Wire.shop("s1"))
      let stream = Wire.post(
        Wire.chunk(Wire.shop("s2") + "\r\n") + Wire.lastChunk,
        Wire.ndjson + Wire.chunked
      )
      for byte in (single + Wire.get("/v1/commands/s1") + stream).utf8 {
        try connection.send([byte])
      }
      #expect(try connection.answer().status == 201)
      #expect(try connection.answer().status == 200)
      #expect(try connection.answer().text.contains(#""accepted":1,"#))
    }
  }

  @Test(arguments: [
    Wire.post(Wire.chunk(Wire.shop("s")), Wire.chunked + "Content-Length: 5\r\n"),
    Wire.post(Wire.chunk(Wire.shop("s")), "Content-Length: 5\r\n" + Wire.chunked),
    Wire.post(Wire.shop("s"), "Content-Length: 9\r\nContent-Length: 8\r\n"),
    Wire.post(Wire.shop("s"), "Content-Length: -1\r\n"),
    Wire.post(Wire.shop("s"), "Content-Length: 0x10\r\n"),
    Wire.post("zz\r\nab\r\n", Wire.chunked),
    Wire.post("2\r\nabc\r\n0\r\n\r\n", Wire.chunked),
    Wire.post("-1\r\n\r\n", Wire.chunked),
    Wire.post("ffffffffffffffffff\r\n", Wire.chunked),
    Wire.post(Wire.shop("s"), "Transfer-Encoding: gzip\r\n"),
    Wire.post(Wire.shop("s"), "A : b\r\n"),
    Wire.post(Wire.shop("s")).replacingOccurrences(of: "\r\n", with: "\n"),
    Wire.post(Wire.shop("s"), version: "2.0"),
    "POST /v1/commands\r\n\r\n", "nonsense\r\n\r\n", "\0\0\0\0\r\n\r\n",
  ])
  func `what is no HTTP is refused, and nothing behind it is taken for a request`(
    request: String
  ) async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      try connection.send(request + Wire.post(Wire.shop("smuggled")))
      #expect(try connection.answer().status == 400)
      #expect(try connection.rest() == [])
      #expect(try await server.position() == 0)
    }
  }

  @Test func `a bad chunk ends a stream without its end, after the receipts of whole lines`()
    async throws
  {
    try await withServer { server in
      let connection = try RawConnection(server)
      let lines = Wire.shop("s1") + "\n" + Wire.shop("s2")
      try connection.send(
        Wire.post(Wire.chunk(lines) + "zz\r\n", Wire.ndjson + Wire.chunked)
      )
      #expect(try connection.head().status == 200)
      let text = String(decoding: try connection.rest(), as: UTF8.self)
      #expect(text.contains(#""id":"s1","outcome":"accepted""#))
      #expect(!text.contains("summary") && !text.contains("s2") && !text.hasSuffix("0\r\n\r\n"))
    }
  }

  @Test(arguments: ["PUT", "DELETE", "OPTIONS", "PATCH"])
  func `the path of commands takes nothing but POST`(method: String) async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      let request = Wire.post(Wire.shop("s")).replacingOccurrences(of: "POST", with: method)
      try connection.send(request)
      #expect(try connection.answer().status == 404)
      try connection.send(Wire.post(Wire.shop("s")))
      #expect(try connection.answer().status == 201)
    }
  }

  @Test func `HEAD on the path of commands records nothing`() async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      let request = Wire.post(Wire.shop("s")).replacingOccurrences(of: "POST", with: "HEAD")
      try connection.send(request)
      #expect(try connection.head().status == 404)
      #expect(try await server.position() == 0)
    }
  }

  @Test(arguments: ["/v1/commands/", "//v1//commands", "http://localhost/v1/commands?"])
  func `the path may be written otherwise`(path: String) async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      try connection.send(Wire.post(Wire.shop("s"), path: path))
      #expect(try connection.answer().status == 201)
    }
  }

  @Test(arguments: [
    "colour=red", "receipts=none", "receipts", "receipts=all&receipts=all", "asOf=1",
    "rec%65ipts=all",
  ])
  func `a wrong query is told before the body has come, and the body is passed over`(
    query: String
  ) async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      for fields in ["", Wire.ndjson] {
        let body = Wire.shop("s") + "\n"
        let request = Wire.post(body, fields, path: "/v1/commands?" + query)
        try connection.send(String(request.dropLast(body.count - 1)))
        let answer = try connection.answer()
        #expect(answer.status == 400 && answer.fields["content-type"] == "application/problem+json")
        try connection.send(String(body.dropFirst()) + Wire.get("/healthz"))
        #expect(try connection.answer().text == "alive\n")
      }
      #expect(try await server.position() == 0)
    }
  }

  @Test func `a body far beyond the limit is read to its end and refused`() async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      let long = String(repeating: "x", count: 1_000_000)
      try connection.send(Wire.post(long))
      #expect(try connection.answer().text.contains("1000000 bytes"))
      try connection.send(
        Wire.post((0..<3).map { _ in Wire.chunk(long) }.joined() + Wire.lastChunk, Wire.chunked)
      )
      #expect(try connection.answer().text.contains("3000000 bytes"))
      try connection.send(Wire.post(Wire.shop("s")))
      #expect(try connection.answer().status == 201)
    }
  }

  @Test func `whoever waits to be told to go on is told`() async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      for (fields, status) in [("", 201), (Wire.ndjson, 200)] {
        let body = Wire.shop("s\(status)")
        let request = Wire.post(body, "Expect: 100-Continue\r\n" + fields)
        try connection.send(String(request.dropLast(body.count)))
        #expect(try connection.head().status == 100)
        try connection.send(body)
        #expect(try connection.answer().status == status)
      }
    }
  }

  @Test(arguments: ["Connection: close\r\n", "Connection: TE, Close\r\n"], ["", Wire.ndjson])
  func `a connection that is to be closed is closed after the answer`(
    closing: String,
    fields: String
  ) async throws {
    try await withServer { server in
      let connection = try RawConnection(server)
      try connection.send(Wire.post(Wire.shop("s"), fields + closing) + Wire.get("/healthz"))
      #expect(try connection.answer().text.contains("accepted"))
      #expect(try connection.rest() == [])
    }
  }

  @Test func `an older client gets no chunks and the connection's end`() async throws {
    try await withServer { server in
      for fields in ["", Wire.ndjson, Wire.ndjson + "Connection: keep-alive\r\n"] {
        let connection = try RawConnection(server)
        try connection.send(Wire.post(Wire.shop("s"), fields, version: "1.0"))
        let answer = try connection.answer()
        #expect(answer.fields["transfer-encoding"] == nil)
        #expect(answer.text.hasPrefix("{") && answer.text.contains("accepted"))
        #expect(try connection.rest() == [])
      }
    }
  }

  @Test func `who ends their direction after the request still gets the answer`() async throws {
    try await withServer { server in
      for request in [
        Wire.post(Wire.shop("s1")), Wire.post(Wire.shop("s2"), Wire.ndjson),
        Wire.get("/v1/commands/s1"), Wire.post(Wire.shop("s3")) + Wire.post(Wire.shop("s1")),
      ] {
        let connection = try RawConnection(server)
        try connection.send(request)
        connection.endSending()
        let all = String(decoding: try connection.rest(), as: UTF8.self)
        #expect(all.contains("accepted"))
        #expect(all.hasPrefix("HTTP/1.1 20"))
      }
      #expect(try await server.position() == 3)
    }
  }

  @Test func `a command that breaks off is none`() async throws {
    try await withServer { server in
      let whole = Wire.post(Wire.shop("s"))
      let ending = try RawConnection(server)
      try ending.send(String(whole.dropLast(9)))
      ending.endSending()
      #expect(try ending.answer().status == 400)
      #expect(try ending.rest() == [])
      do {
        let closing = try RawConnection(server)
        try closing.send(String(whole.dropLast(9)))
      }
      #expect(try await server.command(Wire.shop("s")).status == 201)
      #expect(try await server.position() == 1)
    }
  }
}
