"""Valhalla's answers, asked for in Valhalla's own environment; nothing of the planner is here.

    python answers.py CITY.osm.pbf COUNTRY.osm.pbf < questions.json > answers.json

The city's file must be sorted. The other holds the country's border round it: without one,
Valhalla takes it that traffic keeps left. ``questions.json`` is a list of
``{"route": [[lon, lat], [lon, lat]]}`` (a way, with its edges) and ``{"walk": SHAPE}`` (the edges
under an encoded shape); the answers are a list of the same length. Each answer is one call.
``{"alternates": [[lon, lat], [lon, lat]], "most": 2, "local": 0.25}`` asks for a way with others beside it, each with
its line, and whether no stretch of it, as long as a share of the first, is slower than need be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import valhalla
from plain import SLACK, SLACK_S, decode, windows

TRACED = [
    "edge.way_id", "edge.length", "edge.speed", "edge.road_class", "node.elapsed_time",
    "node.transition_time",
]  # fmt: skip


def make_actor(city: Path, country: Path, folder: Path) -> valhalla.Actor:
    """Build the tiles of a city and return what answers."""
    tiles = folder / "tiles"
    tiles.mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=tiles)
    config["mjolnir"]["concurrency"] = 1
    config["mjolnir"]["admin"] = str(folder / "admins.sqlite")
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config))
    programs = Path(valhalla.__file__).parent / "bin"
    for program, file in (("valhalla_build_admins", country), ("valhalla_build_tiles", city)):
        subprocess.run(
            [programs / program, "-c", path, file], check=True, stdout=sys.stderr, timeout=600
        )
    return valhalla.Actor(config)


def route(actor: valhalla.Actor, pair: list[list[float]]) -> dict[str, Any] | None:
    """Return metres, seconds, shape and edges of one way, None where there is none."""
    question = {
        "locations": [{"lon": lon, "lat": lat} for lon, lat in pair],
        "costing": "auto",
        "directions_type": "none",
    }
    try:
        leg = actor.route(question)["trip"]["legs"][0]
    except valhalla.ValhallaError:
        return None
    return {
        "length_m": leg["summary"]["length"] * 1000,
        "time_s": leg["summary"]["time"],
        "shape": leg["shape"],
        "edges": walk(actor, leg["shape"]),
    }


def walk(actor: valhalla.Actor, shape: str) -> list[dict[str, Any]] | None:
    """Return the edges under a shape, None where no car of Valhalla's can drive along it."""
    question = {
        "encoded_polyline": shape,
        "costing": "auto",
        "shape_match": "edge_walk",
        "filters": {"attributes": TRACED, "action": "include"},
    }
    try:
        edges = actor.trace_attributes(question)["edges"]
    except valhalla.ValhallaError:
        return None
    kept = ("way_id", "length", "speed", "road_class")
    return [
        {key: edge[key] for key in kept}
        | {
            "time_s": edge["end_node"]["elapsed_time"],
            "turn_s": edge["end_node"].get("transition_time", 0.0),
        }
        for edge in edges
    ]


def alternates(actor: valhalla.Actor, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the first way, then those beside it; none where there is no way."""
    question = {
        "locations": [{"lon": lon, "lat": lat} for lon, lat in asked["alternates"]],
        "costing": "auto", "directions_type": "none",
        "alternates": asked["most"],
    }  # fmt: skip
    try:
        found = actor.route(question)
    except valhalla.ValhallaError:
        return []
    legs = [found["trip"]["legs"][0]]
    legs += [other["trip"]["legs"][0] for other in found.get("alternates", [])]
    stretch = asked["local"] * legs[0]["summary"]["time"]
    lines = [[[lon / 1e6, lat / 1e6] for lon, lat in decode(leg["shape"])] for leg in legs]
    return [
        {
            "time_s": leg["summary"]["time"], "lonlat": line,
            "local": is_local(actor, line, stretch),
        }
        for leg, line in zip(legs, lines, strict=True)
    ]  # fmt: skip


def is_local(actor: valhalla.Actor, line: list[list[float]], stretch: float) -> bool | None:
    """Tell whether no window of a way up to so many seconds has a quicker way between its ends.

    None where Valhalla cannot drive along its own line.
    """
    question = {
        "shape": [{"lon": lon, "lat": lat} for lon, lat in line], "costing": "auto",
        "shape_match": "edge_walk",
        "filters": {
            "attributes": ["edge.end_shape_index", "node.elapsed_time", "node.transition_time"],
            "action": "include",
        },
    }  # fmt: skip
    try:
        edges = actor.trace_attributes(question)["edges"]
    except valhalla.ValhallaError:
        return None
    nodes = [edge["end_node"] for edge in edges[:-1]]
    for first, last in windows([node["elapsed_time"] for node in nodes], stretch):
        pair = [line[edges[i]["end_shape_index"]] for i in (first, last)]
        again = {
            "locations": [{"lon": lon, "lat": lat} for lon, lat in pair],
            "costing": "auto", "directions_type": "none",
        }  # fmt: skip
        try:
            quickest = actor.route(again)["trip"]["summary"]["time"]
        except valhalla.ValhallaError:
            continue
        # Who begins there turns onto nothing.
        turned = nodes[first].get("transition_time", 0.0)
        took = nodes[last]["elapsed_time"] - nodes[first]["elapsed_time"] - turned
        if took > quickest * (1 + SLACK) + SLACK_S:
            return False
    return True


def answer(actor: valhalla.Actor, asked: dict[str, Any]) -> Any:
    """Return the answer to one question."""
    if "alternates" in asked:
        return alternates(actor, asked)
    return route(actor, asked["route"]) if "route" in asked else walk(actor, asked["walk"])


def main() -> None:
    """Answer the questions of the standard input."""
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        actor = make_actor(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        found = [answer(actor, one) for one in asked]
    json.dump({"version": valhalla.__version__, "answers": found}, sys.stdout)


if __name__ == "__main__":
    main()
