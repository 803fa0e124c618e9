import JSON

/// The report about a brand's agency as one HTML page that needs nothing beside itself.
struct AgencyAuditPage {
  let audit: AgencyAudit

  private static let style = """
    body{font:15px/1.5 system-ui,sans-serif;color:#1c2326;max-width:60rem;margin:2rem auto;padding:0 1rem}
    h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #cdd6d9}
    h3{font-size:1rem;margin:1.4rem 0 .3rem}p.lead{color:#556;margin:.2rem 0 1.5rem}
    table{border-collapse:collapse;margin:.4rem 0;font-variant-numeric:tabular-nums}
    td,th{padding:.22rem .9rem .22rem 0;text-align:left;vertical-align:top;font-weight:normal}
    thead th{color:#556;border-bottom:1px solid #cdd6d9}td.n,th.n{text-align:right}
    .bar{background:#2d7f86;height:.75rem;display:block;min-width:1px}
    svg{width:100%;height:auto;display:block;margin:.3rem 0 1rem}
    svg path{fill:none;stroke:#9db4b8}svg circle{fill:#2d7f86}
    svg text{font-size:9px;fill:#667;text-anchor:middle}svg text.name{font-size:11px;text-anchor:start}
    code,pre{font:12px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
    pre{background:#f3f6f6;padding:.7rem;border-radius:4px}
    section{break-inside:auto}h2,h3{break-after:avoid}tr,svg{break-inside:avoid}
    @media print{@page{size:A4;margin:16mm}body{font-size:10pt;margin:0;max-width:none}pre{border:1px solid #ccc}}
    """

  var html: String {
    let name = Figure.text(audit.brand["name"])
    let id = Figure.text(audit.summary["brand"])
    return """
      <!doctype html><html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Agency of \(name.html)</title><style>\(Self.style)</style></head><body>
      <h1>Agency of \(name.html)</h1>
      <p class="lead">Brand \(id.html), as the ledger knew it at event \
      \(Figure.count(audit.summary["position"])). Figures only; no verdict.</p>
      \(figures)\(levels)\(largest)\(modes)\(agents)\(limits)\(check)</body></html>

      """
  }

  private var currency: String { audit.brand["currency"]?.string ?? "CNY" }

  private var figures: String {
    let threshold = audit.threshold
    let fees = audit.active.reduce(Int64(0)) { $0 &+ $1.entryFees }
    return section(
      "Figures",
      rows([
        ("People who ever were agents", Figure.count(audit.agents.count)),
        ("Active agents", Figure.count(audit.active.count)),
        ("Former agents", Figure.count(audit.former.count)),
        ("Agents without a sponsor", Figure.count(audit.summary["roots"])),
        ("Greatest level", Figure.count(audit.summary["maxLevels"])),
        ("The same with the brand's owner as level 1", Figure.count(audit.withOwner.levels)),
        ("People then, the owner counted", Figure.count(audit.withOwner.headcount)),
        (
          "Agents with \(threshold.levels) levels and \(threshold.headcount) people or more, own "
            + "level and self counted",
          Figure.count(audit.marked.count)
        ),
        (
          "Entry fees paid by active agents",
          Figure.money(.integer(fees), currency) + " " + currency
        ),
      ])
    )
  }

  private var levels: String {
    let counts = Dictionary(grouping: audit.active) { $0.level }.mapValues(\.count)
    let most = counts.values.max() ?? 1
    let body = counts.sorted { $0.key < $1.key }.map { level, count in
      "<tr><td class=n>\(level)</td><td class=n>\(Figure.count(count))</td>"
        + "<td style=\"width:24rem\"><span class=bar style=\"width:\(count * 100 / most)%\"></span></td></tr>"
    }
    return section(
      "Members per level",
      "<table><thead><tr><th class=n>Level</th><th class=n>Agents</th><th></th></tr></thead>"
        + body.joined() + "</table>"
    )
  }

