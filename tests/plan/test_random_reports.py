"""Whatever is reported, wherever it is shut: all that a plan shows passes the independent check."""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Point, box

from planner.layers.workspace import Workspace
from planner.plan.make import make_plan
from planner.plan.question import ask
from planner.scenario import FACILITY

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

SEEDS = 24
DAY = datetime(2027, 3, 2)
PROFILES = ("car", "car", "bus", "foot")


def random_shape(dice: random.Random, forms: str) -> BaseGeometry:
    """Return an area, line, point or ring, in metres around a site."""
    size, far = dice.choice([40, 120, 400]), dice.choice([400, 1200])
    across = LineString([(0, 0), (dice.uniform(-3, 3) * size, dice.uniform(-3, 3) * size)])
    drawn = {
        "area": rotate(box(-size, -size, size, size), dice.uniform(0, 90)),
        "line": across,
        "point": Point(0, 0),
        "ring": Point(0, 0).buffer(3 * size).difference(Point(0, 0).buffer(2 * size)),
    }[dice.choice(forms.split())]
    return translate(drawn, dice.uniform(-far, far), dice.uniform(-far, far))


def window(dice: random.Random, city: Workspace) -> dict[str, Any]:
    starts = DAY.replace(tzinfo=city.timezone) + timedelta(hours=dice.uniform(5, 9))
    return {
        "starts_at": starts, "ends_at": starts + timedelta(minutes=dice.choice([20, 45, 90, 240])),
    }  # fmt: skip


def random_zone(dice: random.Random, city: Workspace) -> dict[str, Any]:
    kind = dice.choice(["standing_assembly", "march", "blockade", "encampment", "permitted_event"])
    low = dice.choice([20, 200, 1500])
    return window(dice, city) | {
        "kind": kind, "size_low": low, "size_high": low * dice.choice([1, 2, 5]),
        "source_grade": dice.choice("ABCDEF"), "info_grade": dice.randint(1, 6),
        "geometry": random_shape(dice, "line" if kind == "march" else "point line area"),
    }  # fmt: skip


def random_closure(dice: random.Random, city: Workspace) -> dict[str, Any]:
    return window(dice, city) | {"geometry": random_shape(dice, "line area ring")}


def placed(rows: list[dict[str, Any]], city: Workspace) -> GeoDataFrame:
    """Return rows in metres around the facility as a frame in degrees."""
    layer = city.layer("facilities").set_index("id")
    metric = layer.estimate_utm_crs()
    (site,) = layer.loc[[FACILITY]].to_crs(metric).geometry.centroid
    moved = [translate(row["geometry"], site.x, site.y) for row in rows]
    return gpd.GeoDataFrame(rows, geometry=moved, crs=metric).to_crs(4326)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_all_that_is_shown_is_verified(bundled: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    city = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    for layer, make in (("zones", random_zone), ("closures", random_closure)):
        rows = [make(dice, city) for _ in range(dice.randint(0, 3))]
        if rows:
            city.append(layer, placed(rows, city))
    at = (DAY + timedelta(hours=dice.uniform(6, 9.5))).isoformat(timespec="minutes")
    asked = ask(FACILITY, at, city.timezone, profile=dice.choice(PROFILES))

    verification = make_plan(city, asked).document["verification"]

    assert verification["passed"]
    assert verification["failures"] == []
