import Foundation
import JSON
import Testing

/// What the processes at the unix socket may do, by who they run as.
///
/// Only root can become somebody else; other users' runs pass these over.
@Suite(.enabled(if: geteuid() == 0)) struct RoleTests {
  /// A server that others of group 0 can reach, and a way to ask it as somebody else.
  private struct Shared {
    var server: Server

    /// Asks with curl as a user with groups, the first one the primary.
    func ask(
      as user: Int,
      _ groups: [Int],
      _ path: String,
      _ options: [String] = []
    ) async throws -> (status: Int, text: String) {
      let ended = try await become(
        user,
        groups,
        ["curl", "-s", "-i", "--unix-socket", server.socket, "http://localhost" + path] + options
      )
      return (
        ended.text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, ended.text
      )
    }

    func become(_ user: Int, _ groups: [Int], _ words: [String]) async throws -> Ended {
      try await Program.run(
        "setpriv",
        [
          "--reuid=\(user)", "--regid=\(groups[0])",
          "--groups=" + groups.map { "\($0)" }.joined(separator: ","),
        ] + words,
        in: server.directory
      )
    }
  }

  private func sharing(
    _ variables: [String],
    _ body: (Shared) async throws -> Void
  ) async throws {
    let server = try await Server(in: try TestDirectory(), under: ["env"] + variables)
    try await body(Shared(server: server))
    #expect(await server.stop() == 0, "\(server.program.errors)")
  }

  private static let shop = ["-d", Wire.shop("s1")]
  private static let policy = [
    "-d", #"{"id":"p","type":"AdoptPolicy","data":{"thresholdLevels":7}}"#,
  ]

  @Test func `unless it is configured, the server's group reads and its user does everything`()
    async throws
  {
    try await sharing([]) { shared in
      for groups in [[0], [2000, 0]] {
        #expect(try await shared.ask(as: 1001, groups, "/v1/status").status == 200)
        let refused = try await shared.ask(as: 1001, groups, "/v1/commands", Self.shop)
        #expect(refused.status == 403)
        #expect(
          refused.text.contains("POST /v1/commands needs the role write, and user 1001 has read")
        )
        for path in ["/v1/views/modes/rebuild", "/v1/views/modes/rollback"] {
          #expect(try await shared.ask(as: 1001, groups, path, ["-X", "POST"]).status == 403)
        }
        #expect(try await shared.ask(as: 1001, groups, "/v1/operations").status == 403)
      }
      #expect(try await shared.ask(as: 0, [0], "/v1/commands", Self.shop).status == 201)
      // Whom the socket's mode keeps out gets no connection at all.
      #expect(try await shared.ask(as: 1001, [2000], "/v1/status").status == 0)
      #expect(try await shared.server.get("/v1/events/1").json["peer"]?.integer == 0)
    }
  }

  @Test func `users and groups get what the configuration grants, together`() async throws {
    let granted = [
      "SHOPLEDGER_ROLES_READ=user:1001", "SHOPLEDGER_ROLES_WRITE=group:2000,user:1003",
      "SHOPLEDGER_ROLES_OPERATE=user:1002, user:1003",
    ]
    try await sharing(granted) { shared in
      // Who operates reads too; the group's default is gone.
      for (user, groups, read, write, rebuild) in [
        (1001, [0], 200, 403, 403), (1001, [2000, 0], 200, 201, 403), (1002, [0], 200, 403, 202),
        (1004, [0], 403, 403, 403), (1004, [0, 2000], 403, 200, 403),
      ] {
        #expect(try await shared.ask(as: user, groups, "/v1/status").status == read)
        #expect(try await shared.ask(as: user, groups, "/v1/commands", Self.shop).status == write)
        let answer = try await shared.ask(
          as: user,
          groups,
          "/v1/views/modes/rebuild",
          ["-X", "POST"]
        )
        #expect(answer.status == rebuild)
      }
      #expect(try await shared.server.get("/v1/events/1").json["peer"]?.integer == 1001)
      // A policy needs both roles.
      #expect(try await shared.ask(as: 1002, [0], "/v1/commands", Self.policy).status == 403)
      #expect(try await shared.ask(as: 1001, [2000, 0], "/v1/commands", Self.policy).status == 403)
      #expect(try await shared.ask(as: 1003, [0], "/v1/commands", Self.policy).status == 201)
    }
  }

  /// Listens on a socket and answers the second connection alone; prints what each sent.
  private static let impostor = """
    import os, socket, sys
    os.setgid(1002)
    os.setuid(1002)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(sys.argv[1])
    listener.listen()
    print("listening", flush=True)
    for answer in [b"", b'HTTP/1.1 200 OK\\r\\nContent-Length: 14\\r\\n\\r\\n{"position":7}']:
      connection, _ = listener.accept()
      print(len(connection.recv(65536)), flush=True)
      if answer: connection.sendall(answer)
      connection.close()
    """

  @Test func `the command line sends nothing to a server of somebody else's`() async throws {
    let directory = try TestDirectory()
    chown(directory.path, 1002, 1002)
    let socket = directory.path + "/shopledger.sock"
    let theirs = try Program.python(Self.impostor, [socket], in: directory)
    defer { theirs.send(SIGKILL) }
    let listens = try await eventually { !theirs.output.isEmpty }
    try #require(listens, "\(theirs.errors)")
    let ask = [Program.shopledger, "status", "--json", "--socket", socket]
    let refused = try await Program.run("env", ask, in: directory)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("user 1002 serves") && refused.errors.contains("serverUser"))
    let named = try await Program.run("env", ["SHOPLEDGER_SERVER_USER=1002"] + ask, in: directory)
    #expect(named.text == "{\"position\":7}\n", "\(named.errors)")
    let sent = await theirs.end().lines
    #expect(sent[0...1] == ["listening", "0"] && sent[2] != "0")
  }
}

/// A server does not listen where others could take its place.
@Suite struct SocketDirectoryTests {
  @Test(arguments: [
    ("open", "can be written by others"), ("link", "is a symbolic link"),
    ("absent", "cannot be entered"), ("file", "is no directory"),
  ])
  func `a directory that is not safe is refused with the cure`(
    name: String,
    reason: String
  ) async throws {
    let directory = try TestDirectory()
    let files = FileManager.default
    let open = directory.path + "/open"
    try files.createDirectory(atPath: open, withIntermediateDirectories: false)
    try files.setAttributes([.posixPermissions: 0o775], ofItemAtPath: open)
    try files.createDirectory(atPath: directory.path + "/own", withIntermediateDirectories: false)
    try files.createSymbolicLink(
      atPath: directory.path + "/link",
      withDestinationPath: directory.path + "/own"
    )
    _ = files.createFile(atPath: directory.path + "/file", contents: nil)
    let ended = try await Program.run(
      Program.shopledger,
      [
        "serve", "--data", directory.path + "/data", "--socket",
        directory.path + "/\(name)/shopledger.sock",
      ],
      in: directory
    )
    #expect(ended.status == 1)
    #expect(ended.errors.contains("socket: its directory \(directory.path)/\(name) \(reason)"))
  }
}
