internal import JSON

/// The modes of shopping as charts and rows show them, always in the same order and colours.
enum ModesChart {
  static let modes = ["stroll", "share", "search", "unknown"]

  /// Which part of the orders came in which mode, period by period.
  static func shares(_ periods: [JSONValue], _ words: Words) -> Fields {
    chart(periods, caption: words["modesByPeriod"], words) { period, mode in
      let figures = period["modes"]?[mode]
      return (
        figures?["shareOfOrders"]?.double ?? 0,
        words.ratio(figures?["shareOfOrders"]) + " (" + words.count(figures?["orders"]) + ")"
      )
    }
  }

  /// One series a mode; `figure` is a value and its text.
  static func chart(
    _ periods: [JSONValue],
    caption: String,
    showsShares: Bool = true,
    _ words: Words,
    figure: (JSONValue, String) -> (Double, String)
  ) -> Fields {
    ColumnChart(
      caption: caption,
      columns: periods.map { $0["start"]?.string ?? $0["day"]?.string ?? "" },
      columnsName: words["day"],
      series: modes.map { mode in
        let figures = periods.map { figure($0, mode) }
        return ColumnChart.Series(
          name: words[mode],
          style: mode,
          values: figures.map(\.0),
          texts: figures.map(\.1)
        )
      },
      showsShares: showsShares,
      tick: words.compact
    ).fields
  }
}
