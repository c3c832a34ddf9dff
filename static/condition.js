// The builder of conditions: nothing typed is lost while an answer is on its way. In Django's admin,
// whose pages bring no htmx of their own, it also makes that fit our Content-Security-Policy.
(() => {
  "use strict";
  const sent = new WeakMap();
  const builderOf = (detail) => detail.requestConfig?.elt.closest(".condition");
  const state = (builder) => [...builder.querySelectorAll("input, select, textarea")]
    .map((el) => (el.multiple ? [...el.selectedOptions].map((one) => one.value) : el.value)).join("\0");

  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    const builder = builderOf(detail);
    if (builder) sent.set(builder, state(builder));
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const builder = builderOf(detail);
    if (!builder || sent.get(builder) === state(builder)) return;
    detail.shouldSwap = false; // somebody typed on: ask again with what stands there now
    const { elt } = detail.requestConfig;
    setTimeout(() => htmx.trigger(elt, elt.matches("button") ? "click" : "change"));
  });

  if (document.querySelector("meta[name=htmx-config]")) return;
  Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, defaultSettleDelay: 0, historyEnabled: false });
  document.addEventListener("formset:added", ({ target }) => htmx.process(target));
})();
