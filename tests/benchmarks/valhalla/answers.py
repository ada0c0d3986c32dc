"""Valhalla's answers, asked for in Valhalla's own environment; nothing of the planner is here.

    python answers.py CITY.osm.pbf COUNTRY.osm.pbf < questions.json > answers.json

The city's file must be sorted. The other holds the country's border round it: without one,
Valhalla takes it that traffic keeps left. ``questions.json`` is a list of
``{"route": [[lon, lat], [lon, lat]]}`` (a way, with its edges) and ``{"walk": SHAPE}`` (the edges
under an encoded shape); the answers are a list of the same length. Each answer is one call.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import valhalla

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


def main() -> None:
    """Answer the questions of the standard input."""
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        actor = make_actor(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        found = [
            route(actor, one["route"]) if "route" in one else walk(actor, one["walk"])
            for one in asked
        ]
    json.dump({"version": valhalla.__version__, "answers": found}, sys.stdout)


if __name__ == "__main__":
    main()
