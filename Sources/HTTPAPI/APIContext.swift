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

  /// Who makes the request, as far as the connection is still there.
  func caller() async throws -> Caller? {
    let channel = channel
    return try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: CommandHandler.self).caller
    }.get()
  }
}
