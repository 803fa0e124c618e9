internal import HTTPTypes
package import Hummingbird
package import Ledger
internal import NIOCore

/// The ledger for people: pages that show what the API answers, made on the server.
///
/// A page asks the ledger what a client would ask over HTTP and shows that very answer, so that no
/// figure can differ between the two. Nothing is loaded from elsewhere, nothing runs inline, and
/// every page works without JavaScript; with it, pages renew themselves.
package struct WebPage: Sendable {
  let ledger: Ledger
  let templates: Templates
  let assets: Assets

  /// - Throws: what is wrong in a template, which a test would have told.
  package init(ledger: Ledger) throws {
    self.ledger = ledger
    assets = Assets()
    templates = try Templates(assets: assets)
  }

  /// Adds the pages, `/assets`, and the few forms that they have.
  package func add<Context: RequestContext>(to router: Router<Context>) {
    page("/", on: router, overview)
    page("shops/{shop}", on: router, shop)
    page("brands", on: router, brands)
    page("brands/{brand}", on: router, brand)
    page("brands/{brand}/agents/{agent}", on: router, agent)
    page("brands/{brand}/agents/{agent}/recruits", on: router, recruits)
    page("modes", on: router, modes)
    page("log", on: router, log)
    page("log/{position}", on: router, event)
    page("operation", on: router, operation)
    form("operation/views/{view}/rebuild", on: router) { visit in
      try await ledger.rebuild(view: try visit.part("view"))
    }
    form("operation/views/{view}/rollback", on: router) { visit in
      try await ledger.rollback(view: try visit.part("view"))
    }
    router.get("brands/{brand}/agents") { request, context in
      // The form that looks an agent up cannot put the name into the path.
      let visit = Visit(request, context.parameters)
      return Response.redirect(
        to: Link.agent(visit["agent"] ?? "", of: try visit.part("brand")),
        type: .normal
      )
    }
    assets.add(to: router)
  }

  /// A page as a handler makes it, or the page that says why not.
  private func page<Context: RequestContext>(
    _ path: RouterPath,
    on router: Router<Context>,
    _ make: @escaping @Sendable (Visit) async throws -> Page
  ) {
    router.get(path) { request, context in
      let visit = Visit(request, context.parameters)
      do {
        return respond(try await make(visit), to: visit)
      } catch {
        guard let error = error as? QueryError ?? QueryError(storage: error) else { throw error }
        return respond(Page(error, visit), to: visit)
      }
    }
  }

  func respond(_ page: Page, to visit: Visit) -> Response {
    var headers: HTTPFields = [
      .contentType: "text/html; charset=utf-8",
      .contentLanguage: visit.words.language.tag,
      .cacheControl: "no-store",
      .vary: "Accept-Language, Cookie",
      .contentSecurityPolicy: Self.contentSecurityPolicy,
      .xContentTypeOptions: "nosniff",
    ]
    if let referrerPolicy = HTTPField.Name("Referrer-Policy") {
      headers[referrerPolicy] = "same-origin"
    }
    if let chosen = visit.chosenLanguage {
      headers[.setCookie] = "lang=\(chosen.rawValue); Path=/; Max-Age=31536000; SameSite=Lax"
    }
    let html = templates.render(page, for: visit)
    return Response(
      status: page.status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: html))
    )
  }

  /// Only what this server sends is loaded, and no page of another may hold ours or post to us.
  static let contentSecurityPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    + "object-src 'none'"
}
