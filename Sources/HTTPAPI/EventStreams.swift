internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import Logging
internal import Marketplace
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// `GET /v1/events` as server-sent events (WHATWG HTML, 9.2): what the log has, then what comes.
///
/// The log itself is the buffer. A stream reads a page of it when its reader has taken the page
/// before, so a slow reader costs no memory, and whoever breaks off goes on behind the last `id`.
struct EventStreams: Sendable {
  private let ledger: Ledger
  private let configuration: APIServerConfiguration
  private let places: Places

  init(ledger: Ledger, configuration: APIServerConfiguration) {
    self.ledger = ledger
    self.configuration = configuration
    places = Places(configuration.maxStreams)
  }

  var gauge: GaugeFamily {
    GaugeFamily(
      "shopledger_event_streams",
      "Event streams that are open.",
      Double(configuration.maxStreams - places.free)
    )
  }

  /// Begins a stream behind `Last-Event-ID`, else behind `after`, else with the first event.
  ///
  /// A browser connects again with the same address, so the header wins.
  func open(_ request: Request, _ context: APIContext) async throws -> Response {
    let query = try QueryParameters(request, allowed: ["after"] + EventFilter.parameters)
    var filter = try EventFilter(query)
    filter.limit = EventStream.pageLimit
    if let id = HTTPField.Name("Last-Event-ID").flatMap({ request.headers[$0] }) {
      guard let position = Position(id) else {
        throw Problem.badRequest("Last-Event-ID: \(id): give the id of an event, a whole number")
      }
      filter.after = position
    }
    let head = ledger.head
    guard filter.after <= head else {
      throw Problem.badRequest(
        "there is no event \(filter.after) to go on behind: the log ends at \(head); "
          + "begin at a position that this log has reached"
      )
    }
    guard let place = places.take() else {
      throw Problem(
        .serviceUnavailable,
        "too-many-streams",
        "Too many event streams",
        detail: "\(configuration.maxStreams) event streams are open, and no more are served at "
          + "once; try again later, or raise http.maxStreams",
        retryAfter: 5
      )
    }
    let first = try await ledger.followedEvents(filter)
    let stream = EventStream(
      ledger: ledger,
      filter: filter,
      heartbeat: .seconds(Int64(configuration.heartbeatSeconds)),
      channel: context.channel,
      logger: context.logger
    )
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        // It is given back with the body, also when that is never written.
        _ = place
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await stream.write(from: first, to: &writer)
        }
        try await writer.finish(nil)
      }
    )
  }
}

/// How many streams may be open.
private final class Places: Sendable {
  private let left: Mutex<Int>

  /// A place that is taken as long as this object is kept.
  final class Place: Sendable {
    private let places: Places

    fileprivate init(_ places: Places) { self.places = places }

    deinit { places.left.withLock { $0 += 1 } }
  }

  init(_ count: Int) { left = Mutex(count) }

  var free: Int { left.withLock { $0 } }

  func take() -> Place? {
    let isTaken = left.withLock { left in
      guard left > 0 else { return false }
      left -= 1
      return true
    }
    return isTaken ? Place(self) : nil
  }
}

/// One stream to one reader.
private struct EventStream: Sendable {
  /// How many events are read before they are written: few enough to stay under a megabyte but for
  /// the longest stories.
  static let pageLimit = 256

  let ledger: Ledger
  let filter: EventFilter
  /// Of silence, after which the reader is told that there is just nothing to tell.
  let heartbeat: Duration
  let channel: any Channel
  let logger: Logger

  /// Writes until the reader goes away, the server stops, or the events cannot be read.
  ///
  /// - Throws: when the reader has gone or was dropped.
  @concurrent func write(
    from first: FollowedEvents,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    let clock = ContinuousClock()
    var page = first
    /// The id that the reader has, behind which it would go on.
    var told = filter.after
    // How long a browser waits before it connects again.
    var output = "retry: 1000\n\n"
    var due = clock.now + heartbeat
    while true {
      for event in page.events {
        output += "id: \(event.position)\ndata: \(String(decoding: event.json, as: UTF8.self))\n\n"
        told = event.position
      }
      if page.events.isEmpty, clock.now >= due {
        // An id alone is no event; it spares the next connection what was looked at in vain.
        output += page.reached > told ? ": alive\nid: \(page.reached)\n\n" : ": alive\n\n"
        told = page.reached
      }
      if !output.isEmpty {
        try await write(output, behind: told, to: &writer)
        output = ""
        due = clock.now + heartbeat
      }
      if !page.hasMore {
        let (ledger, reached) = (ledger, page.reached)
        let seconds = max(0, (due - clock.now) / .seconds(1))
        _ = await cancelWhenGracefulShutdown {
          await ledger.waitForEvents(past: reached, seconds: seconds)
        }
      }
      try Task.checkCancellation()
      guard !Task.isShuttingDownGracefully else {
        return try await end("stopping", "the server stops; connect again", told, &writer)
      }
      do {
        var filter = filter
        filter.after = page.reached
        page = try await ledger.followedEvents(filter)
      } catch let error as QueryError {
        return try await end("unavailable", Problem(error).detail, told, &writer)
      }
    }
  }

  /// Says why there is no more; whoever connects again misses nothing.
  @concurrent private func end(
    _ reason: String,
    _ detail: String,
    _ told: Position,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    var json = JSONWriter()
    json.object { json in
      json.member("reason", reason)
      json.member("detail", detail)
    }
    try await write("event: end\ndata: \(json.text)\n\n", behind: told, to: &writer)
  }

  /// Returns when the connection can take more; one that takes nothing for two heartbeats is closed.
  @concurrent private func write(
    _ text: String,
    behind told: Position,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    let (channel, logger) = (channel, logger)
    let patience = TimeAmount(heartbeat * 2)
    let drop = channel.eventLoop.scheduleTask(in: patience) {
      logger.notice(
        "an event stream's reader takes nothing and is dropped",
        metadata: ["before": "\(told)"]
      )
      channel.close(promise: nil)
    }
    defer { drop.cancel() }
    try await writer.write(ByteBuffer(string: text))
  }
}