  /// Those over both thresholds, each with the tree.
  private var largest: String {
    guard !audit.marked.isEmpty else {
      return section("Agents over both thresholds", "<p>None at this event.</p>")
    }
    let drawing = TreeDrawing(audit.active)
    let parts = zip(audit.marked, audit.summed).enumerated().map { index, pair in
      let (agent, sum) = pair
      let peak = agent.peak
      let over =
        sum.brands.count > 1
        ? ", over \(sum.brands.count) brands \(sum.levels) levels and "
          + "\(Figure.count(sum.headcount)) people" : ""
      // The first are drawn; the rest would make a book.
      let tree = index < 30 ? drawing.svg(of: agent) : ""
      return "<h3>\(agent.name.html)</h3><p>\(agent.levels) levels, "
        + "\(Figure.count(agent.headcount)) people\(over). At most \(Figure.count(peak?["levels"])) "
        + "levels, first at event \(Figure.count(peak?["levelsAt"])), and "
        + "\(Figure.count(peak?["headcount"])) people, first at event "
        + "\(Figure.count(peak?["headcountAt"])).</p>\(tree)"
    }
    return section(
      "Agents over both thresholds",
      "<p>A dot is an agent, below it those whose sponsor it is; +3 are three more, not drawn, with "
        + "their trees. Every agent is in the table below. The 30 largest trees are drawn.</p>"
        + parts.joined()
    )
  }

  private var modes: String {
    let body = (audit.modes["modes"]?.members ?? []).map { mode in
      "<tr><td>\(mode.name)</td><td class=n>\(Figure.count(mode.value["orders"]))</td>"
        + "<td class=n>\(Figure.ratio(mode.value["shareOfOrders"]))</td>"
        + "<td class=n>\(Figure.money(mode.value["gross"], currency))</td></tr>"
    }
    return section(
      "How shoppers of the brand's goods arrived",
      "<table><thead><tr><th>Mode</th><th class=n>Orders</th><th class=n>Of orders</th>"
        + "<th class=n>Gross</th></tr></thead>" + body.joined() + "</table>"
    )
  }

  private var agents: String {
    let body = audit.agents.map { agent in
      "<tr><td>\(agent.name.html)</td><td>\((agent.sponsor ?? "–").html)</td>"
        + "<td class=n>\(agent.level == 0 ? "–" : String(agent.level))</td>"
        + "<td class=n>\(agent.levels)</td><td class=n>\(Figure.count(agent.headcount))</td>"
        + "<td class=n>\(Figure.money(.integer(agent.entryFees), currency))</td>"
        + "<td>\(agent.joinedAt.prefix(10))</td><td>\((agent.leftAt ?? "").prefix(10))</td></tr>"
    }
    return section(
      "Every agent, and the sponsor",
      "<table><thead><tr><th>Agent</th><th>Sponsor</th><th class=n>Level</th><th class=n>Levels</th>"
        + "<th class=n>People</th><th class=n>Fees paid</th><th>Joined</th><th>Left</th></tr></thead>"
        + body.joined() + "</table>"
    )
  }

  private var limits: String {
    section(
      "What this report cannot know",
      "<ul><li>Pay outside the ledger: who is paid for whose sales, and how far up.</li>"
        + "<li>People who act under several names, and agents who never were recorded.</li>"
        + "<li>Somebody who has left and is still paid: former agents count in no tree here.</li>"
        + "<li>Whether anything is lawful. No number of levels is safe.</li></ul>"
    )
  }

  private var check: String {
    let root = Figure.text(audit.status["log"]?["rootHash"])
    let signed =
      audit.checkpoint.map { "<p>The log's last signed checkpoint:</p><pre>\($0.html)</pre>" }
      ?? "<p>The ledger that gave this signs no checkpoints.</p>"
    return section(
      "How to check this",
      "<p>Levels and people were reckoned from the brand's \(Figure.count(audit.agencyEvents)) events "
        + "of signing up, moving and leaving, apart from the ledger's own view, and agree with it. "
        + "Program: shopledger \(Figure.text(audit.status["version"]).html); root hash of the log "
        + "when this was made: <code>\(root)</code>.</p>\(signed)"
        + "<pre>shopledger agency \(Figure.text(audit.summary["brand"]).html) --as-of "
        + "\(audit.position)\nshopledger events --brand "
        + "\(Figure.text(audit.summary["brand"]).html) --type AgentSignedUp\n"
        + "shopledger export --without-names   # then tools/check-export: the root hash, by Python"
        + "\nsha256sum FILE                      # the hash that FILE.note signs</pre>"
    )
  }

  private func section(_ title: String, _ body: String) -> String {
    "<section><h2>\(title)</h2>\(body)</section>"
  }

  private func rows(_ rows: [(String, String)]) -> String {
    "<table>" + rows.map { "<tr><th>\($0.0)</th><td class=n>\($0.1)</td></tr>" }.joined()
      + "</table>"
  }
}
