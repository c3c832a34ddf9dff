// The builder of conditions in Django's admin, whose pages bring no htmx of their own.
(() => {
  "use strict";
  if (!window.htmx || document.querySelector("meta[name=htmx-config]")) return;
  // Neither inline styles nor eval pass the Content-Security-Policy.
  Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, defaultSettleDelay: 0, historyEnabled: false });
  document.addEventListener("formset:added", ({ target }) => htmx.process(target));
})();
