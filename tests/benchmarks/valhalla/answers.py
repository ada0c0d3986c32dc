"""Valhalla's answers, asked for in Valhalla's own environment; nothing of the planner is here.

    python answers.py CITY.osm.pbf COUNTRY.osm.pbf < questions.json > answers.json

The city's file must be sorted. The other holds the country's border round it: without one,
Valhalla takes it that traffic keeps left. ``questions.json`` holds ``pairs``, [[lon, lat], [lon, lat]] each, and
``walks``, encoded shapes or null, which are walked edge by edge. Each answer is one call.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import valhalla

EDGE = ("way_id", "length", "speed", "road_class", "use", "destination_only", "traffic_signal")
TRACED = [f"edge.{key}" for key in EDGE] + [
    "node.transition_time", "node.elapsed_time", "edge.begin_shape_index", "edge.end_shape_index",
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


def ask(actor: valhalla.Actor, pair: list[list[float]]) -> dict[str, Any] | None:
    """Return metres, seconds, shape, time of day free and edges of one route, None without."""
    locations = [{"lon": lon, "lat": lat} for lon, lat in pair]
    try:
        leg = actor.route(
            {"locations": locations, "costing": "auto", "directions_type": "none"}
        )["trip"]["legs"][0]  # fmt: skip
    except (RuntimeError, valhalla.ValhallaError):
        return None
    return {
        "length_m": leg["summary"]["length"] * 1000,
        "time_s": leg["summary"]["time"],
        "shape": leg["shape"],
        "edges": walk(actor, leg["shape"]),
    }


def walk(actor: valhalla.Actor, shape: str) -> list[dict[str, Any]] | None:
    """Return the edges under a shape, None where Valhalla cannot drive along it."""
    question = {
        "encoded_polyline": shape,
        "costing": "auto",
        "shape_match": "edge_walk",
        "filters": {"attributes": TRACED, "action": "include"},
    }
    try:
        return list(actor.trace_attributes(question)["edges"])
    except (RuntimeError, valhalla.ValhallaError):
        return None


def main() -> None:
    """Answer the questions of the standard input."""
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        actor = make_actor(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        json.dump(
            {
                "version": valhalla.__version__,
                "routes": [ask(actor, pair) for pair in asked["pairs"]],
                "walks": [shape and walk(actor, shape) for shape in asked["walks"]],
            },
            sys.stdout,
        )


if __name__ == "__main__":
    main()
