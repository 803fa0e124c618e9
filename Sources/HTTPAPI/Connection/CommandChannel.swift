internal import HummingbirdCore
internal import Ledger
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// How a connection is served: commands by `CommandHandler`, on the event loop and without a task,
/// everything else by the router.
struct CommandChannel: HTTPChannelHandler {
  let responder: Responder
  let ledger: Ledger
  let configuration: APIServerConfiguration
  let entrance: Entrance
  let requests: RequestMetrics

  func setup(
    channel: any Channel,
    logger: Logger
  ) -> EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>> {
    channel.eventLoop.makeCompletedFuture {
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = configuration.maxHeaderBytes
      limits.maxHeaderListSize = configuration.maxHeaderBytes
      limits.maxHeaderFieldCount = 100
      let turns = RequestTurns()
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(
        ConnectionGuard(turns, timeout: .seconds(Int64(configuration.idleTimeoutSeconds)))
      )
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false,
        withErrorHandling: false,
        withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(),
        withDecoderLimitConfiguration: limits
      )
      try pipeline.addHandler(turns)
      try pipeline.addHandler(RequestMeter(requests))
      try pipeline.addHandler(CommandHandler(ledger: ledger, entrance: entrance))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true)
      )
    }
  }

  func handle(
    value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>,
    logger: Logger
  ) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
