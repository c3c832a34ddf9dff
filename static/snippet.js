// A capture form on somebody's own page: it stands where this script does, and is sent without leaving the page.
(() => {
  "use strict";
  const script = document.currentScript;
  const hosted = script.src.replace(/\.js([?#].*)?$/, "/");
  let busy = false;
  const box = document.createElement("div");
  box.className = "leadops-form";
  script.after(box);

  const ask = async (options) => {
    const answer = await fetch(hosted + "embed/", { credentials: "omit", ...options });
    if (![200, 410, 422, 429].includes(answer.status)) throw new Error(answer.status);
    return answer.text();
  };

  function show(html, focus) {
    box.innerHTML = html;
    const go = box.querySelector("[data-go]");
    if (go) return location.assign(go.dataset.go);
    box.querySelector("form")?.addEventListener("submit", send);
    if (focus) (box.querySelector("[aria-invalid=true]") ?? box.querySelector("[role]"))?.focus();
  }

  async function send(event) {
    event.preventDefault();
    const form = event.target;
    if (busy) return;
    busy = true;
    const said = new URLSearchParams(new FormData(form));
    said.set("page", location.href);
    said.set("referrer", document.referrer);
    if (window.leadops?.visitor) said.set("visitor", window.leadops.visitor);
    try {
      show(await ask({ method: "POST", body: said }), true);
    } catch {
      warn(form);
    }
    busy = false;
  }

  // What was typed stays; sending it again sends it once.
  function warn(form) {
    const alert = form.querySelector("[role=alert]") ?? document.createElement("div");
    alert.className = "leadops-alert";
    alert.setAttribute("role", "alert");
    alert.textContent = form.dataset.failed;
    form.prepend(alert);
  }

  ask().then(show, () => {
    const link = document.createElement("a");
    link.href = link.textContent = hosted;
    box.append(link);
  });
})();
