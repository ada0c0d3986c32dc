"""Signals, turn restrictions and barriers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aldermere.roads import Roads, driven, in_downtown
from aldermere.shapes import Points, at, length

if TYPE_CHECKING:
    from aldermere.graph import Edge

MAIN = ("primary", "secondary")


@dataclass(slots=True)
class Ban:
    """A turn restriction by its edges and its junction, or by the edge between two."""

    kind: str
    come: Edge
    via: int | Edge
    go: Edge


def regulate(roads: Roads, seed: int) -> list[Ban]:
    """Add signals and barriers in place; return the turn restrictions."""
    rng = np.random.default_rng(seed + 3)
    _bollards(roads, rng)
    _open_traps(roads)
    _signals(roads)
    bans = _bans(roads, rng)
    return _passable(roads, bans)


def _open_traps(roads: Roads) -> None:
    """Open one-way streets that a car could enter but only leave by a U-turn, in place."""
    for _ in range(6):
        stuck = trapped(roads, [])
        if not stuck:
            return
        nodes = {n for e in roads.graph.edges if id(e) in stuck for n in (e.u, e.v)}
        for e in roads.graph.edges:
            minor = roads.kind(e) in ("residential", "living_street", "tertiary", "unclassified")
            if minor and (e.u in nodes or e.v in nodes):
                e.tags.pop("oneway", None)


def _ray(e: Edge, n: int) -> Points:
    pts = e.pts if e.u == n else e.pts[::-1]
    return at(pts, min(15.0, length(pts))) - pts[0]


def _signals(roads: Roads) -> None:
    for n, ids in roads.graph.at_node().items():
        edges = [roads.graph.edges[i] for i in ids]
        kinds = [roads.kind(e) for e in edges]
        round_ = any(e.tags.get("junction") for e in edges)
        main = sum(k in MAIN for k in kinds)
        if round_ or len(ids) < 3 or n in roads.node_tags:
            continue
        down = bool(in_downtown(roads.graph.xy[n][None])[0])
        if main >= 3 or (main >= 2 and "tertiary" in kinds) or (down and main and len(ids) > 3):
            roads.node_tags[n] = {"highway": "traffic_signals"}
        elif down and len(ids) > 3:
            roads.node_tags[n] = {"highway": "crossing", "crossing": "marked"}


def _bollards(roads: Roads, rng: np.random.Generator) -> None:
    """Close ten side streets to through traffic with bollards, gates on two lanes."""
    edges = roads.graph.edges
    order = rng.permutation(len(edges))
    left = {"old": 3, "inner": 5, "suburb": 4, "edge": 2}
    degree = {n: len(ids) for n, ids in roads.graph.at_node().items()}
    for i in order:
        e = edges[int(i)]
        street = roads.streets[e.street]
        if street.kind not in ("residential", "living_street") or e.tags.get("oneway"):
            continue
        if length(e.pts) < 50 or not left.get(street.district):
            continue
        if degree[e.u] < 3 or degree[e.v] < 3:
            continue
        left[street.district] -= 1
        n = roads.graph.split(int(i), length(e.pts) / 2)
        degree[n] = 2
        gate = street.district == "edge"
        roads.node_tags[n] = (
            {"barrier": "gate", "access": "yes"} if gate else {"barrier": "bollard"}
        )


def _bans(roads: Roads, rng: np.random.Generator) -> list[Ban]:
    """Ban left turns off busy roads, and a few other movements."""
    graph, bans = roads.graph, []
    quota = {"no_left_turn": 34, "only_straight_on": 9, "no_right_turn": 5, "no_u_turn": 6}
    at_node = graph.at_node()
    nodes = [n for n, ids in at_node.items() if len(ids) >= 3]
    for k in rng.permutation(len(nodes)):
        n = nodes[int(k)]
        edges = [graph.edges[i] for i in at_node[n]]
        if any(e.tags.get("junction") or roads.kind(e) == "service" for e in edges):
            continue
        if len({id(e) for e in edges}) < len(edges) or not any(
            roads.kind(e) in MAIN for e in edges
        ):
            continue
        come = edges[int(rng.integers(len(edges)))]
        if come.tags.get("oneway") and come.v != n:
            continue
        found = _movements(come, n, edges)
        kind = _pick(found, quota, len(edges), rng)
        if kind:
            quota[kind] -= 1
            go = (
                come
                if kind == "no_u_turn"
                else found["straight" if "straight" in kind else kind.split("_")[1]]
            )
            bans.append(Ban(kind, come, n, go))
    bans += _via_way(roads, at_node)
    return bans


def _movements(come: Edge, n: int, edges: list[Edge]) -> dict[str, Edge]:
    into = -_ray(come, n)
    out: dict[str, Edge] = {}
    for e in edges:
        if e is come or (e.tags.get("oneway") and e.u != n):
            continue
        ray = _ray(e, n)
        turn = np.degrees(np.arctan2(into[0] * ray[1] - into[1] * ray[0], into @ ray))
        if abs(turn) < 30:
            out["straight"] = e
        elif 55 < turn < 130:
            out["left"] = e
        elif -130 < turn < -55:
            out["right"] = e
    return out


def _pick(
    found: dict[str, Edge], quota: dict[str, int], degree: int, rng: np.random.Generator
) -> str:
    chance = rng.random()
    if "straight" not in found:
        return ""
    if degree > 3 and chance < 0.2 and quota["only_straight_on"]:
        return "only_straight_on"
    if chance < 0.3 and quota["no_u_turn"]:
        return "no_u_turn"
    if "right" in found and chance < 0.4 and quota["no_right_turn"]:
        return "no_right_turn"
    return "no_left_turn" if "left" in found and quota["no_left_turn"] else ""


def _via_way(roads: Roads, at_node: dict[int, list[int]]) -> list[Ban]:
    """Ban one detour in three edges: left, a short block, left again."""
    for e in roads.graph.edges:
        if (
            e.tags.get("oneway") != "yes"
            or not 40 < length(e.pts) < 110
            or not in_downtown(e.pts).all()
        ):
            continue
        befores = [roads.graph.edges[i] for i in at_node[e.u]]
        afters = [roads.graph.edges[i] for i in at_node[e.v]]
        for b in befores:
            if roads.kind(b) not in MAIN or b is e or len(befores) != 4 or len(afters) != 4:
                continue
            left = _movements(b, e.u, befores).get("left")
            go = _movements(e, e.v, afters).get("left")
            if left is e and go is not None and go is not b:
                return [Ban("no_u_turn", b, e, go)]
    return []


def _passable(roads: Roads, bans: list[Ban]) -> list[Ban]:
    """Return the bans without those that would trap a car."""
    for _ in range(8):
        stuck = trapped(roads, bans)
        if not stuck:
            return bans
        keep = [b for b in bans if not ({id(b.come), id(b.go)} & stuck)]
        if len(keep) == len(bans):
            near = {n for e in roads.graph.edges if id(e) in stuck for n in (e.u, e.v)}
            keep = [b for b in bans if b.via not in near]
        if len(keep) == len(bans):
            return bans
        bans = keep
    return bans


def trapped(roads: Roads, bans: list[Ban]) -> set[int]:
    """Return ids of edges that a car on legal turns cannot reach or cannot leave."""
    arcs = [(u, v, id(roads.graph.edges[i])) for u, v, i in driven(roads)]
    block = {n for n, t in roads.node_tags.items() if t.get("barrier") == "bollard"}
    out = defaultdict(list)
    for k, (u, _, _) in enumerate(arcs):
        out[u].append(k)
    no, only = set(), {}
    for b in bans:
        if isinstance(b.via, int):
            if b.kind.startswith("only"):
                only[id(b.come), b.via] = id(b.go)
            else:
                no.add((id(b.come), b.via, id(b.go)))
    ahead: list[list[int]] = []
    back: list[list[int]] = [[] for _ in arcs]
    for k, (_, v, e) in enumerate(arcs):
        steps = []
        for j in out[v]:
            _, _, f = arcs[j]
            if v in block and f != e:
                continue
            alone = len(out[v]) == 1 or v in block
            if (f == e and not alone) or (e, v, f) in no or only.get((e, v), f) != f:
                continue
            steps.append(j)
            back[j].append(k)
        ahead.append(steps)
    start = next(k for k, a in enumerate(arcs) if len(ahead[k]) > 2)
    good = _walk(ahead, start) & _walk(back, start)
    edge_of = {id(e): e for e in roads.graph.edges}
    bad = {a[2] for k, a in enumerate(arcs) if k not in good}
    # Where the map ends the motorway begins or ends in nothing.
    return {i for i in bad if not roads.kind(edge_of[i]).startswith("motorway")}


def _walk(nexts: list[list[int]], start: int) -> set[int]:
    seen, todo = {start}, [start]
    while todo:
        for j in nexts[todo.pop()]:
            if j not in seen:
                seen.add(j)
                todo.append(j)
    return seen


__all__ = ["Ban", "regulate", "trapped"]
