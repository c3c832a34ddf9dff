// Keys, lists and selection, reject grid, focus after swaps. Behaviour is declared by data attributes
// in templates; names of htmx events stand only here, in live.js, inbox.js and
// condition.js.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const visible = (el) => el.checkVisibility();

  // ---- Keys. The letter on the key where the layout is Latin, else its place on the board (Cyrillic).
  const codeOf = (event) => (/^[a-z]$/i.test(event.key) ? "Key" + event.key.toUpperCase() : event.code.replace("Numpad", "Digit"));
  const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  const keysOn = () => document.body.dataset.keys !== "off";

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const handled = () => event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { handled(); return $("#search")?.focus(); }
    if (event.key === "Escape") return closeTop() && handled();
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn() || typing(event.target)) return;
    if ($("dialog[open]") && !$("dialog[open] [data-reasons]")) return;
    if (event.key === "?") { handled(); return show($("#keys"), $("[data-help]")); }
    if (event.key === "/") { handled(); return $("#search")?.focus(); }
    if (event.shiftKey) return;
    const code = codeOf(event);
    const grid = openGrid();
    if (grid && /^(Key|Digit)/.test(code)) { handled(); return chooseReason(grid, code); }
    if (code === "KeyJ" && move(1)) return handled();
    if (code === "KeyK" && move(-1)) return handled();
    if (code === "KeyX" && toggleSelect(activeRow())) return handled();
    if (code === "KeyU" && lastUndo()) { handled(); return lastUndo().click(); }
    const target = keyTarget(code);
    if (code === "Enter" && event.target.closest("a, button, input, summary")) return;
    if (target) { handled(); return target.click(); }
    if (code === "Enter" && activeRow()) { handled(); rowLink(activeRow())?.click(); }
  });

  // A key belongs to the active row first, then to what stands outside of all rows.
  function keyTarget(code) {
    const found = $$(`[data-key="${code}"]`).filter((el) => visible(el) && !el.disabled);
    return found.find((el) => activeRow()?.contains(el)) ?? found.find((el) => !el.closest("[data-row]"));
  }

  function listKeys() {
    const entries = $$("[aria-keyshortcuts]").filter((el) => visible(el) && !el.closest("[data-reasons], [data-toast]"));
    const texts = new Map(entries.map((el) => [el.getAttribute("aria-keyshortcuts"), nameOf(el)]));
    $("[data-keylist]").replaceChildren(...[...texts].flatMap(([key, text]) => [tag("dt", tag("kbd", key.replace("Control", "Ctrl"))), tag("dd", text)]));
  }
  function nameOf(el) {
    const copy = el.cloneNode(true);
    $$("kbd", copy).forEach((kbd) => kbd.remove());
    return el.getAttribute("aria-label") ?? el.labels?.[0]?.textContent ?? copy.textContent.trim();
  }
  function tag(name, child) {
    const el = document.createElement(name);
    el.append(child);
    return el;
  }

  // ---- Opening and closing: data-open="id" names a <dialog> or a hidden panel; Escape gives focus back.
  const openers = new Map();
  function show(panel, opener) {
    openers.set(panel, opener);
    if (panel.id === "keys") listKeys();
    if (panel.matches("dialog")) return panel.showModal();
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) ($("input:not([type=hidden]), select, textarea", panel) ?? $("button", panel))?.focus();
  }
  function close(panel) {
    const opener = openers.get(panel) ?? $(`[aria-controls="${panel.id}"]`); // the server may have opened it
    panel.hidden = true;
    opener?.setAttribute("aria-expanded", "false");
    opener?.focus();
    openers.delete(panel);
  }
  function closeTop() {
    if ($("dialog[open]")) return false; // the browser closes it and gives focus back
    const menu = $("details[data-menu][open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); return true; }
    const panel = [...openers.keys()].reverse().find((el) => el.isConnected && !el.matches("dialog") && !el.hidden) ?? openedByServer();
    if (panel) { close(panel); return true; }
    if (!typing(document.activeElement)) return false;
    document.activeElement.blur();
    activeRow()?.focus();
    return true;
  }

  function openedByServer() {
    const panels = $$("[data-panel]").filter(visible);
    return panels.find((el) => activeRow()?.contains(el)) ?? panels[0];
  }

  // ---- Lists: [data-list] holds [data-row]; data-list="follow" opens each row that becomes active.
  const interactive = "a, button, input, select, textarea, label, summary, form";
  const activeRow = () => $('[data-row][aria-current="true"]');
  const rowLink = (row) => $("a[data-main]", row) ?? $("a[href]", row);
  let followTimer;

  function activate(row, { focus = true, follow = true } = {}) {
    $$('[data-row][aria-current="true"]').forEach((el) => el !== row && el.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    if (focus) row.focus();
    if (!follow || row.closest("[data-list]")?.dataset.list !== "follow") return;
    clearTimeout(followTimer); // holding J passes rows without asking for each
    followTimer = setTimeout(() => row.isConnected && rowLink(row)?.click(), 120);
  }
  function move(step) {
    const rows = $$("[data-row]").filter(visible);
    const at = rows.indexOf(activeRow());
    const next = rows[at < 0 ? 0 : at + step];
    if (next) activate(next);
    return rows.length > 0;
  }

  // After an action the list keeps its active row: the same lead, or the one that took its place.
  // Paging, filtering (a link, a form that gets) and HX-Location (the body) start where the server says.
  let place = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const row = activeRow();
    const { verb, elt } = detail.requestConfig;
    place = row && !(verb === "get" && elt.matches("a, form, body"))
      ? { row, id: row.dataset.row, list: listOf(row), index: rowsOf(listOf(row)).indexOf(row) } : null;
  });
  const listOf = (row) => row.closest("[data-list]")?.id;
  const rowsOf = (list) => $$("[data-row]").filter((row) => listOf(row) === list);
  function keepPlace() {
    if (!place || place.row.isConnected) return;
    const rows = rowsOf(place.list);
    const same = rows.find((row) => row.dataset.row === place.id);
    const row = same ?? rows[Math.min(place.index, rows.length - 1)];
    if (!same) select([{ value: place.id }], false); // it left the queue, so also the selection
    place = null;
    const shown = same || row?.getAttribute("aria-current") === "true";
    if (row) activate(row, { focus: document.activeElement === document.body, follow: !shown });
  }

  // ---- Selection survives paging: ids per page, sent as `ids` by forms with data-selection.
  const memory = () => "selection:" + location.pathname.split("/")[1]; // the same with a row open
  const selected = () => new Set(JSON.parse(sessionStorage.getItem(memory()) ?? "[]"));
  function remember(ids) {
    sessionStorage.setItem(memory(), JSON.stringify([...ids]));
    showSelection();
  }
  function showSelection() {
    const ids = selected();
    const boxes = $$("[data-select]");
    boxes.forEach((box) => { box.checked = ids.has(box.value); });
    $$("[data-select-all]").forEach((box) => { box.checked = boxes.length > 0 && boxes.every((one) => one.checked); });
    $$("[data-selected-count]").forEach((el) => { el.textContent = ids.size; });
    $$("[data-bulk]").forEach((el) => { el.hidden = ids.size === 0; });
  }
  function select(boxes, on) {
    const ids = selected();
    boxes.forEach((box) => (on ? ids.add(box.value) : ids.delete(box.value)));
    remember(ids);
  }
  function toggleSelect(row) {
    const box = row && $("[data-select]", row);
    if (box) select([box], !box.checked);
    return Boolean(box);
  }
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-selection]")) return;
    event.formData.delete("ids");
    selected().forEach((id) => event.formData.append("ids", id));
  });

  // ---- Reject grid: a letter or press chooses the reason, a digit or press the detail; the last choice
  // commits, unless a date or a note is wanted. Arrow keys only choose.
  const openGrid = () => {
    const grids = $$("[data-reasons]").filter(visible);
    return grids.find((grid) => activeRow()?.contains(grid)) ?? grids[0];
  };
  function chooseReason(grid, code) {
    const by = code.startsWith("Key") ? `[data-letter="${code}"]` : `[data-digit="${code.slice(5)}"]`;
    const radio = $$(by, grid).find((el) => !el.disabled && visible(el.closest("label")));
    if (!radio) return;
    radio.checked = true;
    radio.focus();
    chosen(grid, radio, true);
  }
  function chosen(grid, radio, commits) {
    if (radio.name === "reason") $$("[name=detail]", grid).forEach((el) => { el.checked = false; });
    const more = radio.closest("label.reason")?.nextElementSibling;
    announce($("[data-consequence]", more ?? radio.closest(".reason-more"))?.textContent);
    const needs = $$(":checked", grid).flatMap((el) => (el.dataset.needs ?? "").split(/\s+/).filter(Boolean));
    const field = $(needs.includes("date") ? "[name=until]" : needs.includes("other") ? "[name=other]" : "[name=note]", grid);
    $("[name=until]", grid).required = needs.includes("date");
    $("[name=note]", grid).required = needs.includes("note");
    if (!commits || (radio.name === "reason" && $("[name=detail]", more))) return;
    if (needs.length) field.focus(); else radio.form.requestSubmit();
  }

  const lastUndo = () => $$("#toasts [data-undo]").at(-1);
  function announce(text) { if (text) $("#live").textContent = text.trim(); }

  // ---- Pointer and focus
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const opener = at("[data-open]");
    if (opener) { event.preventDefault(); show(document.getElementById(opener.dataset.open), opener); }
    if (at("[data-dismiss]")) close(at("[data-dismiss]").closest("[data-panel]"));
    if (at("[data-move]")) move(Number(at("[data-move]").dataset.move));
    if (at("[data-select-none]")) remember([]);
    $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    // A press on a label arrives twice, again from its input; keys arrive with detail 0.
    const choice = event.detail > 0 && !at("input") && at("[data-reasons] label");
    const radio = choice && $("[type=radio]", choice);
    if (radio) setTimeout(() => chosen(choice.closest("[data-reasons]"), radio, true)); // once it is checked
    const row = at(".row-link[data-row]");
    if (row && !at(interactive) && !String(getSelection())) { activate(row, { follow: false }); rowLink(row)?.click(); }
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-select]")) select([target], target.checked);
    if (target.matches("[data-select-all]")) select($$("[data-select]"), target.checked);
    const grid = target.closest("[data-reasons]");
    if (grid && target.type === "radio") chosen(grid, target, false);
  });
  document.addEventListener("focusin", ({ target }) => {
    const row = target.closest("[data-row]");
    if (row) activate(row, { focus: false, follow: false });
  });

  // ---- htmx
  const busy = (event, on) => event.detail.target?.setAttribute("aria-busy", String(on));
  document.addEventListener("htmx:beforeSend", (event) => busy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => {
    busy(event, false);
    // The form itself may be gone with the region that it replaced.
    if (event.detail.successful && event.detail.requestConfig.elt.matches("[data-selection]")) remember([]);
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const filled = detail.target.matches("dialog") && detail.target.firstElementChild;
    if (filled && !detail.target.open) show(detail.target, detail.requestConfig.elt);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    showSelection();
    keepPlace();
    const root = event.target;
    const wanted = root.matches("[data-focus]") ? root : $("[data-focus], [aria-invalid=true]", root);
    const trigger = event.detail.requestConfig?.elt;
    if (wanted) {
      if (wanted.tabIndex < 0) wanted.tabIndex = -1;
      wanted.focus();
    } else if (document.activeElement === document.body && trigger && !trigger.isConnected) {
      (activeRow() ?? $("#main")).focus({ preventScroll: true }); // what had the focus is gone
    }
    announce($("[data-announce]", root)?.textContent);
  });

  if ($("[data-selection-done]")) remember([]); // on a page of its own; going back before keeps it
  showSelection();
})();
