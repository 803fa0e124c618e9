"use strict";

// What the pages cannot do without a script: renew themselves when the ledger moves, and say a
// column's figures beside the chart. Everything else is on the server.
(() => {
  document.documentElement.classList.add("scripted");
  const every = 2000;
  let seen = "";
  let busy = false;
  let settled = true;
  let rounds = 0;
  let stream = null;

  // What the regions marked `data-live` depend on: the log's head, and how the views are.
  async function state() {
    const [status, views] = await Promise.all(
      ["/v1/status", "/v1/views"].map((path) => fetch(path, { cache: "no-store" })));
    if (!status.ok || !views.ok) throw new Error(`${status.status} ${views.status}`);
    const { position } = await status.json();
    const all = (await views.json()).views;
    settled = all.every((view) => view.state === "live" && view.lag.events === 0);
    return { position, text: JSON.stringify([position, all]) };
  }

  async function renew() {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(old.id);
      // Nobody loses what they are reading with the keyboard.
      if (!next || next.isEqualNode(old) || old.contains(document.activeElement)) continue;
      const open = [...old.querySelectorAll("details")].map((details) => details.open);
      [...next.querySelectorAll("details")].forEach((details, index) => {
        details.open = open[index] ?? false;
      });
      old.replaceWith(document.adoptNode(next));
    }
  }

  // One event is enough to look again, so the stream is left at the first one, and taken up behind
  // what was seen: a flood of events is not sent to a page that shows sums. A hidden page has none,
  // since a browser has six connections to a server in all.
  function follow(position) {
    if (stream || document.hidden) return;
    stream = new EventSource(`/v1/events?after=${position}`);
    stream.onmessage = () => {
      leave();
      setTimeout(tick, 250);
    };
    stream.addEventListener("end", leave);
  }

  function leave() {
    stream?.close();
    stream = null;
  }

  async function tick() {
    if (busy || document.hidden) return;
    busy = true;
    const live = document.getElementById("live");
    try {
      const now = await state();
      if (seen !== now.text) {
        // The ledger may have moved between the page's making and now.
        if (seen || document.body.dataset.position !== String(now.position)) await renew();
        seen = now.text;
      }
      follow(now.position);
      if (live.textContent) live.textContent = "";
    } catch {
      live.textContent = document.body.dataset.offline;
    } finally {
      busy = false;
    }
  }

  if (document.querySelector("[data-live]")) {
    tick();
    // The stream tells of events alone: views that are at work are looked at besides.
    setInterval(() => {
      rounds += 1;
      if (!stream || stream.readyState === EventSource.CLOSED) leave();
      if (!stream || !settled || rounds % 5 === 0) tick();
    }, every);
    document.addEventListener("visibilitychange", () => (document.hidden ? leave() : tick()));
    addEventListener("pagehide", leave);
  }

  // A tree unfolds where it stands; without this, an agent's link leads to the agent's own page.
  async function fragment(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    const list = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    addFolds(list);
    return document.adoptNode(list);
  }

  function addFolds(root) {
    for (const item of root.querySelectorAll("li[data-recruits]")) {
      const place = item.querySelector(".fold");
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-label", place.dataset.unfold);
      place.append(button);
    }
  }

  addFolds(document);

  // A slider says where it stands, and asks when it is let go.
  for (const slider of document.querySelectorAll("input[data-show]")) {
    const output = document.getElementById(slider.dataset.show);
    slider.addEventListener("input", () => { output.textContent = slider.value; });
    slider.addEventListener("change", () => slider.form.requestSubmit());
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".fold button");
    const more = event.target.closest?.("a[data-more]");
    if (more && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const list = await fragment(more.dataset.more).catch(() => null);
      if (!list) return location.assign(more.href);
      more.parentElement.replaceWith(...list.children);
    }
    if (!button) return;
    const item = button.closest("li");
    const open = button.getAttribute("aria-expanded") === "true";
    let list = item.querySelector(":scope > .tree");
    if (!list) {
      button.disabled = true;
      list = await fragment(item.dataset.recruits).catch(() => null);
      button.disabled = false;
      if (!list) return location.assign(item.querySelector("a").href);
      item.append(list);
    }
    list.hidden = open;
    button.setAttribute("aria-expanded", String(!open));
  });

  document.addEventListener("pointerover", (event) => {
    const column = event.target.closest?.(".column");
    const chart = event.target.closest?.(".chart");
    if (!chart) return;
    chart.querySelector(".readout").textContent =
      column?.querySelector("title")?.textContent ?? "";
  });
  document.addEventListener("pointerout", (event) => {
    const chart = event.target.closest?.(".chart");
    if (chart && !chart.contains(event.relatedTarget)) {
      chart.querySelector(".readout").textContent = "";
    }
  });
})();
