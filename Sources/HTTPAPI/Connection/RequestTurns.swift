internal import NIOCore
internal import NIOHTTP1

/// Lets one request in at a time, so that answers leave in the order of the requests, whoever of
/// those behind gives them.
///
/// NIO's own handler for this stops to read while an answer is due, which costs two system calls a
/// request. This one reads on, and stops when a sender did not wait for the answer: so it holds
/// what one reading gives at most.
final class RequestTurns: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Held {
    case part(HTTPServerRequestPart)
    case error(any Error)
    case inputClosed
  }

  private var requestEnded = true
  private var answerEnded = true
  private var held = CircularBuffer<Held>()
  private var heldRead = false

  /// Whether a request has come in whole and waits for its answer.
  var owesAnswer: Bool { requestEnded && !answerEnded }

  /// Whether what comes now has to wait.
  private var isOccupied: Bool { owesAnswer || !held.isEmpty }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isOccupied { held.append(.part(part)) } else { admit(part, context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What is wrong with the bytes after a request does not concern the request.
    if error is HTTPParserError, isOccupied {
      held.append(.error(error))
    } else {
      context.fireErrorCaught(error)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event, isOccupied {
      held.append(.inputClosed)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func read(context: ChannelHandlerContext) {
    if held.isEmpty { context.read() } else { heldRead = true }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    context.write(data, promise: promise)
    answerEnded = true
    guard !held.isEmpty else { return }
    // Not within this call: whoever writes is not done with the answer yet.
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.execute {
      let (this, context) = bound.value
      this.release(context)
    }
  }

  private func release(_ context: ChannelHandlerContext) {
    guard !held.isEmpty else { return }
    while !owesAnswer, let next = held.popFirst() {
      switch next {
      case .part(let part): admit(part, context)
      case .error(let error): context.fireErrorCaught(error)
      case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      }
    }
    context.fireChannelReadComplete()
    if heldRead, held.isEmpty {
      heldRead = false
      context.read()
    }
  }

  private func admit(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head: (requestEnded, answerEnded) = (false, false)
    case .body: break
    case .end: requestEnded = true
    }
    context.fireChannelRead(wrapInboundOut(part))
  }

  func channelInactive(context: ChannelHandlerContext) {
    held.removeAll()
    context.fireChannelInactive()
  }
}
