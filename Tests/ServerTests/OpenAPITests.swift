import Foundation
import JSON
import Ledger
import Logging
import Testing

@testable import HTTPAPI

@Suite struct OpenAPITests {
  private static let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/HTTPAPI/Resources/openapi.json")

  @Test func `every route is in the document, and nothing else is`() throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(
      LedgerConfiguration(directory: directory.path + "/data"),
      logger: Logger(label: "test")
    )
    defer { ledger.close() }
    let server = APIServer(
      ledger: ledger,
      configuration: APIServerConfiguration(socket: directory.path + "/socket"),
      logger: Logger(label: "test"),
      metrics: MetricsRegistry()
    )
    let document = try JSONValue(parsing: Data(contentsOf: Self.document))
    let documented = (document["paths"]?.members ?? []).flatMap { path in
      (path.value.members ?? []).map { method in
        // A path below which anything may stand is a parameter in the document.
        "\(method.name.uppercased()) \(path.name.replacing("{tile}", with: "**"))"
      }
    }
    let others = ["/healthz", "/readyz", "/metrics", "/openapi.json"]
    // The pages for people are no part of it.
    let served = try server.routeNames().filter { name in
      let path = name.split(separator: " ")[1]
      return path.hasPrefix("/v1/") || others.contains(String(path))
    }
    #expect(Set(documented) == served)
  }

  @Test func `a server shows the document`() async throws {
    try await withServer { server in
      let reply = try await server.get("/openapi.json")
      #expect(reply.status == 200 && reply.type == "application/json")
      #expect(Data(reply.body) == (try Data(contentsOf: Self.document)))
    }
  }

  @Test(arguments: [
    ("/v1/shops/a", "/v1/shops/{shop}"), ("/v1/shops?limit=3", "/v1/shops"),
    ("//v1//shops/", "/v1/shops"), ("/v1/events/proof", "/v1/events/proof"),
    ("/v1/events/12", "/v1/events/{position}"), ("/v1/tile/0/x001/234", "/v1/tile/**"),
    ("/v1/tile", "none"), ("/v1/nothing", "none"), ("/", "none"), ("", "none"),
  ])
  func `a request is counted under its route`(uri: String, route: String) {
    let templates = RouteTemplates([
      "/v1/shops", "/v1/shops/{shop}", "/v1/events/{position}", "/v1/events/proof",
      "/v1/tile/**",
    ])
    #expect(templates.route(of: uri) == route)
  }
}
