"use strict";
// What the three elements share: the city brings the code, so that moves of the slider need not.
const plannerApp = window.plannerApp || (window.plannerApp = {
  cities: new Map(), steps: new Map(), live: new Map(), turns: new WeakMap(), draw: null,
});
async function plannerUnpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
function plannerKeep(map, key, value, most) {
  map.delete(key);
  map.set(key, value);
  for (const old of [...map.keys()].slice(0, Math.max(map.size - most, 0))) map.delete(old);
}
function plannerUnseen(parentElement) {
  const row = parentElement.host && parentElement.host.closest("[data-testid=stElementContainer]");
  if (row) row.style.display = "none";
}
function plannerRedraw() {
  if (plannerApp.draw) for (const component of plannerApp.live.values()) plannerApp.draw(component);
}
async function planner_city({ data, parentElement }) {
  plannerUnseen(parentElement);
  const { key, base } = await plannerUnpack(data);
  plannerKeep(plannerApp.cities, key, base, 3);
  plannerRedraw();
}
async function planner_steps({ data, parentElement }) {
  plannerUnseen(parentElement);
  const { key, risk } = await plannerUnpack(data);
  plannerKeep(plannerApp.steps, key, risk, 8);
  plannerRedraw();
}
async function planner_map(component) {
  const place = component.parentElement, turn = (plannerApp.turns.get(place) || 0) + 1;
  plannerApp.turns.set(place, turn);
  const data = await plannerUnpack(component.data);
  if (plannerApp.turns.get(place) === turn && place.host.isConnected) {
    const unpacked = { ...component, data };
    plannerApp.live.set(place, unpacked);
    if (plannerApp.draw) plannerApp.draw(unpacked);
  }
  // Streamlit also calls this where a newer call has taken over: only leave what is gone.
  return () => setTimeout(() => {
    if (place.host && place.host.isConnected) return;
    plannerApp.live.delete(place);
    if (plannerApp.leave) plannerApp.leave(place);
  }, 0);
}
