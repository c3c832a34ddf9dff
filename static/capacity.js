// The capacity slider of a preview: the table follows at once. Without it, its form asks the server.
(() => {
  "use strict";
  const NEARLY = .9; // of the capacity
  const form = document.querySelector("[data-capacity]");
  if (!form) return;
  const said = form.querySelector("[data-capacity-said]");
  const table = form.parentElement.querySelector("table");
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function follow() {
    const each = Number(form.elements.capacity.value);
    said.textContent = fill(said.dataset.capacitySaid, { n: each });
    for (const row of table.querySelectorAll("[data-load]")) {
      const load = Number(row.dataset.load), capacity = each * row.dataset.people, over = load - capacity;
      const state = over > .05 ? "over" : load >= NEARLY * capacity ? "nearly" : "free";
      const meter = row.querySelector("progress");
      meter.max = capacity;
      meter.value = load;
      meter.className = "progress meter" + ({ over: " meter-full", nearly: " meter-warn" }[state] ?? "");
      meter.setAttribute("aria-label", `${row.cells[0].textContent}: ${fill(table.dataset.of, { n: numbers.format(load), of: capacity })}`);
      row.querySelector("[data-status]").textContent = fill(table.dataset[state], { n: numbers.format(Math.abs(over)) });
    }
  }
  form.querySelector("button").hidden = true;
  form.addEventListener("input", follow);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
