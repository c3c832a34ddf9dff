// Offers that come by themselves take their place: the most urgent stays first.
(() => {
  "use strict";
  const seen = new WeakSet();
  const cards = () => [...document.querySelectorAll("#offers > [data-due]")];
  const due = (card) => Number(card.dataset.due);

  function place(fresh, others) {
    for (const card of fresh) {
      others.filter((old) => old.id === card.id).forEach((old) => old.remove()); // offered once more
      const there = others.filter((old) => old.isConnected);
      const next = there.find((old) => due(old) > due(card));
      if (next) next.before(card);
      else if (document.getElementById("more")) card.remove(); // it comes with the next page
      else document.querySelector("#offers > .when-empty").before(card);
      others = cards().filter((old) => there.includes(old) || old === card);
    }
  }
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const others = cards().filter((card) => seen.has(card));
    if (detail.target.id === "newer") place(cards().filter((card) => !seen.has(card)), others);
    cards().forEach((card) => seen.add(card));
  });
  cards().forEach((card) => seen.add(card));
})();
