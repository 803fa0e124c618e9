internal import HTTPTypes
internal import Ledger
internal import Marketplace
internal import NIOCore
internal import NIOHTTP1

/// Answers `POST /v1/commands` where the bytes arrive, and lets every other request through that its
/// caller may make.
///
/// Before it stands `RequestTurns`, so that there is one request at a time; behind it the router's
/// part of the pipeline.
final class CommandHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// What is being done for the request that was let in last.
  private enum Work {
    /// There is none, or the router answers it.
    case none
    /// One command, whose body is being read.
    case reading
    /// One command, which the writer has.
    case deciding
    case streaming(CommandStream)
    /// It is answered; what comes of its body is dropped.
    case answered
  }

  private let ledger: Ledger
  private let entrance: Entrance
  private let budget: StreamBudget
  private var context: ChannelHandlerContext?
  private var gate: Gate?
  /// Who makes the request that was let in last.
  private(set) var caller: Caller?
  /// Of single commands; made for the first of a caller.
  private var reader: CommandReader?
  private var date = HTTPDate()

  private var work = Work.none
  private var version = HTTPVersion.http1_1
  /// A command's body as far as it is kept, and how long it is.
  private var body = ByteBuffer()
  private var bodySize = 0
  private var requestEnded = false
  /// The connection closes after the answer.
  private var isLast = false
  /// The body broke off, or is no HTTP.
  private var inputFailed = false
  private var isStopping = false
  /// The answer is the last one, and written.
  private var isClosing = false
  /// When the answer of a request that the connection does not outlive, or that has not ended, has
  /// left the connection.
  private var answered: EventLoopFuture<Void>?
  private var heldRead = false
  private var flushIsDue = false

  init(ledger: Ledger, entrance: Entrance, budget: StreamBudget) {
    self.ledger = ledger
    self.entrance = entrance
    self.budget = budget
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    gate = Gate(entrance, of: context.channel)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    work = .none
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      requestEnded = false
      guard admit(head) else { return }
      if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
        let interim = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
      }
      guard CommandRequest.isOne(head) else { return context.fireChannelRead(data) }
      begin(head)
    case .body(let part):
      switch work {
      case .none: context.fireChannelRead(data)
      case .reading: collect(part)
      case .streaming(let stream): stream.receive(part)
      case .deciding, .answered: break
      }
    case .end:
      requestEnded = true
      switch work {
      case .none: context.fireChannelRead(data)
      case .reading: decide()
      case .streaming(let stream): stream.endInput(isWhole: true)
      case .answered: endRequest()
      case .deciding: break
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .streaming(let stream) = work { stream.pause() }
    context.fireChannelReadComplete()
  }

  /// Answers what may not be asked, and passes over its body.
  private func admit(_ head: HTTPRequestHead) -> Bool {
    guard let gate else { return false }
    do throws(Problem) {
      switch try gate.admit(head) {
      case .admitted(let known):
        if caller?.equals(known) != true { reader = nil }
        caller = known
        return true
      case .loggedIn(let token):
        noteEnd(of: head)
        answer(.seeOther, TCPEntrance.login(token), [])
      }
    } catch {
      noteEnd(of: head)
      // Whoever waits to be told to go on will not send the body; then nobody knows where it ends.
      if head.headers.contains(name: "Expect") { isLast = true }
      answer(error)
    }
    return false
  }

  private func noteEnd(of head: HTTPRequestHead) {
    version = head.version
    isLast = isStopping || !head.isKeepAlive
  }

  private func begin(_ head: HTTPRequestHead) {
    noteEnd(of: head)
    do throws(Problem) {
      let request = try CommandRequest(head)
      if request.isStream {
        stream(refusedOnly: request.refusedOnly)
      } else {
        bodySize = 0
        work = .reading
      }
    } catch {
      answer(error)
    }
  }

  // MARK: One command

  private func collect(_ part: ByteBuffer) {
    // What is too long is read to its end all the same: the connection serves the next request.
    bodySize += part.readableBytes
    guard bodySize <= CommandParser.maxBytes else {
      body = ByteBuffer()
      return
    }
    if body.readableBytes == 0 {
      body = part
    } else {
      body.writeImmutableBuffer(part)
    }
  }

  private func decide() {
    guard let context else { return }
    guard bodySize <= CommandParser.maxBytes else {
      return answer(
        .malformedCommand(
          "the command has \(bodySize) bytes, and one has at most \(CommandParser.maxBytes); "
            + "send many commands as application/x-ndjson, one a line"
        )
      )
    }
    work = .deciding
    let command = read(Array(body.readableBytesView))
    body = ByteBuffer()
    let (this, loop) = (NIOLoopBound(self, eventLoop: context.eventLoop), context.eventLoop)
    ledger.submitSingle(command) { receipts in
      loop.execute { this.value.answer(receipts[0]) }
    }
  }

  private func read(_ command: [UInt8]) -> GatheredCommands {
    var reader =
      reader.take() ?? ledger.reader(peer: caller?.user, refusal: caller?.commandRefusal)
    defer { self.reader = reader }
    reader.read(command[...])
    return reader.take()
  }

  private func answer(_ receipt: Receipt) {
    guard case .deciding = work else { return }
    if let problem = Problem(receipt) { return answer(problem) }
    answer(
      receipt.repeated ? .ok : .created,
      HTTPHeaders([("Content-Type", "application/json")]),
      receipt.json
    )
  }

  private func answer(_ problem: Problem) {
    answer(
      HTTPResponseStatus(statusCode: problem.status.code),
      HTTPHeaders(problem.headers.map { ($0.name.rawName, $0.value) }),
      problem.body
    )
  }

  private func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8]) {
    guard let context else { return }
    var headers = headers
    headers.add(name: "Content-Length", value: String(body.count))
    headers.add(name: "Date", value: date.now())
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    endAnswer()
  }

  // MARK: Many commands

  private func stream(refusedOnly: Bool) {
    guard let context, let caller else { return }
    // An older reader knows no chunks: to it the connection's end is the answer's.
    let isOld = version == .http1_0
    if isOld { isLast = true }
    work = .streaming(
      CommandStream(
        ledger: ledger,
        caller: caller,
        refusedOnly: refusedOnly,
        budget: budget,
        on: context.eventLoop
      ) { [weak self] in self?.streamProgressed() }
    )
    let head = HTTPResponseHead(
      version: isOld ? .http1_0 : .http1_1,
      status: .ok,
      headers: ["Content-Type": "application/x-ndjson", "Date": date.now()]
    )
    context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
  }

  /// Sees to the stream once what the event loop has at hand is done: the receipts of one commit
  /// come as many pieces, and leave in one write.
  private func streamProgressed() {
    guard let context, !flushIsDue else { return }
    flushIsDue = true
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.execute { this.value.flushStream() }
  }

  private func flushStream() {
    flushIsDue = false
    guard let context, case .streaming(let stream) = work else { return }
    // What the sender does not read waits in the stream, which then makes no more of it.
    let output =
      context.channel.isWritable || stream.hasEnded
      ? stream.takeOutput().map { wrapOutboundOut(.body(.byteBuffer($0))) } : nil
    guard stream.hasEnded else {
      if let output { context.writeAndFlush(output, promise: nil) }
      stream.resume()
      return readOn()
    }
    if let output { context.write(output, promise: nil) }
    guard !inputFailed else {
      // What was whole has its receipts; the missing end tells that not all was.
      let written = context.eventLoop.makePromise(of: Void.self)
      answered = written.futureResult
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: written)
      return close()
    }
    context.write(wrapOutboundOut(.body(.byteBuffer(stream.lastLine))), promise: nil)
    endAnswer()
  }

  // MARK: Back-pressure

  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { heldRead = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { streamProgressed() }
    readOn()
    context.fireChannelWritabilityChanged()
  }

  /// False while the sender does not read the answers, or a stream has enough at the writer.
  private var mayRead: Bool {
    if let context, !context.channel.isWritable { return false }
    if case .streaming(let stream) = work { return stream.wantsInput }
    return true
  }

  private func readOn() {
    guard heldRead, mayRead else { return }
    heldRead = false
    context?.read()
  }

  // MARK: Ends

  /// Writes the answer's end, and goes on to the next request or closes the connection.
  private func endAnswer() {
    guard let context else { return }
    let mayGoOn = requestEnded && !isLast
    let written = mayGoOn ? nil : context.eventLoop.makePromise(of: Void.self)
    answered = written?.futureResult
    work = mayGoOn ? .none : .answered
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    if !mayGoOn, requestEnded || isStopping { close() } else { readOn() }
  }

  /// The rest of a request that was answered before its end has come.
  private func endRequest() {
    if isLast { close() } else { work = .none }
  }

  /// Closes the connection when the answer has left it.
  private func close() {
    guard let context, let answered else { return }
    isClosing = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    answered.whenComplete { _ in bound.value.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch work {
    case .none where error is HTTPParserError, .reading where error is HTTPParserError:
      // Not left to the router's part, which half-closes: whoever sends on would be held for ever.
      let headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0"]
      let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      isLast = true
      requestEnded = true
      endAnswer()
    case .none:
      context.fireErrorCaught(error)
    case .streaming(let stream):
      inputFailed = true
      stream.endInput(isWhole: false)
    case .answered where error is HTTPParserError:
      close()
    case .reading, .deciding, .answered:
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      stop(context)
    case ChannelEvent.inputClosed where isAtWork:
      // The body has broken off, which has been told as an error: there will be no next request.
      break
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  private var isAtWork: Bool {
    if case .none = work { false } else { true }
  }

  /// Takes nothing more; what the writer has is still answered.
  private func stop(_ context: ChannelHandlerContext) {
    isStopping = true
    isLast = true
    switch work {
    case .none:
      context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    case .reading:
      answer(.unavailableCommand("the ledger is stopping; send the same id again later"))
    case .deciding:
      break
    case .streaming(let stream):
      // A stop cuts the body anywhere: what follows the last line break is no line then.
      stream.endInput(isWhole: false)
    case .answered:
      close()
    }
  }
}
