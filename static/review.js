// Who else looks at which lead of the review: the answer of #looking tells it, the rows show it.
(() => {
  "use strict";
  document.addEventListener("htmx:beforeRequest", (event) => {
    // A page that nobody sees holds no lease.
    if (event.target.id === "looking" && document.visibilityState !== "visible") event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!target.matches("#looking[data-seen]")) return;
    const names = new Map([...target.querySelectorAll("[data-eye-of]")].map((el) => [el.dataset.eyeOf, el.textContent]));
    for (const badge of document.querySelectorAll("[data-eye]")) {
      const name = names.get(badge.dataset.eye);
      badge.hidden = !name;
      badge.querySelector("[data-who]").textContent = name ?? "";
    }
  });
})();
