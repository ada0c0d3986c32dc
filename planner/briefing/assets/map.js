"use strict";
// Draws a plan over the city's own lines. Text enters the page through textContent alone.
function plannerMap(map, base, data, layers) {
  const SCALE = 200000;
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const VALUE = new Uint8Array(128);
  for (let i = 0; i < 64; i++) VALUE[ALPHABET.charCodeAt(i)] = i;

  function decode(text) {
    const parts = [];
    let at = 0, x = 0, y = 0;
    function next() {
      let value = 0, factor = 1, digit;
      do {
        digit = VALUE[text.charCodeAt(at++)];
        value += (digit & 31) * factor;
        factor *= 32;
      } while (digit & 32);
      return value;
    }
    function step() {
      const value = next();
      return value % 2 ? -(value + 1) / 2 : value / 2;
    }
    while (at < text.length) {
      const part = new Array(next());
      for (let i = 0; i < part.length; i++) {
        x += step();
        y += step();
        part[i] = [y / SCALE, x / SCALE];
      }
      parts.push(part);
    }
    return parts;
  }

  function pane(name, z) {
    map.createPane(name).style.zIndex = z;
    return L.svg({ pane: name, padding: 0.3 });
  }
  const ground = pane("ground", 200), streets = pane("streets", 210);
  const hazard = pane("hazard", 350), ways = pane("ways", 450);
  map.createPane("street-names").style.zIndex = 220;
  map.createPane("risk-numbers").style.zIndex = 360;
  map.createPane("way-marks").style.zIndex = 640;
  const still = { interactive: false };

  // --- base map -----------------------------------------------------------------------
  const ROADS = {
    service: [0.8, "#e3e6e8"], minor: [1.5, "#dadee1"], tertiary: [2.2, "#d0d5d9"],
    secondary: [2.6, "#c8cdd3"], primary: [3, "#bfc5cc"], motorway: [3.4, "#b2bac2"],
    ferry: [1, "#8fb0cc"],
  };
  function area(text, colour, kind) {
    if (!text) return null;
    return L.polygon(decode(text), {
      ...still, renderer: ground, pane: "ground", stroke: false, fillColor: colour,
      fillOpacity: 1, className: kind, smoothFactor: 1,
    });
  }
  const green = area(base.green, "#e3eedd", "base-green");
  const water = area(base.water, "#cfe3f1", "base-water");
  const buildings = area(base.buildings, "#e7e3dc", "base-buildings");
  function strokes(text, color, weight, dashArray) {
    return text ? L.polyline(decode(text), {
      ...still, renderer: ground, pane: "ground", color, weight, dashArray, smoothFactor: 1.5,
    }) : null;
  }
  const streams = strokes(base.waterways, "#cfe3f1", 2, null);
  const rails = strokes(base.rails, "#c9c2d0", 1.2, "5 3");
  for (const layer of [green, water, streams, rails]) if (layer) layer.addTo(map);
  const fine = [];
  for (const road of base.roads) {
    const [weight, colour] = ROADS[road.kind];
    const line = L.polyline(decode(road.lines), {
      ...still, renderer: streets, pane: "streets", weight, color: colour, lineCap: "round",
      className: "base-road base-" + road.kind, smoothFactor: 1.2,
      dashArray: road.kind === "ferry" ? "6 6" : null,
    });
    if (road.kind === "service") fine.push(line); else line.addTo(map);
    line.plannerWeight = weight;
    road.line = line;
  }
  const names = L.layerGroup();
  function label(html, className, at, paneName) {
    return L.marker(at, {
      ...still, keyboard: false, pane: paneName,
      icon: L.divIcon({ html, className, iconSize: [0, 0] }),
    });
  }
  function nameStreets() {
    names.clearLayers();
    const zoom = map.getZoom();
    if (zoom < 14.5) return;
    const box = map.getBounds(), taken = [];
    for (const [lon, lat, angle, text, rank] of base.names) {
      if (rank > (zoom < 15.5 ? 4 : zoom < 16.5 ? 6 : 9) || !box.contains([lat, lon])) continue;
      // A label is kept clear of others by a row of spots along its baseline.
      const p = map.latLngToContainerPoint([lat, lon]), turn = angle * Math.PI / 180;
      const half = text.length * 3.1, spots = [];
      for (let at = -half; at <= half; at += 12)
        spots.push([p.x + at * Math.cos(turn), p.y + at * Math.sin(turn)]);
      if (taken.some(([x, y]) => spots.some(s => Math.hypot(s[0] - x, s[1] - y) < 20))) continue;
      taken.push(...spots);
      const span = document.createElement("span");
      span.textContent = text;
      span.style.transform = "translate(-50%,-50%) rotate(" + angle + "deg)";
      names.addLayer(label(span, "street-name", [lat, lon], "street-names"));
    }
  }
  names.addTo(map);
  function detail() {
    const zoom = map.getZoom(), grow = zoom >= 16.5 ? 2.6 : zoom >= 15 ? 1.7 : zoom >= 13 ? 1 : 0.65;
    for (const road of base.roads) road.line.setStyle({ weight: road.line.plannerWeight * grow });
    for (const line of fine) if (zoom >= 14) line.addTo(map); else line.remove();
    if (buildings) if (zoom >= 14.5) buildings.addTo(map); else buildings.remove();
    map.getContainer().classList.toggle("close", zoom >= 14);
  }

  // --- risk and crowds at a time ---------------------------------------------------------
  const RISK = ["", "#f6d746", "#fb9b06", "#dd513a", "#932667", "#2d0b59"];
  const risk = L.layerGroup().addTo(map);
  let state = -1;
  const drawn = new Map();
  function riskState(index) {
    if (drawn.has(index)) return drawn.get(index);
    const group = L.layerGroup(), now = data.risk.states[index];
    for (const { level, rings, at } of now.risk) {
      if (rings) group.addLayer(L.polygon(decode(rings), {
        ...still, renderer: hazard, pane: "hazard", color: RISK[level], weight: 0.7, opacity: 0.9,
        fillColor: RISK[level], fillOpacity: 0.5, className: "risk risk-" + level,
      }));
      for (const [lon, lat] of at) {
        const mark = document.createElement("span");
        mark.className = "lv lv" + level;
        mark.textContent = level;
        group.addLayer(label(mark, "risk-number", [lat, lon], "risk-numbers"));
      }
    }
    if (now.crowd) group.addLayer(L.polygon(decode(now.crowd), {
      ...still, renderer: hazard, pane: "hazard", color: "#1d2733", weight: 1.5,
      fillColor: "#1d2733", fillOpacity: 0.55, className: "crowd",
    }));
    drawn.set(index, group);
    return group;
  }
  function setStep(step) {
    const next = data.risk.state[step];
    if (next === state) return;
    risk.clearLayers();
    risk.addLayer(riskState(next));
    state = next;
  }

  // --- ways in ---------------------------------------------------------------------------
  const STYLE = {
    primary: ["#0b5cad", null, 5], alternate: ["#b34700", "14 7", 4],
    contingency: ["#6a2d91", "3 7", 4], emergency: ["#00665c", "14 6 3 6", 4],
  };
  const routes = L.layerGroup().addTo(map), stagingWays = L.layerGroup();
  const marks = L.layerGroup();
  const all = data.routes.map(route => {
    const points = decode(route.line)[0] || [];
    const [color, dashArray, weight] = STYLE[route.role] || STYLE.emergency;
    const casing = L.polyline(points, {
      ...still, renderer: ways, pane: "ways", color: "#fff", weight: weight + 4, opacity: 0.9,
    });
    const line = L.polyline(points, {
      renderer: ways, pane: "ways", color, weight, dashArray, lineCap: "butt",
      className: "way way-" + route.role,
    });
    const facts = document.createElement("div");
    route.facts.forEach((text, i) => {
      const row = document.createElement(i ? "div" : "b");
      row.textContent = text;
      facts.append(row);
    });
    line.bindTooltip(facts, { sticky: true }).bindPopup(facts.cloneNode(true));
    return { ...route, points, casing, line, color };
  });
  for (const text of data.stagingWays) {
    stagingWays.addLayer(L.polyline(decode(text), {
      ...still, renderer: ways, pane: "ways", color: "#5c6670", weight: 2.5, dashArray: "2 6",
    }));
  }
  let shown = [], chosen = "";
  function chooseOrigin(origin) {
    routes.clearLayers();
    chosen = origin;
    shown = all.filter(r => (origin ? r.origin === origin : r.role === "primary"));
    const order = ["emergency", "contingency", "alternate", "primary"];
    const sorted = [...shown].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
    for (const r of sorted) routes.addLayer(r.casing);
    for (const r of sorted) routes.addLayer(r.line);
    routes.addLayer(marks);
    markWays();
  }
  function markWays() {
    // A way's mark stands where it comes into view; marks that would touch are written as one.
    marks.clearLayers();
    const size = map.getSize(), pad = 26, spots = [], arrows = new Map();
    // The corners hold the map's own buttons, its scale and its credit.
    const corner = p => (p.x < 64 && p.y < 104) || (p.x > size.x - 290 && p.y < 66)
      || (p.y > size.y - 50 && (p.x < 130 || p.x > size.x - 290));
    const inside = p => p.x > pad && p.y > pad && p.x < size.x - pad && p.y < size.y - pad
      && !corner(p);
    for (const r of shown) {
      const px = r.points.map(p => map.latLngToContainerPoint(p));
      let entry = px.findIndex(inside);
      if (entry < 0) continue;
      if (arrows.has(r.color)) arrows.get(r.color).push(...arrowHeads(px, inside));
      else arrows.set(r.color, arrowHeads(px, inside));
      // Its own round mark says it already.
      if (entry === 0 && chosen === "") continue;
      let p = px[entry];
      if (entry > 0) {
        let far = px[entry - 1];
        for (let i = 0; i < 12; i++) {
          const mid = far.add(p).divideBy(2);
          if (inside(mid)) p = mid; else far = mid;
        }
      } else if (px.length > 1) {
        // Beginning in view: a little way on, so that the mark does not hide the beginning.
        let left = 34, i = 1;
        while (i < px.length - 1 && left > px[i].distanceTo(px[i - 1]))
          left -= px[i].distanceTo(px[i++ - 1]);
        const length = px[i].distanceTo(px[i - 1]) || 1;
        p = px[i - 1].add(px[i].subtract(px[i - 1]).multiplyBy(Math.min(left / length, 1)));
      }
      const near = spots.find(s => s.p.distanceTo(p) < 30);
      if (near) near.marks.push(r.mark); else spots.push({ p, marks: [r.mark], role: r.role });
    }
    for (const [color, heads] of arrows) {
      marks.addLayer(L.polyline(heads, {
        ...still, renderer: ways, pane: "ways", color: "#fff", weight: 2, className: "way-arrow",
      }));
    }
    for (const { p, marks: texts, role } of spots) {
      const box = document.createElement("span");
      box.className = "way-mark r-" + role;
      box.textContent = texts.join(" ");
      const half = 8 + 6 * texts.join(" ").length;
      const at = L.point(Math.min(Math.max(p.x, half), size.x - half), p.y);
      marks.addLayer(label(box, "mark", map.containerPointToLatLng(at), "way-marks"));
    }
  }
  function arrowHeads(px, inside) {
    const heads = [];
    let since = 30;
    for (let i = 1; i < px.length; i++) {
      const a = px[i - 1], b = px[i], length = a.distanceTo(b);
      since += length;
      if (since < 70 || length < 5 || !inside(b)) continue;
      since = 0;
      const u = b.subtract(a).divideBy(length), tip = a.add(b).divideBy(2).add(u.multiplyBy(2));
      const back = tip.subtract(u.multiplyBy(4));
      const left = back.add(L.point(-u.y, u.x).multiplyBy(3));
      const right = back.add(L.point(u.y, -u.x).multiplyBy(3));
      heads.push([left, tip, right].map(p => map.containerPointToLatLng(p)));
    }
    return heads;
  }

  // --- layers, views -----------------------------------------------------------------------
  const groups = { ...layers, risk, routes, stagingWays };
  function show(name, on) {
    const group = groups[name];
    if (group) if (on) group.addTo(map); else group.remove();
  }
  for (const group of Object.values(layers)) group.eachLayer(layer => {
    const tip = layer.getTooltip && layer.getTooltip();
    if (!tip) return;
    const content = tip.getContent();
    layer.bindPopup(content);
    const element = layer.getElement && layer.getElement();
    if (element && element.tabIndex >= 0) {
      const words = document.createElement("div");
      words.append(typeof content === "string" ? new DOMParser()
        .parseFromString(content.replace(/<br>/g, ", "), "text/html").body.textContent
        : content.textContent);
      element.setAttribute("aria-label", words.textContent.trim());
    }
  });
  const swap = ([lon, lat]) => [lat, lon];
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
  map.attributionControl.setPrefix("Leaflet")
    .addAttribution("© OpenStreetMap contributors (ODbL)");
  map.on("zoomend", detail);
  map.on("moveend", () => { markWays(); nameStreets(); });
  chooseOrigin("");
  near();
  detail();
  return { setStep, chooseOrigin, show, near, whole };
}
