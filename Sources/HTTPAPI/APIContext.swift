internal import Hummingbird
internal import NIOCore

/// What a request's handlers know beside the request.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection on which the request came.
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Who makes the request, such as `user 1001` or `token office`.
  ///
  /// - Throws: when the connection is gone; then nobody waits for an answer either.
  func callerName() async throws -> String {
    let channel = channel
    return try await channel.eventLoop.submit {
      let handler = try channel.pipeline.syncOperations.handler(type: CommandHandler.self)
      return handler.caller?.name ?? "somebody"
    }.get()
  }
}
