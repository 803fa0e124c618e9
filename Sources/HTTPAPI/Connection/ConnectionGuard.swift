internal import NIOCore

/// Stands at the socket and closes a connection that is silent for too long, be it that nothing is
/// asked or that the answer is not read.
///
/// Silence for which the server is to blame does not count: while an answer is due, and while
/// nobody behind wants to read. When the server stops it has less patience.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  private let turns: RequestTurns
  /// How long a client may be silent while the server wants to stop.
  private static let patienceWhileStopping = TimeAmount.seconds(3)

  private var timeout: TimeAmount
  private var lastActive = NIODeadline.now()
  private var wantsRead = false
  /// Bytes given to the channel, which may still hold them.
  private var written = 0
  /// How many of them had left the channel when it was last looked at.
  private var drained = 0
  private var check: Scheduled<Void>?

  init(_ turns: RequestTurns, timeout: TimeAmount) {
    self.turns = turns
    self.timeout = timeout
  }

  func handlerAdded(context: ChannelHandlerContext) {
    schedule(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    check?.cancel()
    check = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastActive = .now()
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    wantsRead = false
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    wantsRead = true
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    lastActive = .now()
    written += unwrapOutboundIn(data).readableBytes
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      timeout = min(timeout, Self.patienceWhileStopping)
      check?.cancel()
      schedule(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func schedule(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    // Silent, and yet open: it is we who owe an answer.
    let due = (now - lastActive < timeout ? lastActive : now) + timeout
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    check = context.eventLoop.scheduleTask(deadline: due) {
      let (this, context) = bound.value
      this.closeIfSilent(context)
    }
  }

  private func closeIfSilent(_ context: ChannelHandlerContext) {
    let options = context.channel.syncOptions
    let held = (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    if written - held != drained {
      drained = written - held
      // At some time since the last look.
      if held > 0 { lastActive = .now() }
    }
    let isSilent = .now() - lastActive >= timeout
    if isSilent, held > 0 || (wantsRead && !turns.owesAnswer) {
      return context.close(promise: nil)
    }
    schedule(context)
  }
}
