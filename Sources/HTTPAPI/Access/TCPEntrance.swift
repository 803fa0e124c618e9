internal import HTTPTypes
internal import NIOHTTP1

/// Who may come in over TCP: whoever names this server as its host, and shows a token.
///
/// A page of another site that a browser of this machine shows can reach a server on the loopback
/// address too. It is kept out three times: it has no token, and the cookie is `SameSite=Strict`;
/// it cannot name another host, and no answer carries a CORS header, so it reads nothing; and what
/// is posted with the cookie must come from a page of this server.
struct TCPEntrance: Sendable {
  /// Beside the loopback names, exactly as requests name them.
  let hosts: Set<String>
  let holders: TokenHolders

  static let cookie = "shopledger"

  init(_ configuration: TCPConfiguration) {
    hosts = Set(configuration.hosts.map { $0.lowercased() })
    holders = TokenHolders(configuration.tokens)
  }

  /// Finds out who makes a request, which came in on `port`.
  func admit(_ head: HTTPRequestHead, port: Int?) throws(Problem) -> Admission {
    let host = try host(of: head, port: port)
    let path = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    if head.method == .GET, path.first == "/login" {
      let query = path.count > 1 ? path[1] : ""
      guard query.hasPrefix("token="), try holder(of: query.dropFirst(6)) != nil else {
        throw Self.unauthorized("this link opens nothing (any more)")
      }
      return .loggedIn(token: String(query.dropFirst(6)))
    }
    let authorization = head.headers["Authorization"]
    if !authorization.isEmpty {
      let words = authorization[0].split(separator: " ")
      guard authorization.count == 1, words.count == 2, words[0].lowercased() == "bearer",
        let caller = try holder(of: words[1])
      else { throw Self.unauthorized("the Authorization field shows no token that is known") }
      return .admitted(caller)
    }
    guard let token = Self.token(inCookiesOf: head) else {
      if RouteRoles.needed(for: head) == nil {
        return .admitted(Caller(name: "somebody", user: nil, roles: []))
      }
      throw Self.unauthorized("over TCP every request shows a token")
    }
    guard let caller = try holder(of: token) else {
      throw Self.unauthorized("the cookie's token is not known (any more)")
    }
    if head.method != .GET, head.method != .HEAD {
      let origin = head.headers["Origin"]
      guard origin == ["http://" + host] || origin == ["https://" + host] else {
        throw Problem(
          .forbidden,
          "foreign-origin",
          "Not from this server's page",
          detail: "\(head.method) with the browser's cookie is taken from pages of \(host) alone; "
            + "programs show their token in the Authorization field"
        )
      }
    }
    return .admitted(caller)
  }

  private func host(of head: HTTPRequestHead, port: Int?) throws(Problem) -> String {
    let named = head.headers["Host"].map { $0.lowercased() }
    let known = Self.loopback.contains { name in
      named == ["\(name):\(port ?? 80)"] || (port == 80 && named == [name])
    }
    guard named.count == 1, known || hosts.contains(named[0]) else {
      throw Problem(
        .misdirectedRequest,
        "unknown-host",
        "Not this host",
        detail: "the Host field says \(named.isEmpty ? "nothing" : named.joined(separator: ", ")); "
          + "ask for localhost or 127.0.0.1 with the port, or have that name listed in tcp.hosts"
      )
    }
    return named[0]
  }

  /// The fields of the answer that makes a token a browser's cookie.
  static func login(_ token: String) -> HTTPHeaders {
    [
      "Location": "/", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
      "Set-Cookie": "\(cookie)=\(token); Path=/; HttpOnly; SameSite=Strict",
    ]
  }

  private static let loopback = ["localhost", "127.0.0.1", "[::1]"]

  private func holder(of token: Substring) throws(Problem) -> Caller? {
    do throws(TokenFileError) {
      return try holders.caller(with: String(token))
    } catch {
      throw Problem(
        .serviceUnavailable,
        "tokens-unreadable",
        "Nobody can be let in",
        detail:
          "the server cannot read its tokens; its operator sees why with shopledger token list"
      )
    }
  }

  private static func token(inCookiesOf head: HTTPRequestHead) -> Substring? {
    for field in head.headers["Cookie"] {
      for part in field.split(separator: ";") {
        let part = part.drop { $0 == " " }
        if part.hasPrefix(cookie + "=") { return part.dropFirst(cookie.utf8.count + 1) }
      }
    }
    return nil
  }

  private static func unauthorized(_ detail: String) -> Problem {
    Problem(
      .unauthorized,
      "unauthorized",
      "Not let in",
      detail: detail + "; shopledger token add NAME makes one, and a link for a browser"
    )
  }
}

/// What becomes of a request at the entrance.
enum Admission {
  case admitted(Caller)
  /// It brought a token from a link: the browser keeps it as a cookie and asks for `/`.
  case loggedIn(token: String)
}
