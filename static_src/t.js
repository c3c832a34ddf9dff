// Tells leadops what a visitor of this page does. Nothing is sent or stored before consent.
// How to use it: docs/tracking.md. Delivered without remarks and margins, in at most 2 KB.
(() => {
  const script = document.currentScript, to = new URL("t/", script.src);
  const asked = new URLSearchParams(location.search), utm = {};
  for (const name of ["source", "medium", "campaign", "term", "content"]) {
    if (asked.has("utm_" + name)) utm[name] = asked.get("utm_" + name);
  }
  // Do Not Track and Global Privacy Control stand above any consent.
  const quiet = navigator.globalPrivacyControl || navigator.doNotTrack == 1;
  // Where the person came from goes along with the first event, whenever they consent.
  let came = {referrer: document.referrer, utm}, link = asked.get("ll"), shown;

  const random = () => crypto.getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, 0), "");
  const shelve = id => {
    try {
      if (id) localStorage.leadops = id;
      else delete localStorage.leadops;
    } catch {}
    me.visitor = id;
  };
  const send = said => {
    // A plain text is sent without asking first whether it may be.
    const body = JSON.stringify({visitor: me.visitor, ...said});
    if (!navigator.sendBeacon?.(to, body)) {
      fetch(to, {method: "POST", body, mode: "no-cors", keepalive: true}).catch(() => {});
    }
  };
  const event = (name, said) => {
    if (!me.visitor) return;
    const path = location.pathname, title = document.title;
    const told = {id: random(), name, said, path, title, at: Date.now(), ...came};
    send({events: [told], link});
    came = {};
    if (link) {
      // Whoever copies the address is somebody else.
      link = null;
      asked.delete("ll");
      history.replaceState(history.state, "", path + (asked + "" && "?" + asked) + location.hash);
    }
  };
  const view = () => {
    if (!me.visitor || shown == location.pathname) return;
    shown = location.pathname;
    event("page_view");
  };
  const consent = yes => {
    if (yes && !quiet) {
      shelve(me.visitor || random());
      view();
    } else if (me.visitor) {
      send({consent: false});
      shelve(shown = "");
    }
  };
  for (const name of ["pushState", "replaceState"]) {
    const was = history[name];
    history[name] = function () {
      was.apply(this, arguments);
      setTimeout(view);
    };
  }
  addEventListener("popstate", () => setTimeout(view));

  const me = window.leadops = {...window.leadops, visitor: "", consent, event};
  try {
    if (!quiet) me.visitor = localStorage.leadops || "";
  } catch {}
  view();
  if (script.dataset.consent) consent(script.dataset.consent == "true");
})();
