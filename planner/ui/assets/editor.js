// Draws, reshapes, moves, removes by mouse on plain Leaflet. Nothing is stored here: what is
// done goes out through tell.drawn({ tool, id, geometry }), lon/lat rounded to 6 decimals.
function plannerEditor(map, view, tell) {
  const METRES = 111320, CORNERS = 48, SNAP_PX = 12, TOUCH_PX = 10, SAME_PX = 4, LEAST_M = 2, WAIT_MS = 4000;
  const TOOLS = {
    polygon: ["Area", "M3 13 4.5 4 11 2.5 13.5 9 9 13.5Z"], line: ["Line", "M2 13 6 5 10 9 14 3"],
    circle: ["Circle", "M8 2.5A5.5 5.5 0 1 1 8 13.5 5.5 5.5 0 1 1 8 2.5Z"],
    point: ["Point", "M8 14S3.5 9.5 3.5 6.5A4.5 4.5 0 0 1 12.5 6.5C12.5 9.5 8 14 8 14ZM8 5.2V7.8M6.7 6.5H9.3"],
  };
  const root = map.getContainer().closest(".planner");
  map.createPane("editor").style.zIndex = 655;
  map.createPane("editor-lines").style.zIndex = 645;
  const svg = L.svg({ pane: "editor-lines", padding: 0.3 });
  const ink = L.layerGroup().addTo(map), rest = L.layerGroup().addTo(map);
  let tools = [], mode = null, chosen = null, shapes = [], draft = null, pending = null;
  let snapping = true, grabbed = null, waiting = 0, held = null, followed = "null";
  const buttons = {};

  // --- plane geometry, good for a city ----------------------------------------------------
  const round = value => Math.round(value * 1e6) / 1e6;
  const lonlat = p => [round(p.lng), round(p.lat)];
  const metres = (a, b) => Math.hypot(
    (b.lng - a.lng) * METRES * Math.cos(a.lat * Math.PI / 180), (b.lat - a.lat) * METRES);
  const lengthOf = points => points.slice(1).reduce((sum, p, i) => sum + metres(points[i], p), 0);
  function areaOf(points) {
    const wide = METRES * Math.cos((points[0] || { lat: 0 }).lat * Math.PI / 180);
    return Math.abs(points.reduce((sum, p, i) => {
      const q = points[(i + 1) % points.length];
      return sum + (p.lng - points[0].lng) * wide * (q.lat - points[0].lat) * METRES
        - (q.lng - points[0].lng) * wide * (p.lat - points[0].lat) * METRES;
    }, 0)) / 2;
  }
  function circle(centre, radius) {
    const wide = METRES * Math.cos(centre.lat * Math.PI / 180);
    return Array.from({ length: CORNERS }, (_, i) => {
      const turn = 2 * Math.PI * i / CORNERS;
      return L.latLng(centre.lat + radius * Math.sin(turn) / METRES,
        centre.lng + radius * Math.cos(turn) / wide);
    });
  }
  const said = m => (m < 1000 ? Math.round(m) + " m" : (m / 1000).toFixed(2) + " km");
  const saidArea = m => (m < 100000 ? Math.round(m).toLocaleString("en") + " m²" : (m / 10000).toFixed(1) + " ha");
  const px = p => map.latLngToContainerPoint(p);

  // A shape is its GeoJSON with places as LatLng, rings without the repeated last corner.
  const DEPTH = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 };
  function read(geometry) {
    const { type, coordinates } = geometry || {};
    if (!(type in DEPTH)) return null;
    const area = type.endsWith("Polygon");
    const deep = (value, depth) => {
      if (depth === 0) return L.latLng(value[1], value[0]);
      const list = value.map(inner => deep(inner, depth - 1));
      return depth === 1 && area ? list.slice(0, -1) : list;
    };
    return { type, area, least: area ? 3 : 2, at: deep(coordinates, DEPTH[type]) };
  }
  function write(shape) {
    const deep = (value, depth) => {
      if (depth === 0) return lonlat(value);
      const list = value.map(inner => deep(inner, depth - 1));
      return depth === 1 && shape.area ? [...list, list[0]] : list;
    };
    return { type: shape.type, coordinates: deep(shape.at, DEPTH[shape.type]) };
  }
  function rows({ type, at }) {
    return type === "Point" ? [[at]] : type === "LineString" ? [at] : type === "MultiPolygon" ? at.flat() : at;
  }
  const geometryOf = (tool, points) => (tool === "point" ? { type: "Point", coordinates: lonlat(points[0]) }
    : tool === "line" ? { type: "LineString", coordinates: points.map(lonlat) }
      : { type: "Polygon", coordinates: [[...points, points[0]].map(lonlat)] });

  // --- snapping to roads ------------------------------------------------------------------
  const CELL = 0.002;
  let cells = null;
  function roadsNear(at) {
    if (!cells) {
      cells = new Map();
      for (const { kind, parts } of view.ground.roads) if (kind !== "ferry") for (const part of parts)
        for (let i = 1; i < part.length; i++) {
          const a = part[i - 1], b = part[i];
          for (let y = Math.floor(Math.min(a[0], b[0]) / CELL); y <= Math.floor(Math.max(a[0], b[0]) / CELL); y++)
            for (let x = Math.floor(Math.min(a[1], b[1]) / CELL); x <= Math.floor(Math.max(a[1], b[1]) / CELL); x++) {
              const key = y + ":" + x;
              if (!cells.has(key)) cells.set(key, []);
              cells.get(key).push([a, b]);
            }
        }
    }
    const y = Math.floor(at.lat / CELL), x = Math.floor(at.lng / CELL), found = [];
    for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++)
      found.push(...(cells.get(y + i + ":" + (x + j)) || []));
    return found;
  }
  function snapped(at) {
    if (!snapping || !mode || mode.tool !== "line" || map.getZoom() < 13) return at;
    const p = px(at);
    let corner = null, cornerFar = SNAP_PX, along = null, alongFar = SNAP_PX;
    for (const [a, b] of roadsNear(at)) {
      const pa = px(a), pb = px(b), near = L.LineUtil.closestPointOnSegment(p, pa, pb);
      if (near.distanceTo(p) >= SNAP_PX) continue;
      if (near.distanceTo(p) < alongFar) { alongFar = near.distanceTo(p); along = near; }
      for (const [end, ll] of [[pa, a], [pb, b]])
        if (end.distanceTo(p) < cornerFar) { cornerFar = end.distanceTo(p); corner = L.latLng(ll); }
    }
    return corner || (along ? map.containerPointToLatLng(along) : at);
  }

  // --- drawing ----------------------------------------------------------------------------
  const LOOK = { renderer: svg, pane: "editor-lines", color: "#d6006c", weight: 3, dashArray: "7 5",
    fillColor: "#d6006c", fillOpacity: 0.12, className: "draft" };
  function outline(shape, group, extra) {
    if (shape.type === "Point") {
      return [L.marker(shape.at, { pane: "editor", icon: dot("handle"), ...extra }).addTo(group)];
    }
    const layer = (shape.area ? L.polygon : L.polyline)(shape.at, { ...LOOK, fill: shape.area, ...extra }).addTo(group);
    const more = shape.area ? [] : [L.polyline(shape.at, { ...LOOK, weight: 18, opacity: 0, dashArray: null, ...extra,
      className: "" }).addTo(group)];
    if (!shape.area) for (const row of rows(shape)) arrows(row, group);
    return [...more, layer];
  }
  function arrows(points, group) {
    L.polyline(view.arrowHeads(points.map(px), () => true, 9, 80), { ...LOOK, dashArray: null, interactive: false })
      .addTo(group);
  }
  function dot(className) {
    return L.divIcon({ className: "edit-" + className, iconSize: [16, 16], html: document.createElement("i") });
  }
  function start(tool) {
    stop();
    choose(null);
    mode = { tool, points: [], cursor: null, down: null };
    root.classList.add("drawing");
    map.doubleClickZoom.disable();
    map.closePopup();
    if (tool === "circle") map.dragging.disable();
    map.getContainer().focus({ preventScroll: true });
    paint();
  }
  function stop() {
    if (!mode) return;
    mode = null;
    root.classList.remove("drawing");
    map.dragging.enable();
    // At once, the closing double click would still zoom.
    setTimeout(() => { if (!mode) map.doubleClickZoom.enable(); }, 300);
    paint();
  }
  function finish(points) {
    const { tool } = mode, geometry = geometryOf(tool, points);
    stop();
    pending = read(geometry);
    clearTimeout(waiting);
    waiting = setTimeout(() => { pending = null; paintRest(); }, WAIT_MS);
    paint();
    tell.drawn({ tool, id: null, geometry });
  }
  const enough = () => mode.points.length >= (mode.tool === "polygon" ? 3 : 2);
  function close() {
    if (mode && (mode.tool === "polygon" || mode.tool === "line") && enough()) finish(mode.points);
  }
  function back() {
    if (!mode) return;
    mode.points.pop();
    paint();
  }
  function click({ latlng }) {
    if (!mode || mode.tool === "circle") return;
    const at = snapped(latlng), { tool, points } = mode;
    if (tool === "point") { finish([at]); return; }
    const p = px(at), first = points[0], last = points[points.length - 1];
    if (tool === "polygon" && points.length >= 3 && px(first).distanceTo(px(latlng)) < TOUCH_PX) { close(); return; }
    if (last && px(last).distanceTo(p) < SAME_PX) return;
    points.push(at);
    paint();
  }
  function move({ latlng }) {
    if (!mode) return;
    mode.cursor = snapped(latlng);
    paint();
  }
  function down({ latlng, originalEvent }) {
    if (!mode || mode.tool !== "circle" || originalEvent.button) return;
    if (!mode.points.length) mode.points = [latlng];
    mode.down = px(latlng);
    mode.cursor = latlng;
    paint();
  }
  function up({ latlng }) {
    if (!mode || mode.tool !== "circle" || !mode.down) return;
    const radius = metres(mode.points[0], latlng), far = px(mode.points[0]).distanceTo(px(latlng));
    mode.down = null;
    if (far > 6 && radius > LEAST_M) finish(circle(mode.points[0], radius));
  }
  map.on("click", click).on("mousemove", move).on("mousedown", down).on("mouseup", up).on("dblclick", close);

  // --- what stands there ------------------------------------------------------------------
  function paint() {
    ink.clearLayers();
    if (mode) {
      const { tool, points, cursor } = mode, still = { interactive: false };
      const line = cursor ? [...points, cursor] : points;
      if (tool === "circle" && points.length && cursor)
        L.polygon(circle(points[0], metres(points[0], cursor)), { ...LOOK, ...still }).addTo(ink);
      else if (tool === "polygon" && line.length > 1) L.polygon(line, { ...LOOK, ...still }).addTo(ink);
      else if (tool === "line" && line.length > 1) {
        L.polyline(line, { ...LOOK, ...still }).addTo(ink);
        arrows(line, ink);
      }
      points.forEach((p, i) => L.marker(p, { ...still, pane: "editor", keyboard: false,
        icon: dot(i === 0 && tool === "polygon" && points.length >= 3 ? "handle edit-first" : "handle") }).addTo(ink));
      if (tool === "line" && cursor && snapping)
        L.marker(cursor, { ...still, pane: "editor", keyboard: false, icon: dot("snap") }).addTo(ink);
    } else if (chosen) paintChosen();
    say();
  }
  function say() {
    let text = "";
    if (mode) {
      const { tool, points, cursor } = mode, n = points.length, line = cursor ? [...points, cursor] : points;
      if (tool === "point") text = "Click the place.";
      if (tool === "circle") text = !n ? "Press on the middle and drag, or click the middle."
        : "Let go, or click, at the edge · radius " + said(metres(points[0], cursor || points[0]));
      if (tool === "polygon") text = (!n ? "Click the first corner." : n < 3 ? "Click the next corner."
        : "Click the next corner; the first one, a double click or Enter closes it")
        + (line.length > 2 ? " · " + saidArea(areaOf(line)) : "");
      if (tool === "line") text = (!n ? "Click where it begins; a march goes the way you draw." : n < 2
        ? "Click the next point." : "Click the next point; a double click or Enter ends it")
        + (line.length > 1 ? " · " + said(lengthOf(line)) : "");
      if (n) text += " · Esc cancels.";
    } else if (chosen) {
      const size = chosen.shape.area ? saidArea(rows(chosen.shape).reduce((sum, row) => sum + areaOf(row), 0))
        : chosen.shape.type === "Point" ? "" : said(rows(chosen.shape).reduce((sum, row) => sum + lengthOf(row), 0));
      text = (chosen.shape.type === "Point" ? "Drag it to another place." : "Drag a corner, a small dot for a new one, "
        + "or the whole. Right click or Delete takes a corner away.") + (size ? " · " + size : "");
    }
    tell.hint.hidden = !text;
    if (tell.hint.textContent !== text) tell.hint.textContent = text;
    for (const [name, button] of Object.entries(buttons)) {
      if (name in TOOLS) button.setAttribute("aria-pressed", String(Boolean(mode && mode.tool === name)));
    }
    if (buttons.snap) buttons.snap.setAttribute("aria-pressed", String(snapping));
    for (const name of ["cancel", "back", "close"]) if (buttons[name]) buttons[name].hidden = !mode;
    if (buttons.close) buttons.close.disabled = !(mode && mode.tool !== "circle" && mode.tool !== "point" && enough());
    if (buttons.back) buttons.back.disabled = !(mode && mode.points.length);
    for (const name of ["remove", "done"]) if (buttons[name]) buttons[name].hidden = Boolean(mode) || !chosen;
  }
  function paintRest() {
    rest.clearLayers();
    if (pending) outline(pending, rest, { interactive: false });
    else if (draft && !(chosen && chosen.id === null)) {
      for (const layer of outline(draft, rest, { interactive: tools.includes("edit") }))
        layer.on("click", () => choose({ layer: "", id: null, shape: draft }));
    }
  }

  // --- changing ---------------------------------------------------------------------------
  function choose(what) {
    chosen = what && { ...what, shape: read(write(what.shape)), active: null };
    paintRest();
    paint();
    // The toolbar has other buttons now: nothing may be written under them.
    view.arrange();
  }
  function paintChosen() {
    const { shape } = chosen;
    if (shape.type === "Point") {
      const marker = L.marker(shape.at, { pane: "editor", draggable: true, icon: dot("handle"), alt: "Place" }).addTo(ink);
      marker.on("dragend", () => { shape.at = marker.getLatLng(); told("move"); });
      return;
    }
    for (const layer of outline(shape, ink, { interactive: true, className: "draft chosen" }))
      layer.on("mousedown", grab);
    for (const row of rows(shape)) {
      row.forEach((p, i) => corner(row, i, p));
      const last = row.length - (shape.area ? 0 : 1);
      for (let i = 0; i < last; i++) middle(row, i);
    }
  }
  function corner(row, i, p) {
    const marker = L.marker(p, { pane: "editor", draggable: true, icon: dot("handle"), alt: "Corner " + (i + 1) }).addTo(ink);
    const take = () => {
      if (row.length <= chosen.shape.least) return;
      row.splice(i, 1);
      chosen.active = null;
      told("reshape");
    };
    marker.on("mousedown", () => { grabbed = marker; });
    marker.on("mouseup", () => { grabbed = null; });
    marker.on("drag", () => { row[i] = marker.getLatLng(); redrawLines(); say(); });
    marker.on("dragend", () => { chosen.active = [row, i]; told("reshape"); });
    marker.on("contextmenu", event => { L.DomEvent.stop(event); take(); });
    marker.on("click", () => { chosen.active = [row, i]; });
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key === "Delete" || event.key === "Backspace") { L.DomEvent.stop(event); take(); }
    });
  }
  function middle(row, i) {
    const a = row[i], b = row[(i + 1) % row.length];
    // So close that they would hide the corners.
    if (px(a).distanceTo(px(b)) < 34) return;
    const marker = L.marker([(a.lat + b.lat) / 2, (a.lng + b.lng) / 2], {
      pane: "editor", draggable: true, keyboard: false, icon: dot("middle"),
    }).addTo(ink);
    marker.on("dragstart", () => { grabbed = marker; row.splice(i + 1, 0, marker.getLatLng()); });
    marker.on("drag", () => { row[i + 1] = marker.getLatLng(); redrawLines(); say(); });
    marker.on("dragend", () => { chosen.active = [row, i + 1]; told("reshape"); });
  }
  function redrawLines() {
    ink.eachLayer(layer => {
      if (layer.options.className === "draft chosen" || (layer.options.weight === 18)) layer.setLatLngs(chosen.shape.at);
    });
  }
  function grab(event) {
    if (event.originalEvent.button) return;
    L.DomEvent.stop(event);
    map.dragging.disable();
    const from = event.latlng, before = read(write(chosen.shape));
    let moved = false;
    const shift = ({ latlng }) => {
      moved = moved || px(latlng).distanceTo(px(from)) > 3;
      if (!moved) return;
      grabbed = grabbed || true;
      const north = latlng.lat - from.lat, east = latlng.lng - from.lng;
      rows(chosen.shape).forEach((row, r) => row.forEach((_, i) => {
        const old = rows(before)[r][i];
        row[i] = L.latLng(old.lat + north, old.lng + east);
      }));
      paint();
    };
    const drop = () => {
      map.off("mousemove", shift);
      L.DomEvent.off(document, "mouseup", drop);
      map.dragging.enable();
      if (moved) told("move");
    };
    map.on("mousemove", shift);
    L.DomEvent.on(document, "mouseup", drop);
  }
  function told(tool) {
    grabbed = null;
    paint();
    hold(chosen.layer, chosen.id);
    tell.drawn({ tool, id: chosen.id, geometry: write(chosen.shape) });
  }
  // The answer of the program comes twice: as it was, then changed. The first is passed over.
  const textOf = (layer, id) => { const one = id === null ? draft : shapeOf(layer, id); return one && JSON.stringify(write(one)); };
  function hold(layer, id) {
    held = { layer, id, text: textOf(layer, id), until: Date.now() + WAIT_MS };
  }
  function remove() {
    const { id, layer } = chosen;
    hold(layer, id);
    choose(null);
    if (id === null) { draft = null; pending = null; paintRest(); }
    tell.drawn({ tool: "remove", id, geometry: null });
  }

  // --- keys, buttons ----------------------------------------------------------------------
  function key(event) {
    const within = event.composedPath()[0].tagName;
    if (event.key === "Escape") { if (mode) stop(); else if (chosen) choose(null); else return; }
    else if (within === "INPUT" || within === "SELECT") return;
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && mode) back();
    else if (event.key === "Enter" && mode && within !== "BUTTON") close();
    else if (event.key === "Delete" && chosen && chosen.active && within !== "BUTTON") {
      const [row, i] = chosen.active;
      if (row.length <= chosen.shape.least) return;
      row.splice(i, 1);
      chosen.active = null;
      told("reshape");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  root.addEventListener("keydown", key);
  map.on("zoomend", () => { if (chosen || mode) paint(); });

  function button(name, label, act, path) {
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.tool = name;
    if (path) {
      const space = "http://www.w3.org/2000/svg", drawn = document.createElementNS(space, "svg");
      const line = document.createElementNS(space, "path");
      drawn.setAttribute("viewBox", "0 0 16 16");
      drawn.setAttribute("aria-hidden", "true");
      line.setAttribute("d", path);
      drawn.append(line);
      made.append(drawn);
    }
    made.append(label);
    made.addEventListener("click", act);
    buttons[name] = made;
    tell.toolbar.append(made);
    return made;
  }
  function setTools(wanted) {
    if (wanted.join() === tools.join()) return;
    tools = wanted;
    stop();
    tell.toolbar.replaceChildren();
    for (const name of Object.keys(buttons)) delete buttons[name];
    tell.toolbar.hidden = !tools.length;
    for (const [name, [label, path]] of Object.entries(TOOLS)) if (tools.includes(name)) {
      button(name, label, () => (mode && mode.tool === name ? stop() : start(name)), path)
        .setAttribute("aria-label", "Draw: " + label.toLowerCase());
    }
    if (tools.includes("line"))
      button("snap", "Snap", () => { snapping = !snapping; paint(); })
        .setAttribute("aria-label", "Snap lines to roads");
    button("close", "Finish", close);
    button("back", "Undo point", back);
    button("cancel", "Cancel", stop);
    if (tools.includes("edit")) {
      button("remove", "Remove", remove);
      button("done", "Done", () => choose(null));
    }
    if (!tools.includes("edit")) choose(null);
    paint();
  }
  function setShapes(marks, geometry) {
    shapes = marks;
    draft = read(geometry);
    // What is under the hand stays there.
    if (grabbed) return;
    const stale = held && Date.now() < held.until && textOf(held.layer, held.id) === held.text;
    if (!stale) held = null;
    if (stale && !chosen && held.id === null) draft = null;
    if (pending && draft) {
      pending = null;
      if (tools.includes("edit")) { choose({ layer: "", id: null, shape: draft }); return; }
    }
    if (chosen && !stale) {
      const now = chosen.id === null ? draft : shapeOf(chosen.layer, chosen.id);
      // Handles that are right already stay, so that none is lost from under the mouse.
      if (now && JSON.stringify(write(now)) === JSON.stringify(write(chosen.shape))) { paintRest(); return; }
      choose(now ? { ...chosen, shape: now } : null);
    } else paintRest();
  }
  function shapeOf(layer, id) {
    const mark = shapes.find(one => one.layer === layer && one.id === id);
    return mark ? read(mark.geometry) : null;
  }
  // Whether a click on a mark was taken for choosing what to change.
  function pick(layer, id) {
    if (mode || !tools.includes("edit")) return false;
    const shape = shapeOf(layer, id);
    if (shape) choose({ layer, id, shape });
    return Boolean(shape);
  }
  // A row chosen elsewhere on the page is taken up here, once.
  function follow(wanted) {
    const mark = JSON.stringify(wanted || null);
    if (mark === followed) return;
    followed = mark;
    if (wanted && !mode && !grabbed && !(chosen && chosen.id === wanted[1])) pick(wanted[0], wanted[1]);
  }
  function destroy() {
    root.removeEventListener("keydown", key);
  }
  return { setTools, setShapes, follow, pick, destroy };
}
