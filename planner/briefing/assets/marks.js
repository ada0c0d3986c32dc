"use strict";
// Draws marks (zones, closures, gates, staging, ...) from data; text by textContent alone.
// A mark with "drag" follows mouse and keys; where it is let go is told, its place is the data's again.
function plannerMarks(map, onPick, onDrag) {
  const INK = "#1d2733";
  const LOOK = {
    site: { color: INK, weight: 2, fill: true, fillColor: INK, fillOpacity: 0.35 },
    zone: { color: INK, weight: 2, dashArray: "2 5", fill: true, fillColor: "#fff", fillOpacity: 0.01 },
    march: { color: INK, weight: 2.5, dashArray: "2 5", fill: false },
    closure: { color: "#000", weight: 5, dashArray: "3 6", fill: true, fillColor: "#000", fillOpacity: 0.15 },
    approved: { color: "#3d6b35", weight: 3, dashArray: "1 6", fill: false },
    correction: { color: "#7a4a00", weight: 4, dashArray: "8 4", fill: true, fillColor: "#7a4a00", fillOpacity: 0.15 },
    reach: { color: "#006d8f", weight: 1.5, fill: true, fillColor: "#006d8f", fillOpacity: 0.14 },
    leaving: { color: "#8a5a00", weight: 4, dashArray: "10 6", fill: false },
    option: { color: "#2f7fc1", weight: 4, dashArray: "2 4 10 4", fill: false },
    choke: { color: "#9c1c4b", weight: 9, dashArray: "2 7", fill: false },
    own: { color: INK, weight: 4, dashArray: "14 5", fill: false },
    drawn: { color: INK, weight: 1.5, dashArray: "1 5", fill: false },
    earlier: { color: "#3f4a55", weight: 2, dashArray: "6 5", fill: false },
    avoid: { color: "#8b1a5b", weight: 4, dashArray: "2 7", fill: false },
    prefer: { color: "#5b3fa0", weight: 4, dashArray: "14 5", opacity: 0.7, fill: false },
    quiet: { color: "#1f7a6d", weight: 1.2, dashArray: "3 3", fill: true, fillColor: "#1f7a6d", fillOpacity: 0.1 },
    drive: { color: "#3f4a55", weight: 4, fill: false },
    walk: { color: "#3f4a55", weight: 4, dashArray: "2 8", fill: false },
    place: { color: "#3f4a55", weight: 2, fill: true, fillColor: "#3f4a55", fillOpacity: 0.12 },
  };
  // What is to keep its words where marks crowd, first to last.
  const ORDER = ["own", "options", "gates", "zones", "facility", "gateways", "halts", "hand", "staging", "closures", "havens", "stops", "quiet", "onFoot"];
  const GLYPHS = {
    standing_assembly: [["circle", 5, 5.5, 1.7], ["circle", 11, 5.5, 1.7], ["circle", 8, 10.5, 1.7]],
    march: [["path", "M2.5 8H12M8.5 4.2 12.5 8 8.5 11.8"]],
    blockade: [["path", "M2.5 5.2H13.5V10H2.5ZM5 13V10M11 13V10M6 10 9 5.2M10 10 13 5.2"]],
    encampment: [["path", "M8 3 2.5 13H13.5ZM8 8 5.8 13M8 8 10.2 13"]],
    permitted_event: [["path", "M3 4H13V13H3ZM3 7H13M6 2.5V5M10 2.5V5"]],
    unknown_friction: [["path", "M5.6 6A2.4 2.4 0 1 1 8 8.6V10"], ["circle", 8, 12.6, 1]],
  };

  function facts(lines) {
    const box = document.createElement("div");
    lines.forEach((text, i) => {
      const row = document.createElement(i ? "div" : "b"), kept = document.createElement("bdi");
      kept.textContent = text;
      row.append(kept);
      box.append(row);
    });
    return box;
  }
  function part(className, text, tag) {
    const span = document.createElement(tag || "span");
    span.className = className;
    if (text) {
      const kept = document.createElement("bdi");
      kept.textContent = text;
      span.append(kept);
    }
    return span;
  }
  function glyph(kind) {
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    for (const [tag, ...at] of GLYPHS[kind] || GLYPHS.unknown_friction) {
      const drawn = document.createElementNS(space, tag);
      if (tag === "path") drawn.setAttribute("d", at[0]);
      else ["cx", "cy", "r"].forEach((name, i) => drawn.setAttribute(name, at[i]));
      svg.append(drawn);
    }
    return svg;
  }
  function badge({ kind, text, sign, look }) {
    if (kind === "gate") {
      const label = part("gate " + look);
      label.append(part("", sign, "b"), " ", part("", text, "i"));
      return [part("pin"), label];
    }
    if (kind === "zone") {
      const label = part("zone-sign z-" + look);
      label.append(glyph(look));
      return [label];
    }
    const named = part(kind + (look ? " " + look : ""), text);
    return kind === "site" || kind === "staging" ? [part("tie"), named] : [named];
  }

  const BENEATH = -5000;
  // Pixels that a mark goes at a press, beside the mouse.
  const ARROWS = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] };
  const BY_KEYS = "Shift and an arrow key move it, Enter tries it there, Escape puts it back.";
  const groups = {};
  let placed = [], flows = [], held = false, waiting = null;
  function group(name) {
    return groups[name] || (groups[name] = L.layerGroup());
  }
  function named(layer, mark) {
    const content = facts(mark.facts), sticky = !mark.badge || !(layer instanceof L.Marker);
    layer.bindTooltip(content, { sticky }).bindPopup(content.cloneNode(true));
    layer.on("click", () => { if (onPick(mark.layer, mark.id)) layer.closePopup().closeTooltip(); });
    const words = mark.facts.join(", ");
    layer.on("add", () => {
      const element = layer.getElement && layer.getElement();
      if (element && element.tabIndex >= 0) element.setAttribute("aria-label", words);
    });
    layer.plannerMark = mark;
    group(mark.layer).addLayer(layer);
    return layer;
  }
  function draw(mark) {
    const look = LOOK[mark.style] || LOOK.place, className = "mark-" + mark.style;
    const rings = plannerLines(mark.rings), lines = plannerLines(mark.lines);
    if (rings.length) named(L.polygon(rings, { ...look, className }), mark);
    if (lines.length) {
      const line = { ...look, className, fill: false };
      // Wide and unseen, so that a thin line is easily met by the mouse.
      named(L.polyline(lines, { ...line, dashArray: null, opacity: 0, weight: 14 }), mark);
      named(L.polyline(lines, { ...line, interactive: false }), mark);
      if (mark.style === "march") flows.push({ mark, lines });
    }
    if (!mark.at || !mark.badge) return;
    const parts = badge(mark.badge), html = document.createElement("span");
    html.append(...parts);
    const [lon, lat] = mark.at;
    const above = 100 * (ORDER.length - Math.max(ORDER.indexOf(mark.layer), 0));
    const marker = named(L.marker([lat, lon], {
      icon: L.divIcon({ html, className: "mark", iconSize: [0, 0] }),
      zIndexOffset: above,
      draggable: Boolean(mark.drag),
    }), mark);
    if (mark.drag) carried(marker, mark);
    placed.push({ mark, marker, html, above, label: parts[parts.length - 1] });
  }
  function carried(marker, mark) {
    const from = marker.getLatLng();
    let keyed = false;
    function drop(to) {
      held = keyed = false;
      marker.setLatLng(from);
      if (to) onDrag(mark.layer, mark.id, to);
      if (waiting) set(waiting);
    }
    function key(event) {
      const step = event.shiftKey && ARROWS[event.key];
      if (step) {
        held = keyed = true;
        marker.closePopup().closeTooltip();
        const at = map.latLngToContainerPoint(marker.getLatLng()).add(step);
        marker.setLatLng(map.containerPointToLatLng(at));
        map.panInside(marker.getLatLng(), { padding: [40, 40], animate: false });
      } else if (keyed && event.key === "Enter") drop(marker.getLatLng());
      else if (keyed && event.key === "Escape") drop(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    marker.on("add", () => {
      const element = marker.getElement();
      element.addEventListener("keydown", key);
      element.addEventListener("blur", () => { if (keyed) drop(null); });
      element.setAttribute("aria-label", mark.facts.join(", ") + ". " + BY_KEYS);
    });
    marker.on("dragstart", () => { held = true; marker.closePopup().closeTooltip(); });
    marker.on("dragend", () => drop(marker.getLatLng()));
  }
  function set(marks) {
    // What is under the hand stays there.
    waiting = held ? marks : null;
    if (held) return;
    for (const one of Object.values(groups)) one.clearLayers();
    placed = [];
    flows = [];
    for (const mark of marks) draw(mark);
    // Numbers of findings stand in a list too: names come before them.
    const numbers = ["break", "noted"];
    const rank = ({ layer, badge: { kind } }) => (numbers.includes(kind) ? ORDER.length : ORDER.indexOf(layer));
    placed.sort((a, b) => rank(a.mark) - rank(b.mark) || (a.mark.rank || 0) - (b.mark.rank || 0));
  }

  const SIDES = ["up right", "up left", "down right", "down left"];
  // Where else a report's sign, a site's name may stand: shares of its own size.
  const BESIDE = ["0 0", "1.1 0", "-1.1 0", "0 -1.1", "0 1.1", "1.1 -1.1", "-1.1 -1.1", "1.1 1.1", "-1.1 1.1"];
  const ASIDE = ["0 0", "0 -1.3", "0 1.3", "-.6 0", ".6 0", "-.6 -1.3", ".6 -1.3", "-.6 1.3", ".6 1.3",
    "0 -2.6", "0 2.6", "-.6 -2.6", ".6 -2.6", "-.6 2.6", ".6 2.6"];
  const NEAR = ["0 0", "0 -1.1", "0 1.1", ".8 -.6", "-.8 -.6", ".8 .6", "-.8 .6", "1.2 0", "-1.2 0", "0 -2.2", "0 2.2"];
  const CLEAR_OF_SIGNS = 12;
  function boxOf(item, p, side) {
    const { width: w, height: h } = item.size;
    if (item.mark.badge.kind === "gate") {
      const x0 = side.endsWith("right") ? p.x - 9 : p.x + 9 - w;
      const y0 = side.startsWith("up") ? p.y - 7 - h : p.y + 7;
      return { x0, x1: x0 + w, y0, y1: y0 + h };
    }
    const [east, south] = side.split(" ").map(Number), x = p.x + east * w, y = p.y + south * h;
    return { x0: x - w / 2, x1: x + w / 2, y0: y - h / 2, y1: y + h / 2 };
  }
  function sidesOf({ mark: { badge: { kind, side } } }) {
    if (kind === "site" || kind === "mine") return ASIDE;
    if (kind === "zone") return BESIDE;
    if (kind === "staging") return NEAR;
    return kind === "gate" ? [side, ...SIDES.filter(other => other !== side)] : ["0 0"];
  }
  const meet = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
  // A site's name beside a crowd's sign would read as that sign's: it keeps further off.
  function coveredBy(other, item, box) {
    if (other.pin === item) return false;
    const off = other.sign && item.mark.badge.kind === "site" ? CLEAR_OF_SIGNS : 0;
    return meet(box, { x0: other.x0 - off, x1: other.x1 + off, y0: other.y0 - off, y1: other.y1 + off });
  }
  // Ties a name that stands aside to its place by a line.
  function tie(item, p, box) {
    const line = item.html.querySelector(".tie");
    if (!line) return;
    const east = Math.min(Math.max(p.x, box.x0), box.x1) - p.x, south = Math.min(Math.max(p.y, box.y0), box.y1) - p.y;
    line.style.width = Math.hypot(east, south) + "px";
    line.style.transform = `rotate(${Math.atan2(south, east)}rad)`;
  }
  // Keeps words from covering words: a gate's name goes to a free side; what is left without
  // room becomes a dot, its words still in its tooltip. Returns the boxes that are taken.
  function settle(covers) {
    const seen = placed.filter(item => map.hasLayer(item.marker));
    for (const item of seen) {
      item.html.classList.remove("crowded");
      item.marker.setZIndexOffset(item.above);
    }
    for (const item of seen) item.size = item.label.getBoundingClientRect();
    const taken = [...covers], frame = map.getSize();
    const whole = box => box.x0 >= 0 && box.x1 <= frame.x && box.y0 >= 0 && box.y1 <= frame.y;
    for (const item of seen) {
      const p = map.latLngToContainerPoint(item.marker.getLatLng());
      if (item.mark.badge.kind === "gate")
        taken.push({ x0: p.x - 7, x1: p.x + 7, y0: p.y - 7, y1: p.y + 7, pin: item });
    }
    for (const item of seen) {
      if (!item.size.width) continue;
      const p = map.latLngToContainerPoint(item.marker.getLatLng());
      const gate = item.mark.badge.kind === "gate", sides = sidesOf(item);
      const open = sides.filter(side => {
        const box = boxOf(item, p, side);
        return !taken.some(other => coveredBy(other, item, box));
      });
      const free = open.find(side => whole(boxOf(item, p, side))) || open[0];
      if (gate) item.label.className = "gate " + item.mark.badge.look + " " + (free || sides[0]);
      else if (sides.length > 1) {
        const [east, south] = (free || sides[0]).split(" ").map(Number);
        item.label.style.transform = `translate(${east * 100 - 50}%,${south * 100 - 50}%)`;
      }
      if (free === undefined) {
        item.html.classList.add("crowded");
        // A dot never lies on the words of another.
        item.marker.setZIndexOffset(BENEATH);
        taken.push({ x0: p.x - 7, x1: p.x + 7, y0: p.y - 7, y1: p.y + 7 });
      } else {
        taken.push({ ...boxOf(item, p, free), sign: item.mark.badge.kind === "zone" });
        tie(item, p, boxOf(item, p, free));
      }
    }
    return taken;
  }
  return { facts, groups, group, set, settle, flows: () => flows, meet, placed: () => placed };
}
