internal import NIOCore
internal import NIOHTTP1

/// Stands where one request is let in at a time, and sees it come and its answer leave, whoever
/// answers.
final class RequestMeter: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let metrics: RequestMetrics
  private var request: RequestMetrics.Served?
  private var began = ContinuousClock.now

  init(_ metrics: RequestMetrics) {
    self.metrics = metrics
  }

  func handlerAdded(context: ChannelHandlerContext) { metrics.connected() }

  func handlerRemoved(context: ChannelHandlerContext) { metrics.disconnected() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      began = .now
      request = RequestMetrics.Served(
        method: head.method,
        uri: head.uri,
        status: 0,
        took: .zero,
        id: nil,
        isStream: false
      )
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(data, promise: promise)
    switch unwrapOutboundIn(data) {
    case .head(let head) where head.status.code >= 200:
      request?.status = head.status.code
      request?.id = head.headers.first(name: "X-Request-Id")
      let type = head.headers.first(name: "Content-Type")
      request?.isStream = type == "application/x-ndjson" || type == "text/event-stream"
    case .head, .body: break
    case .end: end()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  private func end() {
    guard var served = request else { return }
    request = nil
    served.took = ContinuousClock.now - began
    metrics.count(served)
  }
}
