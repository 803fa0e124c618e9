internal import Hummingbird
internal import HummingbirdCore

/// `/openapi.json`: what this server answers to, as OpenAPI 3.1.
///
/// Written by hand, in `Resources/openapi.json`; a test holds it to the routes that there are.
struct OpenAPIRoute {
  func add(to router: Router<APIContext>) {
    router.get("openapi.json") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return Response.json(PackageResources.openapi_json)
    }
  }
}
