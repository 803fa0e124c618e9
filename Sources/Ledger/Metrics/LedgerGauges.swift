internal import EventLog
internal import LMDB
internal import Marketplace
internal import Projections

/// One quantity as it stands, by whatever it is parted into.
package struct GaugeFamily: Sendable {
  package var name: String
  package var help: String
  package var readings: [Reading]

  package struct Reading: Sendable {
    package var labels: [(name: String, value: String)]
    package var value: Double
  }

  package init(_ name: String, _ help: String, _ value: Double) {
    self.init(name, help, [Reading(labels: [], value: value)])
  }

  package init(_ name: String, _ help: String, _ readings: [Reading]) {
    self.name = name
    self.help = help
    self.readings = readings
  }
}

extension Ledger {
  /// How everything stands now: looked up when it is asked for, so that the work itself counts
  /// nothing.
  ///
  /// Costs a look at each environment's meta page and reader table.
  package func gauges() -> [GaugeFamily] {
    let (people, refusals) = state.withLock { ($0.mark.lastPerson, $0.mark.refusals) }
    return [
      GaugeFamily(
        "shopledger_build_info",
        "1, with the program's version.",
        [GaugeFamily.Reading(labels: [("version", LedgerConfiguration.version)], value: 1)]
      ),
      GaugeFamily(
        "shopledger_log_head",
        "The position of the last durable event.",
        Double(log.head)
      ),
      GaugeFamily("shopledger_people", "People with a number in the log.", Double(people)),
      GaugeFamily("shopledger_log_refusals", "Refusals ever kept in the log.", Double(refusals)),
      GaugeFamily(
        "shopledger_queue_commands",
        "Commands that wait for the writer.",
        Double(queue.depth)
      ),
      GaugeFamily(
        "shopledger_queue_capacity_commands",
        "Commands that may wait for the writer.",
        Double(configuration.queueCapacity)
      ),
      GaugeFamily(
        "shopledger_writer_up",
        "1 while commands are taken; 0 when the writer has stopped.",
        writer.stopped == nil ? 1 : 0
      ),
    ] + viewGauges() + storageGauges()
  }

  private func viewGauges() -> [GaugeFamily] {
    let now = clock()
    let views = openedViews.map { $0.status(at: now) }
    func gauge(_ name: String, _ help: String, _ value: (ViewStatus) -> Double?) -> GaugeFamily {
      GaugeFamily(
        "shopledger_view_" + name,
        help,
        views.compactMap { view in
          value(view).map { GaugeFamily.Reading(labels: [("view", view.name)], value: $0) }
        }
      )
    }
    let states = views.flatMap { view in
      ViewStatus.State.allCases.map { state in
        GaugeFamily.Reading(
          labels: [("view", view.name), ("state", state.rawValue)],
          value: view.state == state ? 1 : 0
        )
      }
    }
    return [
      gauge("position", "The last event that the view reflects.") { Double($0.position) },
      gauge("lag_events", "Events of the log that the view does not reflect yet.") {
        Double($0.lagEvents)
      },
      gauge("lag_seconds", "Age of the oldest event that the view does not reflect yet.") {
        $0.lagSeconds
      },
      gauge("generation", "The number of the folding that is shown.") { Double($0.generation) },
      gauge("fold_version", "The version of the fold.") { Double($0.foldVersion) },
      gauge("rebuild_progress_ratio", "How much of a build or rebuild is folded, while one runs.") {
        view in view.progress.map { Double($0.position) / Double(max(1, $0.target)) }
      },
      GaugeFamily("shopledger_view_state", "1 for the state in which the view is.", states),
    ]
  }

  private func storageGauges() -> [GaugeFamily] {
    let environments =
      [("log", log.environmentInfo), ("state", state.store.environmentInfo)]
      + openedViews.compactMap { view in view.environmentInfo.map { (view.name, $0) } }
    func gauge(
      _ name: String,
      _ help: String,
      _ value: (EnvironmentInfo) -> Int
    ) -> GaugeFamily {
      GaugeFamily(
        "shopledger_lmdb_" + name,
        help,
        environments.map { environment, info in
          GaugeFamily.Reading(labels: [("environment", environment)], value: Double(value(info)))
        }
      )
    }
    return [
      gauge("used_bytes", "Bytes of the file up to its last page.") { $0.usedBytes },
      gauge("map_bytes", "How far the file may grow.") { $0.mapSize },
      gauge("readers", "Read transactions open now.") { $0.readers },
      gauge(
        "oldest_reader_commits",
        "Commits since the oldest open read transaction began; their free pages wait for it."
      ) { $0.oldestReaderLag },
    ]
  }
}
