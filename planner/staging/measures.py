"""Measures of all candidate sites, one function a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from planner.layers.site_access import stay_words
from planner.network.search import arrival_tree, best_start, follow, make_gates
from planner.staging.candidates import UNSIZED, vehicle_m2
from planner.staging.scene import Measured
from planner.staging.support import HAVENS, NOUNS
from planner.staging.usable import longest_stay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.staging.scene import Scene

SAME = 1e-9
"""A share of some tenths of so many worlds is no whole number to the last digit."""
NEAR_ROAD_M = 200.0
"""A haven further from every road than this is not driven to. Assumption."""

LIT: Mapping[str, float] = {
    "yes": 1.0, "24/7": 1.0, "automatic": 1.0, "sunset-sunrise": 1.0, "limited": 0.5,
    "interval": 0.5, "no": 0.0, "disused": 0.0,
}  # fmt: skip
"""Share of full marks by ``lit``. Assumption."""

FIRM: Mapping[str, float] = {
    **dict.fromkeys(("asphalt", "concrete", "paved", "paving_stones", "sett", "chipseal",
                     "concrete:plates", "bricks", "metal", "cobblestone"), 1.0),
    **dict.fromkeys(("compacted", "fine_gravel", "gravel", "pebblestone", "grass_paver",
                     "concrete:lanes", "unhewn_cobblestone"), 0.6),
    **dict.fromkeys(("unpaved", "ground", "dirt", "earth", "grass", "sand", "mud", "wood",
                     "woodchips"), 0.0),
}  # fmt: skip
"""Share of full marks by ``surface``: what heavy vehicles stand on in any weather. Assumption."""


def risk(scene: Scene) -> Measured:
    """Return the highest risk at each site in the window, 1 where its door is shut."""
    field = scene.problem.field
    touched = scene.at_door(field.touched(scene.since, scene.until).astype(float))
    near = scene.at_door(field.highest(scene.since, scene.until))
    values = np.maximum(scene.risk, np.where((touched > 0) & (near == 0), 1.0, near))

    def say(row: int) -> str:
        if not values[row]:
            return "free of risk in its whole window"
        if scene.risk[row] == near[row] == 0:
            return "a closure at its door in the window"
        return f"risk {max(values[row], 0.01):.2f} at the site in the window"

    return Measured(values, say)


def way_clear(scene: Scene) -> Measured:
    """Return 1 where a clear way leads to a gate."""
    values = np.array([float(way is not None) for way in scene.ways])
    told = "a clear way to a gate" if scene.open else "a way to a gate once one is clear"
    return Measured(values, lambda row: told if values[row] else "no clear way to a gate")


def leave(scene: Scene) -> Measured:
    """Return 1 where this traveller may use the site from the first minute to the last."""
    why = [*scene.barred] or [""] * scene.n
    values = np.array([float(not text) for text in why])
    longest = longest_stay(scene.sites)

    def say(row: int) -> str:
        stay = "" if np.isnan(longest[row]) else f", {stay_words(longest[row])}"
        return why[row] or f"open, nothing bars this vehicle{stay}"

    return Measured(values, say)


def clear_share(scene: Scene) -> Measured:
    """Return in which share of the variations each stays clear; the limit is what was asked."""
    share, asked = scene.clear, scene.clear_share
    if share is None:
        return Measured(
            np.full(scene.n, np.nan), lambda _: "not counted: variations", applies=False
        )

    def say(row: int) -> str:
        short = f", {asked:.0%} asked" * bool(share[row] < asked - SAME)
        return f"clear in {share[row]:.0%} of the variations{short}"

    return Measured(share, say, asked - SAME)


def room(scene: Scene) -> Measured:
    """Return how many times the vehicles asked for have room; nan where its size is a guess.

    A guess bars a site that it leaves too small, but is no knowledge.
    """
    area = scene.sites["capacity_m2"].to_numpy(float)
    room = np.nan_to_num(area, nan=0.0)
    spaces = room // vehicle_m2(scene.problem.network.profile)
    ratio = spaces / scene.vehicles
    guess = np.array(["assumed" in kind for kind in scene.column("kind")], bool)

    def say(row: int) -> str:
        if np.isnan(area[row]):
            return UNSIZED
        told = f"room for {int(spaces[row])} of {scene.vehicles} asked"
        return f"not known: size; assumed {told}" if guess[row] else told

    return Measured(np.where(guess & (ratio >= 1), np.nan, ratio), say)


def gate_minutes(scene: Scene) -> Measured:
    """Return minutes to the gate that is nearest by a clear way."""
    ways = scene.ways
    values = np.array([scene.seconds(row) / 60 for row in range(scene.n)])
    later = "" if scene.open else " once a way is clear"

    def say(row: int) -> str:
        way = ways[row]
        if way is None:
            return "no clear way to a gate"
        return f"{whole(values[row])} min to {scene.gate_name(way.gate)}{later}"

    return Measured(values, say)


def all_gates(scene: Scene) -> Measured:
    """Return minutes to the furthest of the gates that any site reaches; one gate tells nothing."""
    reached = np.flatnonzero(np.isfinite(scene.gate_s).any(axis=0))
    if len(reached) < 2:
        return Measured(np.full(scene.n, np.nan), lambda _: "one gate only", applies=False)
    part = scene.gate_s[:, reached]
    values = part.max(axis=1) / 60

    def say(row: int) -> str:
        gate = scene.gate_name(int(reached[part[row].argmax()]))
        if np.isinf(values[row]):
            return f"no clear way to {gate}"
        return f"{whole(values[row])} min to {gate}, the furthest"

    return Measured(values, say)


def haven(scene: Scene) -> Measured:
    """Return minutes to the nearest haven: one tree from all of them, straight, by free roads."""
    stops = scene.frames.get("support_stops")
    havens = stops if stops is None else stops[_are_havens(stops)]
    if havens is None or havens.empty:
        return Measured(np.full(scene.n, np.nan), lambda _: "not known: havens")
    graph = scene.problem.graph
    nodes, owner = _on_roads(scene, havens)
    when = np.zeros(len(nodes), np.int64)
    tree = arrival_tree(
        graph, scene.problem.idle, make_gates(nodes, when, when), 0, risk_aversion=0.0
    )
    arcs = [best_start(graph, tree, node) for node in scene.nodes.tolist()]
    here = np.isin(scene.nodes, nodes)
    values = np.array([tree.cost[arc] / 60 if arc >= 0 else np.inf for arc in arcs])
    values[here] = 0.0

    def say(row: int) -> str:
        if here[row]:
            return "0 min to a haven: beside it"
        if arcs[row] < 0:
            return "no way to a haven"
        return f"{whole(values[row])} min to {_named(havens, owner[_end(scene, tree, arcs[row])])}"

    return Measured(values, say)


def _are_havens(stops: GeoDataFrame) -> NDArray[np.bool_]:
    """Return which stops are havens: no hospital that is known to take no emergencies."""
    told = stops["emergency"] if "emergency" in stops else np.full(len(stops), "")
    are: NDArray[np.bool_] = np.asarray(stops["kind"].isin(HAVENS) & (told != "no"), bool)
    return are


def _on_roads(scene: Scene, havens: GeoDataFrame) -> tuple[NDArray[np.int32], dict[int, int]]:
    """Return the node nearest to each haven, and the first haven at each node."""
    places = np.array([(p.x, p.y) for p in havens.geometry.representative_point()])
    gap, node = cKDTree(scene.problem.network.node_xy).query(places)
    owner = {int(node[i]): int(i) for i in reversed(range(len(node))) if gap[i] <= NEAR_ROAD_M}
    return np.array(sorted(owner), np.int32), owner


def _end(scene: Scene, tree: Tree, arc: int) -> int:
    return int(scene.problem.network.head[follow(tree, arc)[-1]])


def _named(havens: GeoDataFrame, row: int) -> str:
    kind, name = NOUNS[havens["kind"].iloc[row]], havens["name"].iloc[row]
    if not isinstance(name, str) or not name:
        return f"a {kind}"
    return name if kind.split()[0] in name.lower() else f"{name}, {kind}"


def lit(scene: Scene) -> Measured:
    """Return 1 for a site that is lit, 0 for one that is not, as far as the map tells."""
    return _told(scene.column("lit"), LIT, "lit")


def surface(scene: Scene) -> Measured:
    """Return how firm the ground is, as far as the map tells."""
    return _told(scene.column("surface"), FIRM, "surface")


def _told(texts: Sequence[str], worth: Mapping[str, float], name: str) -> Measured:
    values = np.array([worth.get(text.lower(), np.nan) for text in texts], float)

    def say(row: int) -> str:
        return f"not known: {name}" if np.isnan(values[row]) else f"{name}: {texts[row]}"

    return Measured(values, say)


def whole(minutes: float) -> int:
    """Return minutes as the rest of the plan tells them: at least one."""
    return max(1, round(minutes))
