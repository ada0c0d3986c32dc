"use strict";
(function () {
  const read = id => JSON.parse(document.getElementById("data-" + id).textContent);
  const find = id => document.getElementById(id);
  const names = read("names"), overlay = read("overlay"), facts = read("page");
  const map = window[names.map], view = plannerMap(map, read("base"));
  view.setOverlay(overlay);

  // --- theme, legend -----------------------------------------------------------------------
  const board = document.querySelector(".board"), night = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => board.classList.toggle("dark", night.matches && !onPaper);
  let onPaper = false;
  night.addEventListener("change", paint);
  paint();
  for (const sign of document.querySelectorAll(".legend .zone-sign")) {
    const drawn = document.querySelector(".leaflet-container ." + sign.classList[1] + " svg");
    if (drawn) sign.append(drawn.cloneNode(true)); else sign.remove();
  }

  // --- hour ----------------------------------------------------------------------------
  const hour = find("hour"), times = overlay.risk.times;
  let timer = 0;
  function setHour(step) {
    view.setStep(step);
    if (!hour) return;
    hour.value = step;
    const text = overlay.risk.days[step] + " " + times[step]
      + (step === overlay.risk.selected ? ", arrival" : "");
    find("hour-text").textContent = text;
    hour.setAttribute("aria-valuetext", text);
    for (const jump of document.querySelectorAll(".jump"))
      if (Number(jump.dataset.step) === step) jump.setAttribute("aria-current", "true");
      else jump.removeAttribute("aria-current");
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    find("play").textContent = "Play";
  }
  if (hour) {
    hour.addEventListener("input", () => { stop(); setHour(Number(hour.value)); });
    find("arrival").addEventListener("click", () => { stop(); setHour(overlay.risk.selected); });
    find("play").addEventListener("click", () => {
      if (timer) { stop(); return; }
      find("play").textContent = "Stop";
      timer = setInterval(() => setHour((Number(hour.value) + 1) % times.length), 900);
    });
  }
  for (const jump of document.querySelectorAll(".jump"))
    jump.addEventListener("click", () => { stop(); setHour(Number(jump.dataset.step)); });
  setHour(overlay.risk.selected);

  // --- ways, layers, views -----------------------------------------------------------------
  let chosen = "";
  function choose(id) {
    chosen = id;
    view.chooseOrigin(id);
    for (const row of document.querySelectorAll("[data-origin]")) {
      const on = Boolean(id) && row.dataset.origin === id;
      row.classList.toggle("chosen", on);
      const letter = row.querySelector(".let");
      if (letter) letter.setAttribute("aria-pressed", String(on));
    }
    if (find("all-sides")) find("all-sides").hidden = !id;
    view.whole();
  }
  for (const row of document.querySelectorAll(".short tr[data-origin], .from button"))
    row.addEventListener("click", () => {
      choose(chosen === row.dataset.origin ? "" : row.dataset.origin);
      if (row.closest(".from")) document.querySelector(".chart").scrollIntoView();
    });
  if (find("all-sides")) find("all-sides").addEventListener("click", () => choose(""));
  for (const box of document.querySelectorAll("input[data-layer]")) {
    box.addEventListener("change", () => view.show(box.dataset.layer, box.checked));
    if (!box.checked) view.show(box.dataset.layer, false);
  }
  find("view-near").addEventListener("click", view.near);
  if (find("view-all")) find("view-all").addEventListener("click", view.whole);

  // --- out of date -------------------------------------------------------------------------
  // "?now=" or "#now=" can only move the clock forward: it is for trying the banner.
  const stale = find("stale");
  function check() {
    const hook = /[?&#]now=([^&#]+)/.exec(location.search + location.hash);
    const asked = hook ? Date.parse(decodeURIComponent(hook[1])) : NaN;
    const now = Number.isNaN(asked) ? Date.now() : Math.max(Date.now(), asked);
    if (now >= Date.parse(facts.validUntil)) stale.hidden = false;
  }
  if (stale && facts.validUntil) {
    check();
    setInterval(check, 15000);
    addEventListener("hashchange", check);
    document.addEventListener("visibilitychange", check);
  }

  // --- tables ------------------------------------------------------------------------------
  // A table wider than the page is scrolled by keyboard too; others are no stop for the keyboard.
  function reachable() {
    for (const frame of document.querySelectorAll(".scroll")) {
      if (frame.scrollWidth <= frame.clientWidth) {
        for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
        continue;
      }
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", frame.querySelector("caption").textContent);
    }
  }
  addEventListener("resize", reachable);
  reachable();

  // --- print -------------------------------------------------------------------------------
  // Browsers that print no margin boxes get the marking inside the page instead.
  const root = document.documentElement;
  root.classList.toggle("unmargined", typeof CSSMarginRule === "undefined");
  const folded = [], since = document.querySelector("details.since");
  // On paper the answer and the map stay on the first sheet: what changed follows in full.
  const short = document.createElement("p");
  function comparison(on) {
    if (!since) return;
    const stage = document.querySelector(".stage");
    if (!on) {
      short.replaceWith(since);
      return;
    }
    short.className = "since";
    short.replaceChildren(...since.querySelector("summary").cloneNode(true).childNodes);
    since.replaceWith(short);
    stage.after(since);
  }
  function printing(on) {
    const box = map.getBounds();
    if (root.classList.contains("printing") !== on) comparison(on);
    root.classList.toggle("printing", on);
    onPaper = on;
    paint();
    for (const box of document.querySelectorAll("input[data-paper]"))
      view.show(box.dataset.layer, on || box.checked);
    if (on) for (const part of document.querySelectorAll("details.onpaper:not([open])")) {
      part.open = true;
      folded.push(part);
    } else for (const part of folded.splice(0)) part.open = false;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(box, { animate: false });
  }
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
  if (location.hash === "#print") printing(true);
  root.dataset.ready = "yes";
})();
