"use strict";
(function () {
  const read = id => JSON.parse(document.getElementById("data-" + id).textContent);
  const find = id => document.getElementById(id);
  const names = read("names"), overlay = read("overlay"), facts = read("page");
  const map = window[names.map], layers = {};
  for (const [key, name] of Object.entries(names)) if (key !== "map") layers[key] = window[name];
  const view = plannerMap(map, read("base"), overlay, layers);

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
  setHour(overlay.risk.selected);

  // --- ways, layers, views -----------------------------------------------------------------
  const origin = find("origin");
  function choose(id) {
    if (origin) origin.value = id;
    view.chooseOrigin(id);
    for (const row of document.querySelectorAll("[data-origin]"))
      row.classList.toggle("chosen", Boolean(id) && row.dataset.origin === id);
  }
  if (origin) origin.addEventListener("change", () => { choose(origin.value); view.whole(); });
  for (const row of document.querySelectorAll(".short tr[data-origin], button[data-origin]"))
    row.addEventListener("click", () => {
      const again = origin && origin.value === row.dataset.origin;
      choose(again ? "" : row.dataset.origin);
      view.whole();
    });
  for (const box of document.querySelectorAll("input[data-layer]")) {
    box.addEventListener("change", () => view.show(box.dataset.layer, box.checked));
    view.show(box.dataset.layer, box.checked);
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

  // --- print -------------------------------------------------------------------------------
  function printing(on) {
    const box = map.getBounds();
    document.documentElement.classList.toggle("printing", on);
    for (const part of document.querySelectorAll("section details")) part.open = on;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(box, { animate: false });
  }
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
  if (location.hash === "#print") printing(true);
  document.documentElement.dataset.ready = "yes";
})();
