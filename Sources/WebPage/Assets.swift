internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The files that pages load.
///
/// Their address changes with their content, so browsers keep them for ever.
struct Assets: Sendable {
  struct Asset: Sendable {
    var name: String
    var type: String
    var content: [UInt8]

    var address: String { "/assets/\(name)?v=\(String(hash, radix: 36))" }

    /// Source: FNV-1a, 64 bits; it only has to differ from one build to the next.
    private var hash: UInt64 {
      content.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
  }

  let style = Asset(
    name: "page.css",
    type: "text/css; charset=utf-8",
    content: PackageResources.page_css
  )
  let script = Asset(
    name: "page.js",
    type: "text/javascript; charset=utf-8",
    content: PackageResources.page_js
  )
  let icon = Asset(
    name: "icon.svg",
    type: "image/svg+xml",
    content: PackageResources.icon_svg
  )

  func add<Context: RequestContext>(to router: Router<Context>) {
    for asset in [style, script, icon] {
      router.get("assets/\(asset.name)") { _, _ in
        Response(
          status: .ok,
          headers: [
            .contentType: asset.type,
            .cacheControl: "public, max-age=31536000, immutable",
            .xContentTypeOptions: "nosniff",
          ],
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.content))
        )
      }
    }
  }
}
