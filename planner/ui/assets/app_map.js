// The map with its bars, as one element that lives on while data change.
(function () {
  const LAYERS = [
    ["risk", "Risk of delay", ""], ["routes", "Ways in", "line way-primary"],
    ["zones", "Reported places", "zone"], ["gates", "Gates", "gate"],
    ["staging", "Staging sites", "staging"], ["stagingWays", "Ways out of staging", "line way-out"],
    ["halts", "Where to stop", "halt"], ["closures", "Closed roads", "line mark-closure"], ["gateways", "Where ways in begin", "origin"],
    ["earlier", "First choices before", "line mark-earlier"],
    ["approved", "Approved routes", "line mark-approved"],
    ["hand", "As asked", "via"],
    ["reach", "Reach of a gate", "line mark-reach"],
    ["options", "Other options", "line mark-option"],
    ["leaving", "Leaving at a time", "line mark-leaving"],
    ["choke", "Choke points", "line mark-choke"],
    ["own", "A way of your own", "line mark-own"],
    ["corrections", "Road corrections", "line mark-correction"],
    ["havens", "Hospital, police, fire", "haven"], ["quiet", "Quiet places", "calm"],
    ["stops", "Public transport", "stop"], ["facility", "Site", "site"],
  ];
  const OFF_AT_FIRST = ["stagingWays", "stops", "earlier"];
  const LEVELS = ["slight delay", "some delay", "long delay likely", "hardly passable", "do not enter"];
  const MEANING = "Risk means delay to access, not a judgement of people; assembly is lawful.";
  const REST_MS = 250, PLAY_MS = 350, LEAST_PX = 400;

  function make(tag, options = {}, ...inside) {
    const element = document.createElement(tag);
    const { text, on, ...attributes } = options;
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    for (const [name, act] of Object.entries(on || {})) element.addEventListener(name, act);
    element.append(...inside);
    return element;
  }

  // --- what outlives reruns, pages and a reload -------------------------------------------
  function remembered(city) {
    try {
      return JSON.parse(sessionStorage.getItem("planner-map:" + city)) || {};
    } catch { return {}; }
  }
  function remember(city, about) {
    try {
      sessionStorage.setItem("planner-map:" + city, JSON.stringify(about));
    } catch { /* A full or forbidden store only costs the view. */ }
  }

  function isDark(element) {
    const colour = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
    const probe = /^#([0-9a-f]{6})/i.exec(colour);
    const parts = probe ? [0, 2, 4].map(i => parseInt(probe[1].slice(i, i + 2), 16))
      : (colour.match(/[\d.]+/g) || [255, 255, 255]).slice(0, 3).map(Number);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] < 110;
  }

  function makeFrame(place, base, { city, look, overlay: { home } }) {
    const about = { off: OFF_AT_FIRST, origin: "", panel: null, ...remembered(city) };
    const keep = () => remember(city, about), seen = "view" + look;
    let component = null, overlay = null, data = null, gone = false;
    let sentStep = null, sentOrigin = null, gotSelected = null, gotShown = null, side = "";

    // --- what stands there ------------------------------------------------------------------
    const canvas = make("div", { class: "canvas", role: "region", "aria-label": "Map" });
    const near = make("button", { type: "button", text: "At the site", on: { click: () => view.near() } });
    const whole = make("button", { type: "button", text: "All ways in", on: { click: () => view.whole() } });
    const north = make("span", { class: "north", role: "img", "aria-label": "North is up", text: "N ↑" });
    const rows = make("div", { class: "rows" });
    const panel = make("details", { class: "panel" }, make("summary", { text: "Layers" }), rows);
    const tools = make("div", { class: "tools", role: "toolbar", "aria-label": "Drawing", hidden: "" });
    const hint = make("p", { class: "hint", role: "status", hidden: "" });
    const chart = make("div", { class: "chart" }, canvas, panel,
      make("div", { class: "views" }, near, whole, north), tools, hint);
    const play = make("button", { type: "button", class: "play", text: "Play" });
    const clock = make("output", { class: "clock" });
    const range = make("input", { type: "range", min: "0", step: "1", "aria-label": "Time of day" });
    const ticks = make("div", { class: "ticks" });
    const hour = make("div", { class: "hour", hidden: "" }, play, clock,
      make("div", { class: "track" }, range, ticks));
    const eventList = make("ol", { class: "unseen", "aria-label": "What happens when" });
    const origins = make("select", { "aria-label": "Show ways from" });
    const from = make("label", { class: "from", hidden: "" }, make("span", { text: "Show ways from" }), origins);
    const legend = make("div", { class: "legend" }, make("b", { text: "Risk" }));
    LEVELS.forEach((words, i) => legend.append(make("span", { class: "sign" },
      make("i", { class: "lv lv" + (i + 1), text: i + 1 }), " " + words)));
    const foot = make("div", { class: "foot" },
      make("details", { class: "key" }, make("summary", { text: "Levels" }), legend),
      make("p", { class: "meaning", text: MEANING }));
    const root = make("section", { class: "planner", "aria-label": "Map of the plan" },
      chart, make("div", { class: "bars" }, hour, from), eventList, foot);
    const style = make("style");
    style.textContent = plannerApp.style;
    place.append(style, root);

    // --- map --------------------------------------------------------------------------------
    const map = L.map(canvas, {
      zoomSnap: 0.25, zoomDelta: 0.5, maxZoom: 19, minZoom: 9,
      center: [home[1], home[0]], zoom: 14,
    });
    L.control.scale({ imperial: true }).addTo(map);
    const view = plannerMap(map, base, { view: about[seen], onPick: picked, onDrag: dragged });
    const editor = plannerEditor(map, view, {
      toolbar: tools, hint, drawn: what => component.setTriggerValue("drawn", what),
    });
    map.on("moveend", () => {
      if (gone || !overlay) return;
      const middle = map.getCenter(), zoom = map.getZoom(), last = about[seen];
      // Places are whole pixels: without this a view would creep from page to page.
      if (last && last.zoom === zoom
        && map.project(last.centre, zoom).distanceTo(map.project(middle, zoom)) < 1.5) return;
      about[seen] = { centre: [middle.lat, middle.lng], zoom };
      keep();
    });
    const resized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
    resized.observe(canvas);
    // As high as asked for, lower where the bars would else lie below the window's edge. Only a
    // new window measures anew: a longer first line must not make the map jump.
    function fit() {
      const main = place.host.closest("[data-testid=stMain]"), height = data.height;
      const top = root.getBoundingClientRect().top + (main ? main.scrollTop : 0);
      const left = innerHeight - top - 8;
      root.style.height = Math.min(height, left >= LEAST_PX ? left : Math.max(innerHeight - 60, LEAST_PX)) + "px";
    }
    addEventListener("resize", fit);

    function picked(layer, id) {
      if (layer === "gateways" && overlay.routes.some(route => route.origin === id)) {
        choose(id === view.origin() ? "" : id, true);
      }
      const taken = editor.pick(layer, id);
      if (data.tools.length) component.setTriggerValue("picked", [layer, id]);
      return taken;
    }

    function dragged(layer, id, { lng, lat }) {
      const coordinates = [lng, lat].map(value => Math.round(value * 1e6) / 1e6);
      component.setTriggerValue("drawn", { tool: "move", id, geometry: { type: "Point", coordinates } });
    }
    // A row chosen elsewhere on the page is looked at here, once for each time it was chosen.
    let went = "null";
    function goTo(there) {
      const mark = JSON.stringify(there || null);
      if (mark === went) return;
      went = mark;
      if (there) map.setView([there[1], there[0]], Math.max(map.getZoom(), 15), { animate: false });
    }

    // --- layers -----------------------------------------------------------------------------
    function present(name) {
      if (name === "risk") return overlay.risk.states.some(state => state.risk.length);
      if (name === "routes" || name === "stagingWays") return (overlay[name] || []).length > 0;
      return [...overlay.marks, ...(base.marks || [])].some(mark => mark.layer === name);
    }
    function sign(kind) {
      if (!kind) return make("i", { class: "lv lv3", text: "3" });
      if (kind.startsWith("line ")) {
        const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
        const line = document.createElementNS(space, "line");
        for (const [k, v] of Object.entries({ width: 34, height: 10, "aria-hidden": "true" })) svg.setAttribute(k, v);
        for (const [k, v] of Object.entries({ x1: 1, x2: 33, y1: 5, y2: 5, class: "key-" + kind.slice(5) }))
          line.setAttribute(k, v);
        svg.append(line);
        return svg;
      }
      const words = { gate: "✓", staging: "S1", origin: "A", haven: "H", site: "■", zone: "", calm: "", stop: "T", halt: "Stop", via: "V1" }[kind.split(" ")[0]];
      if (kind === "origin") kind = originLook();
      return make("i", { class: kind === "gate" ? "gate open" : kind === "zone" ? "dots" : kind, text: words });
    }
    // Stops of public transport look unlike gateways.
    function originLook() {
      const looks = overlay.marks.filter(mark => mark.layer === "gateways").map(mark => mark.badge.look || "");
      return looks.some(look => look.includes("afoot")) ? "origin afoot" : "origin";
    }
    let listed = "";
    function listLayers() {
      const here = LAYERS.filter(([name]) => present(name));
      const mark = here.map(([name]) => name).join() + originLook();
      if (mark === listed) return;
      listed = mark;
      rows.replaceChildren(...here.map(([name, title, kind]) => {
        const box = make("input", { type: "checkbox", "data-layer": name });
        box.checked = !about.off.includes(name);
        box.addEventListener("change", () => {
          about.off = about.off.filter(other => other !== name).concat(box.checked ? [] : [name]);
          view.show(name, box.checked);
          keep();
        });
        const picture = make("span", { class: "picture", "aria-hidden": "true" }, sign(kind));
        return make("label", { class: "row" }, box, picture, make("span", { text: title }));
      }));
    }
    for (const name of about.off) view.off.add(name);
    panel.addEventListener("toggle", () => {
      about.panel = panel.open;
      keep();
      view.arrange();
    });

    // --- time -------------------------------------------------------------------------------
    let timer = 0, resting = 0, byPointer = false;
    function setStep(step) {
      const { times, days } = overlay.risk;
      range.value = step;
      view.setStep(step);
      const arrival = overlay.events.find(event => event.kind === "arrival");
      const here = arrival && Math.abs(arrival.step - step) < 0.5 ? ", arrival" : "";
      clock.replaceChildren(make("b", { text: times[step] }), make("small", { text: days[step] + here }));
      range.setAttribute("aria-valuetext", days[step] + " " + times[step] + here);
    }
    function commit() {
      clearTimeout(resting);
      const step = Number(range.value);
      if (step === (sentStep ? sentStep[0] : gotSelected)) return;
      sentStep = [step, Date.now()];
      component.setStateValue("step", sentStep);
    }
    function stop() {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    }
    range.addEventListener("pointerdown", () => { byPointer = true; });
    range.addEventListener("keydown", () => { byPointer = false; });
    range.addEventListener("input", () => {
      if (timer) stop();
      setStep(Number(range.value));
      clearTimeout(resting);
      if (!byPointer) resting = setTimeout(commit, REST_MS);
    });
    range.addEventListener("change", () => { if (byPointer) commit(); });
    play.addEventListener("click", () => {
      if (timer) { stop(); commit(); return; }
      play.textContent = "Stop";
      timer = setInterval(() => setStep((Number(range.value) + 1) % overlay.risk.times.length), PLAY_MS);
    });
    function drawTime() {
      const last = overlay.risk.times.length - 1;
      hour.hidden = !data.slider;
      eventList.hidden = !data.slider;
      range.max = last;
      const tip = event => make("i", { class: "tick t-" + event.kind, title: event.text,
        style: "--at:" + event.step / Math.max(last, 1) });
      ticks.replaceChildren(...hoursOf(last), ...overlay.events.map(tip));
      eventList.replaceChildren(...overlay.events.map(event => make("li", { text: event.text })));
    }
    function hoursOf(last) {
      const texts = overlay.risk.times, every = last > 60 ? 12 : 4, found = [];
      for (let n = 0; n <= last; n += every) found.push(make("span", {
        class: "at", "aria-hidden": "true", text: texts[n].slice(0, 5), style: "--at:" + n / Math.max(last, 1),
      }));
      return found;
    }

    // --- sides ------------------------------------------------------------------------------
    function choose(id, tell) {
      view.chooseOrigin(id);
      side = id;
      // What a page asks for is that page's; what the reader chose freely goes everywhere.
      if (!data.shown) about.origin = id;
      origins.value = id;
      keep();
      if (tell && id !== sentOrigin) {
        sentOrigin = id;
        component.setStateValue("origin", id);
      }
    }
    origins.addEventListener("change", () => { choose(origins.value, true); view.whole(); });
    function listOrigins() {
      const ids = new Set(overlay.routes.map(route => route.origin));
      const sides = overlay.marks.filter(mark => mark.layer === "gateways" && ids.has(mark.id));
      from.hidden = !sides.length || Boolean(data.shown);
      origins.replaceChildren(make("option", { value: "", text: "all sides: first choices" }),
        ...sides.map(mark => make("option", { value: mark.id, text: mark.badge.text + ": " + mark.facts[0] })));
    }

    // --- new data ---------------------------------------------------------------------------
    const texts = {};
    function same(name, value) {
      // Parts that did not change stay the same objects, so that nothing is drawn anew for them.
      const text = JSON.stringify(value);
      if (texts[name] && texts[name][0] === text) return texts[name][1];
      texts[name] = [text, value];
      return value;
    }
    function update(next, steps) {
      component = next;
      const fresh = next.data, first = overlay === null;
      data = fresh;
      const parts = Object.entries(fresh.overlay).map(([name, value]) => [name, same(name, value)]);
      const risk = { ...steps, selected: fresh.selected };
      // Only a new day of risk is a new object: the drawing code keeps its states by it.
      const kept = overlay && overlay.steps === steps ? overlay.risk : risk;
      overlay = { ...Object.fromEntries(parts), risk: kept, steps };
      root.classList.toggle("dark", isDark(root));
      if (first) {
        fit();
        panel.open = Boolean(about.panel);
        foot.firstChild.open = root.clientWidth > 700;
      }
      // The bars come first: they decide how large the map is, and so where its middle is.
      listLayers();
      listOrigins();
      drawTime();
      if (first) map.invalidateSize({ animate: false });
      view.setOverlay(overlay, originFor(fresh, first));
      origins.value = view.origin();
      followStep(fresh, first);
      whole.hidden = !overlay.routes.length;
      goTo(overlay.there);
      editor.setTools(fresh.tools.filter(tool => tool !== "move"));
      editor.setShapes(overlay.marks.filter(mark => mark.geometry), overlay.draft || null);
      editor.follow(overlay.chosen);
    }
    function followStep({ selected, heard }, first) {
      // An answer to an earlier move does not pull the slider back from under the hand.
      const late = sentStep !== null && String(heard.step) !== String(sentStep);
      const moved = selected !== gotSelected || overlay.steps !== followStep.steps;
      gotSelected = selected;
      followStep.steps = overlay.steps;
      const busy = timer || late || document.activeElement === place.host && byPointer && range.matches(":active");
      setStep(first || (moved && !busy) ? selected : Math.min(Number(range.value), Number(range.max)));
      if (first || (moved && !busy)) sentStep = null;
    }
    function originFor({ shown, heard }, first) {
      const late = !first && sentOrigin !== null && heard.origin !== sentOrigin;
      const followed = shown !== gotShown && !late;
      gotShown = shown;
      if (followed && shown) side = shown;
      else if (first || followed) side = about.origin;
      return side;
    }
    function destroy() {
      gone = true;
      stop();
      clearTimeout(resting);
      resized.disconnect();
      removeEventListener("resize", fit);
      editor.destroy();
      view.destroy();
      root.remove();
      style.remove();
    }
    return { update, destroy, base, city };
  }

  const frames = new Map();
  plannerApp.draw = component => {
    const { data, parentElement: place } = component;
    const base = plannerApp.cities.get(data.city), steps = plannerApp.steps.get(data.steps);
    let frame = frames.get(place);
    if (!base || !steps) return;
    if (frame && (frame.base !== base || frame.city !== data.city)) {
      frame.destroy();
      frame = null;
    }
    if (!frame) frames.set(place, frame = makeFrame(place, base, data));
    frame.update(component, steps);
  };
  plannerApp.leave = place => {
    const frame = frames.get(place);
    frames.delete(place);
    if (frame) frame.destroy();
  };
  plannerApp.open = style => {
    plannerApp.style = style;
    plannerRedraw();
  };
})();
