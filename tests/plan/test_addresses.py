"""Streets of addresses that were not found near what they belong to."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from planner.plan.addresses import address_notices
from planner.plan.stops import place_stops
from tests.town import EPSG, make_network

MAIN, BACK = ((0.0, 0.0), (400.0, 0.0), "Main Street"), ((0.0, 30.0), (400.0, 30.0), "Back Lane")
SIDE = ((0.0, 0.0), (0.0, 30.0), "Side Street")


def told(facility: str = "", site: str = "", *, offered: bool = True) -> list[str]:
    """Return the notices of a facility with a gate on Back Lane, and of a lot beside it."""

    def frame(x: float, y: float, **columns: str) -> gpd.GeoDataFrame:
        cells = {name: [value] for name, value in columns.items()}
        return gpd.GeoDataFrame(cells, geometry=[Point(x, y)], crs=EPSG)

    sites = frame(300, 33, name="the lot", street=site)
    stops = place_stops(
        make_network([MAIN, BACK, SIDE]), frame(200, 33, name="gate", street=""), frame(0, 0), sites
    )
    layers = SimpleNamespace(facility=pd.DataFrame({"name": ["Court"], "street": [facility]}))
    staging = [SimpleNamespace(row=0)] if offered else []
    answer = SimpleNamespace(stops=stops, sites=sites, staging=staging, layers=layers)
    return address_notices(answer)  # type: ignore[arg-type]  # what it reads of an answer


def test_nothing_is_told_of_streets_that_were_found_or_never_asked_for() -> None:
    assert told() == told("Back Lane", "Main St.") == []


def test_street_of_the_facility_without_a_gate_is_told() -> None:
    assert told("Main Street") == [
        "no gate lies on Main Street, the street of the address of Court"
    ]


@pytest.mark.parametrize("offered", [True, False])
def test_street_not_near_an_offered_site_is_told(*, offered: bool) -> None:
    expected = ["Far Road was not found near the lot: it opens to Back Lane"]
    assert told(site="Far Road", offered=offered) == (expected if offered else [])
