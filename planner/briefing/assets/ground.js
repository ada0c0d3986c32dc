"use strict";
// Decodes lines packed by lines.py.
const plannerLines = (function () {
  const SCALE = 200000;
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const VALUE = new Uint8Array(128);
  for (let i = 0; i < 64; i++) VALUE[ALPHABET.charCodeAt(i)] = i;
  return function (text) {
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
    while (text && at < text.length) {
      const part = new Array(next());
      for (let i = 0; i < part.length; i++) {
        x += step();
        y += step();
        part[i] = [y / SCALE, x / SCALE];
      }
      parts.push(part);
    }
    return parts;
  };
})();

// Draws the city's own lines. Colours are those of the light map; map.css has them by class.
function plannerGround(map, base) {
  function pane(name, z) {
    map.createPane(name).style.zIndex = z;
    return L.svg({ pane: name, padding: 0.3 });
  }
  const ground = pane("ground", 200), streets = pane("streets", 210);
  map.createPane("street-names").style.zIndex = 220;
  map.getPane("street-names").setAttribute("aria-hidden", "true");
  const still = { interactive: false };
  // Drawn from this zoom on, so that the wide view stays quiet.
  const FROM = { service: 14, path: 15 }, DASHED = { ferry: "6 6", path: "3 3" };
  const ROADS = {
    service: [0.8, "#e3e6e8"], minor: [1.5, "#dadee1"], tertiary: [2.2, "#d0d5d9"],
    secondary: [2.6, "#c8cdd3"], primary: [3, "#bfc5cc"], motorway: [3.4, "#b2bac2"],
    ferry: [1, "#8fb0cc"], path: [0.6, "#e3e6e8"],
  };
  function area(text, colour, kind) {
    return text ? L.polygon(plannerLines(text), {
      ...still, renderer: ground, pane: "ground", stroke: false, fillColor: colour,
      fillOpacity: 1, className: kind, smoothFactor: 1,
    }) : null;
  }
  function strokes(text, color, weight, dashArray, kind) {
    return text ? L.polyline(plannerLines(text), {
      ...still, renderer: ground, pane: "ground", color, weight, dashArray, className: kind,
      smoothFactor: 1.5,
    }) : null;
  }
  const green = area(base.green, "#e3eedd", "base-green");
  const water = area(base.water, "#cfe3f1", "base-water");
  const buildings = area(base.buildings, "#e7e3dc", "base-buildings");
  const streams = strokes(base.waterways, "#cfe3f1", 2, null, "base-stream");
  const rails = strokes(base.rails, "#c9c2d0", 1.2, "5 3", "base-rail");
  for (const layer of [green, water, streams, rails]) if (layer) layer.addTo(map);
  const roads = base.roads.map(road => {
    const [weight, colour] = ROADS[road.kind], parts = plannerLines(road.lines);
    const line = L.polyline(parts, {
      ...still, renderer: streets, pane: "streets", weight, color: colour, lineCap: "round",
      className: "base-road base-" + road.kind, smoothFactor: 1.2,
      dashArray: DASHED[road.kind] || null,
    });
    if (!FROM[road.kind]) line.addTo(map);
    return { kind: road.kind, line, parts, weight };
  });

  const names = L.layerGroup().addTo(map);
  function nameStreets(boxes) {
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
      if (boxes.some(b => spots.some(s => s[0] > b.x0 - 6 && s[0] < b.x1 + 6
        && s[1] > b.y0 - 7 && s[1] < b.y1 + 7))) continue;
      taken.push(...spots);
      const span = document.createElement("span");
      span.textContent = text;
      span.style.transform = "translate(-50%,-50%) rotate(" + angle + "deg)";
      names.addLayer(L.marker([lat, lon], {
        ...still, keyboard: false, pane: "street-names",
        icon: L.divIcon({ html: span, className: "street-name", iconSize: [0, 0] }),
      }));
    }
  }
  function detail() {
    const zoom = map.getZoom(), grow = zoom >= 16.5 ? 2.6 : zoom >= 15 ? 1.7 : zoom >= 13 ? 1 : 0.65;
    for (const road of roads) {
      road.line.setStyle({ weight: road.weight * grow });
      if (FROM[road.kind]) if (zoom >= FROM[road.kind]) road.line.addTo(map); else road.line.remove();
    }
    if (buildings) if (zoom >= 14.5) buildings.addTo(map); else buildings.remove();
    map.getContainer().classList.toggle("close", zoom >= 14);
  }
  map.on("zoomend", detail);
  return { detail, nameStreets, roads };
}
