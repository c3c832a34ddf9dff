// What changes by itself: toasts with the seconds left to undo, urgency chips, errors told in words.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = $("#words").dataset; // the translated patterns, such as "{left} left of {total}"
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function toastError(status) {
    const toast = $("#words").content.firstElementChild.cloneNode(true);
    $("[data-text]", toast).textContent = words["error-" + status] ?? words.error;
    $("#toasts").append(toast);
  }
  function tickToasts() {
    $$("#toasts [data-toast]").slice(0, -3).forEach((toast) => toast.remove());
    for (const toast of $$("#toasts [data-toast]")) {
      const undo = $("[data-undo]", toast);
      if (!undo && (/error|warning/.test(toast.dataset.toast) || toast.matches(":hover, :focus-within"))) continue;
      const left = toast.dataset.seconds--;
      if (left <= 0) { toast.remove(); continue; }
      if (!undo) continue;
      $("[data-countdown]", undo).textContent = fill(words.seconds, { n: left });
      $("progress", toast).value = left;
    }
  }

  // ---- Urgency chips count down from the business time that the server sent with them, in the spans
  // ("0-3600 61200-90000", seconds from then) in which it runs.
  const born = new WeakMap();
  function ran(runs, passed) {
    if (runs === undefined) return passed;
    const spans = runs.split(" ").filter(Boolean).map((span) => span.split("-").map(Number));
    return spans.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, passed) - begin), 0);
  }
  function span(seconds) {
    const minutes = Math.round(Math.abs(seconds) / 60);
    const h = Math.floor(minutes / 60), m = minutes % 60;
    if (!h) return fill(words.min, { m });
    if (h < 48) return fill(m ? words.hm : words.h, { h, m: String(m).padStart(2, "0") });
    return fill(h % 24 ? words.dh : words.d, { d: Math.floor(h / 24), h: h % 24 });
  }
  function tickClocks() {
    for (const chip of $$(".badge[data-left]")) {
      if (!born.has(chip)) born.set(chip, Date.now());
      const left = chip.dataset.left - ran(chip.dataset.runs, (Date.now() - born.get(chip)) / 1000);
      const total = Number(chip.dataset.total);
      const pattern = left < 0 ? words.over : total && !("short" in chip.dataset) ? words.leftOf : words.left;
      $("span", chip).textContent = fill(pattern, { left: span(left), total: span(total) });
      const used = left < 0 ? 100 : total ? 100 * (1 - left / total) : 0;
      const [tone, shape] = used >= 100 ? ["red", "alert-octagon"] : used >= 80 ? ["orange", "alert-triangle"]
        : used >= 50 ? ["yellow", "hourglass"] : ["secondary", "clock"];
      chip.className = `badge bg-${tone}-lt`;
      const use = $("use", chip);
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#" + shape));
    }
  }

  // ---- A region with data-live asks that address each second for what is new (204: nothing), while
  // somebody can see it. Not by htmx: nobody did anything, so focus, toasts and busy signs stay away.
  async function look(region) {
    const answer = await fetch(region.dataset.live, { headers: { "HX-Request": "true" } });
    if (answer.status === 204 || answer.status >= 500) return;
    // Signed out, or no longer theirs to see: the next thing that they do tells them.
    if (answer.status !== 200 || answer.headers.has("HX-Redirect")) return region.removeAttribute("data-live");
    const text = await answer.text();
    if (region.isConnected) htmx.swap(region, text, { swapStyle: "outerHTML" }, { eventInfo: { target: region } });
  }
  async function lookAround() {
    const seen = document.visibilityState === "visible" ? $$("[data-live]") : [];
    await Promise.allSettled(seen.map(look)); // without a connection the next one tries again
    setTimeout(lookAround, 1000);
  }

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]")) target.closest("[data-toast]").remove();
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    // Undone; after HX-Location htmx leaves `successful` unset.
    if (detail.successful ?? detail.xhr.status < 400) target.closest("[data-toast]")?.remove();
  });
  document.addEventListener("htmx:responseError", ({ detail }) => toastError(detail.xhr.status));
  document.addEventListener("htmx:sendError", () => toastError(0));
  document.addEventListener("htmx:afterSettle", tickClocks);
  tickClocks();
  setInterval(tickClocks, 30000);
  setInterval(tickToasts, 1000);
  setTimeout(lookAround, 1000);
})();
