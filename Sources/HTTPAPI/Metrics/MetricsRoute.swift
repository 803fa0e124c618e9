internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import NIOCore

/// `/metrics`, where Prometheus looks for it.
struct MetricsRoute {
  let ledger: Ledger
  let registry: MetricsRegistry
  let requests: RequestMetrics
  let streams: EventStreams

  func add(to router: Router<APIContext>) {
    router.get("metrics") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return Response(
        status: .ok,
        headers: [.contentType: PrometheusText.contentType],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text()))
      )
    }
  }

  private func text() -> String {
    var text = PrometheusText()
    registry.write(
      to: &text,
      help: Ledger.metricsHelp.merging(RequestMetrics.help) { ledgers, _ in ledgers }
    )
    for gauge in ledger.gauges() + [requests.gauge, streams.gauge] + ProcessGauges.gauges() {
      text.add(gauge)
    }
    if let seconds = ProcessGauges.processorSeconds { text.add(seconds, .counter) }
    return text.text
  }
}
