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

  /// Who makes the request.
  ///
  /// - Throws: when the connection is gone; then nobody waits for an answer either.
  func caller() async throws -> Caller? {
    let channel = channel
    return try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: CommandHandler.self).caller
    }.get()
  }

  /// What they are called, such as `user 1001` or `token office`.
  func callerName() async throws -> String { try await caller()?.name ?? "somebody" }
}
