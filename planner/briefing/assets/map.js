"use strict";
// The one drawing code of briefing and app: a city, risk at a time, ways in, marks.
// plannerMap(map, base, options) -> setOverlay, setStep, chooseOrigin, show, near, whole, destroy.
function plannerMap(map, base, options = {}) {
  const ground = plannerGround(map, base);
  const marks = plannerMarks(map, (layer, id) => {
    if (layer === "staging" && waysFrom(id).length) chooseSite(id);
    return options.onPick && options.onPick(layer, id);
  }, options.onDrag);
  function pane(name, z) {
    map.createPane(name).style.zIndex = z;
    return L.svg({ pane: name, padding: 0.3 });
  }
  const hazard = pane("hazard", 350), ways = pane("ways", 450);
  map.createPane("risk-numbers").style.zIndex = 460;
  map.createPane("way-marks").style.zIndex = 640;
  for (const name of ["risk-numbers", "way-marks"])
    map.getPane(name).setAttribute("aria-hidden", "true");
  const still = { interactive: false };
  const swap = ([lon, lat]) => [lat, lon];
  function label(html, className, at, paneName) {
    return L.marker(at, {
      ...still, keyboard: false, pane: paneName,
      icon: L.divIcon({ html, className, iconSize: [0, 0] }),
    });
  }
  let data = null;

  // --- risk and crowds at a time ---------------------------------------------------------
  const RISK = ["", "#f6d746", "#fb9b06", "#dd513a", "#932667", "#2d0b59"];
  const risk = L.layerGroup();
  let drawn = new Map(), numbers = new Map(), state = -1, step = -1;
  function riskState(index) {
    if (drawn.has(index)) return drawn.get(index);
    const group = L.layerGroup(), now = data.risk.states[index], here = [];
    for (const { level, rings, at } of now.risk) {
      if (rings) group.addLayer(L.polygon(plannerLines(rings), {
        ...still, renderer: hazard, pane: "hazard", color: RISK[level], weight: 0.7, opacity: 0.9,
        fillColor: RISK[level], fillOpacity: 0.5, className: "risk risk-" + level,
      }));
      for (const place of at) {
        const mark = document.createElement("span");
        mark.className = "lv lv" + level;
        mark.textContent = level;
        const number = label(mark, "risk-number", swap(place), "risk-numbers");
        here.push({ number, mark });
        group.addLayer(number);
      }
    }
    if (now.crowd) group.addLayer(L.polygon(plannerLines(now.crowd), {
      ...still, renderer: hazard, pane: "hazard", color: "#1d2733", weight: 1.5,
      fillColor: "#1d2733", fillOpacity: 0.55, className: "crowd",
    }));
    drawn.set(index, group);
    numbers.set(index, here);
    return group;
  }
  function setStep(wanted) {
    step = wanted;
    const next = data.risk.state[step];
    if (next === state || next === undefined) return;
    risk.clearLayers();
    risk.addLayer(riskState(next));
    state = next;
    clearNumbers(boxes);
  }
  const BESIDE = [[0, 0], [0, 24], [0, -24], [26, 0], [-26, 0]];
  function clearNumbers(boxed) {
    const taken = [...boxed];
    for (const { number, mark } of numbers.get(state) || []) {
      const p = map.latLngToContainerPoint(number.getLatLng());
      const free = BESIDE.find(([dx, dy]) => {
        const x = p.x + dx, y = p.y + dy;
        return !taken.some(other => marks.meet({ x0: x - 9, x1: x + 9, y0: y - 9, y1: y + 9 }, other));
      });
      mark.style.visibility = free ? "" : "hidden";
      if (!free) continue;
      const [x, y] = [p.x + free[0], p.y + free[1]];
      mark.style.margin = free[1] + "px 0 0 " + free[0] + "px";
      taken.push({ x0: x - 9, x1: x + 9, y0: y - 9, y1: y + 9 });
    }
  }

  // --- ways in ---------------------------------------------------------------------------
  const STYLE = {
    primary: ["#0b5cad", null, 5], alternate: ["#b34700", "14 7", 4],
    contingency: ["#6a2d91", "3 7", 4], emergency: ["#00665c", "14 6 3 6", 4],
    robust: ["#5a5200", "10 4 2 4 2 4", 4],
  };
  const routes = L.layerGroup(), stagingWays = L.layerGroup(), onward = L.layerGroup();
  const wayMarks = L.layerGroup(), flow = L.layerGroup();
  let all = [], shown = [], chosen = "", boxes = [], covers = [];
  function drawRoute(route) {
    const points = plannerLines(route.line)[0] || [];
    const [color, dashArray, weight] = STYLE[route.role] || STYLE.emergency;
    const casing = L.polyline(points, {
      ...still, renderer: ways, pane: "ways", color: "#fff", weight: weight + 4, opacity: 0.9,
      className: "way-casing",
    });
    const line = L.polyline(points, {
      renderer: ways, pane: "ways", color, weight, dashArray, lineCap: "butt",
      className: "way way-" + route.role,
    });
    const content = marks.facts(route.facts);
    line.bindTooltip(content, { sticky: true }).bindPopup(content.cloneNode(true));
    line.on("click", () => options.onPick && options.onPick("routes", route.id || route.mark));
    return { ...route, points, casing, line, color };
  }
  function drawStagingWays(lines) {
    stagingWays.clearLayers();
    for (const text of lines || []) stagingWays.addLayer(L.polyline(plannerLines(text), {
      ...still, renderer: ways, pane: "ways", color: "#5c6670", weight: 2.5, dashArray: "2 6",
      className: "way-out",
    }));
  }
  // The ways from one staging site to its gate, to its fallback: of the site chosen by a click.
  let site = "";
  const waysFrom = id => (data && data.onward || []).filter(one => one.site === id);
  function chooseSite(id) {
    onward.clearLayers();
    site = id;
    for (const told of waysFrom(id)) {
      const points = plannerLines(told.line)[0] || [], back = told.look === "fallback";
      onward.addLayer(L.polyline(points, {
        ...still, renderer: ways, pane: "ways", color: "#fff", weight: 8, opacity: 0.9, className: "way-casing",
      }));
      const line = L.polyline(points, {
        renderer: ways, pane: "ways", color: "#3f4a55", weight: 4.5,
        dashArray: back ? "5 7" : "12 4 2 4", className: "way-" + told.look,
      });
      const content = marks.facts(told.facts);
      onward.addLayer(line.bindTooltip(content, { sticky: true }).bindPopup(content.cloneNode(true)));
    }
  }
  function chooseOrigin(origin) {
    routes.clearLayers();
    chosen = origin && all.some(r => r.origin === origin) ? origin : "";
    shown = all.filter(r => (chosen ? r.origin === chosen : r.role === "primary"));
    const order = ["robust", "emergency", "contingency", "alternate", "primary"];
    const sorted = [...shown].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
    for (const r of sorted) routes.addLayer(r.casing);
    for (const r of sorted) routes.addLayer(r.line);
    onward.eachLayer(line => off.has("staging") || line.bringToFront());
    routes.addLayer(wayMarks);
    arrange();
  }
  function markWays(taken) {
    // A way's mark stands where it comes into view; marks that would touch are written as one.
    wayMarks.clearLayers();
    const size = map.getSize(), pad = 26, spots = [], arrows = [], tips = [];
    const free = p => !covers.some(c => p.x > c.x0 - 16 && p.x < c.x1 + 16 && p.y > c.y0 - 14 && p.y < c.y1 + 14);
    const inside = p => p.x > pad && p.y > pad && p.x < size.x - pad && p.y < size.y - pad && free(p);
    for (const r of shown) {
      const px = r.points.map(p => map.latLngToContainerPoint(p));
      const entry = px.findIndex(inside);
      if (entry < 0) continue;
      // Where ways share a street one row of arrows is enough.
      const fresh = p => !tips.some(tip => tip.distanceTo(p) < 40);
      const heads = arrowHeads(px, p => inside(p) && fresh(p), 4, 70);
      arrows.push(...heads);
      tips.push(...heads.map(([, tip]) => map.latLngToContainerPoint(tip)));
      // Its own round mark says it already.
      if (chosen === "" && px[0].x > 0 && px[0].y > 0 && px[0].x < size.x && px[0].y < size.y && !off.has("gateways"))
        continue;
      let p = px[entry];
      if (entry > 0) {
        let far = px[entry - 1];
        for (let i = 0; i < 12; i++) {
          const mid = far.add(p).divideBy(2);
          if (inside(mid)) p = mid; else far = mid;
        }
      } else p = further(px, 0, 34);
      const near = spots.find(s => s.p.distanceTo(p) < 30);
      if (near) near.marks.push(r.mark); else spots.push({ p, px, entry, marks: [r.mark], role: r.role });
    }
    wayMarks.addLayer(L.polyline(arrows, {
      ...still, renderer: ways, pane: "ways", color: "#fff", weight: 2, className: "way-arrow",
    }));
    for (const { p, px, entry, marks: texts, role } of spots) {
      const box = document.createElement("span");
      box.className = "way-mark r-" + role;
      box.textContent = texts.join(" ");
      const half = 8 + 6 * box.textContent.length;
      const kept = q => L.point(Math.min(Math.max(q.x, half), size.x - half), q.y);
      const room = q => ({ x0: q.x - half, x1: q.x + half, y0: q.y - 11, y1: q.y + 11 });
      const covered = q => taken.some(other => marks.meet(room(q), other));
      const places = [p];
      for (let more = 1; more < 20; more++) places.push(further(px, entry, 18 * more));
      const at = kept(places.find((q, n) => (n === 0 || inside(q)) && !covered(kept(q))) || p);
      wayMarks.addLayer(label(box, "mark", map.containerPointToLatLng(at), "way-marks"));
      taken.push(room(at));
    }
  }
  function further(px, from, left) {
    let i = from + 1;
    while (i < px.length - 1 && left > px[i].distanceTo(px[i - 1]))
      left -= px[i].distanceTo(px[i++ - 1]);
    if (i >= px.length) return px[px.length - 1];
    const length = px[i].distanceTo(px[i - 1]) || 1;
    return px[i - 1].add(px[i].subtract(px[i - 1]).multiplyBy(Math.min(left / length, 1)));
  }
  function arrowHeads(px, inside, reach, every) {
    const heads = [];
    let since = every - 40;
    for (let i = 1; i < px.length; i++) {
      const a = px[i - 1], b = px[i], length = a.distanceTo(b);
      if (length < 5) { since += length; continue; }
      const u = b.subtract(a).divideBy(length);
      // Long straights carry several.
      for (let at = Math.max(every - since, 2); at < length; at += every) {
        const tip = a.add(u.multiplyBy(at)), back = tip.subtract(u.multiplyBy(reach));
        since = at - length;
        if (!inside(tip)) continue;
        const left = back.add(L.point(-u.y, u.x).multiplyBy(reach * 0.75));
        const right = back.add(L.point(u.y, -u.x).multiplyBy(reach * 0.75));
        heads.push([left, tip, right].map(p => map.containerPointToLatLng(p)));
      }
      since = since < 0 ? -since : since + length;
    }
    return heads;
  }
  function drawFlow() {
    flow.clearLayers();
    const size = map.getSize();
    const inside = p => p.x > 0 && p.y > 0 && p.x < size.x && p.y < size.y;
    for (const { lines } of marks.flows()) for (const line of lines) {
      const heads = arrowHeads(line.map(p => map.latLngToContainerPoint(p)), inside, 8, 90);
      flow.addLayer(L.polyline(heads, {
        ...still, color: "#1d2733", weight: 2.5, className: "march-arrow",
      }));
    }
  }

  // --- layers, views -----------------------------------------------------------------------
  const own = { risk, routes, stagingWays, onward, flow };
  const under = { flow: "zones", onward: "staging" };
  const off = new Set();
  function refresh() {
    for (const [name, group] of [...Object.entries(marks.groups), ...Object.entries(own)]) {
      const hidden = off.has(under[name] || name);
      if (hidden) group.remove(); else group.addTo(map);
    }
  }
  function show(name, on) {
    if (on) off.delete(name); else off.add(name);
    refresh();
    arrange();
  }
  // Buttons, scale, credit that stand on the map: nothing is written under them.
  function controls() {
    const canvas = map.getContainer(), frame = canvas.getBoundingClientRect();
    return [...canvas.parentElement.querySelectorAll(".views,.panel,.tools,.leaflet-control")]
      .map(one => one.getBoundingClientRect()).filter(box => box.width)
      .map(box => ({ x0: box.left - frame.left, x1: box.right - frame.left,
        y0: box.top - frame.top, y1: box.bottom - frame.top }));
  }
  function arrange() {
    if (!data) return;
    covers = controls();
    boxes = marks.settle(covers);
    if (!off.has("routes")) markWays(boxes);
    if (!off.has("zones")) drawFlow();
    clearNumbers(boxes);
    ground.nameStreets(boxes);
  }
  function near() {
    const box = L.latLngBounds(data.near.map(swap)).pad(0.3);
    map.fitBounds(box.extend(L.latLng(swap(data.home)).toBounds(1300)), { animate: false });
  }
  function whole() {
    const box = L.latLngBounds([swap(data.home)]);
    for (const r of shown) for (const p of r.points) box.extend(p);
    if (shown.length) map.fitBounds(box, {
      animate: false, paddingTopLeft: [50, 60], paddingBottomRight: [50, 40],
    }); else near();
  }
  function setOverlay(overlay, origin = chosen) {
    const before = data;
    data = overlay;
    if (!before || before.risk !== overlay.risk) {
      drawn = new Map();
      numbers = new Map();
      state = -1;
    }
    // The city's own first: what a plan tells is drawn above it.
    if (!before || before.marks !== overlay.marks) marks.set([...(base.marks || []), ...overlay.marks]);
    if (!before || before.routes !== overlay.routes) all = overlay.routes.map(drawRoute);
    if (!before || before.stagingWays !== overlay.stagingWays)
      drawStagingWays(overlay.stagingWays);
    // A row opened in the app names another site; a redraw alone keeps the one that was clicked.
    const told = before && before.site === overlay.site && waysFrom(site).length;
    chooseSite(told ? site : overlay.site);
    refresh();
    if (!before) {
      if (options.view) map.setView(options.view.centre, options.view.zoom, { animate: false });
      else near();
      ground.detail();
    }
    setStep(before && overlay.risk === before.risk && step >= 0 ? step : overlay.risk.selected);
    chooseOrigin(origin);
  }
  map.attributionControl.setPrefix("Leaflet")
    .addAttribution("© OpenStreetMap contributors (ODbL)");
  map.on("moveend", arrange);
  return {
    setOverlay, setStep, chooseOrigin, show, near, whole, arrange, arrowHeads, off, map, ground, marks,
    origin: () => chosen, destroy: () => map.remove(),
  };
}
