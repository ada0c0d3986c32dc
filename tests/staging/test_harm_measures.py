"""Sites that would be in the way fall out of the ranking, and are told why."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, box

from planner.staging.criteria import BY_NAME
from planner.staging.sites import rank_sites
from tests.routes.asking import ask
from tests.staging.scenes import scene
from tests.town import EPSG, at, make_network, risk_of, town_streets, zone

NETWORK = make_network(town_streets())
CORNERS = ((0.0, 0.0), (400.0, 0.0))
HARM = (
    "crowd_ways", "march_ahead", "emergency_way", "hospital", "school", "rescue", "transit_ground",
)  # fmt: skip


def layer(*rows: tuple[str, str, object], **columns) -> gpd.GeoDataFrame:
    frame = {"name": [r[0] for r in rows], "kind": [r[1] for r in rows]}
    return gpd.GeoDataFrame(frame | columns, geometry=[r[2] for r in rows], crs=EPSG)


def measure(name: str, places, *zones, **more):
    """Return what a criterion says of each site: whether it falls out, and the words."""
    reported = risk_of(NETWORK, *zones)
    more.setdefault("reported", reported)
    where = scene(ask(network=NETWORK, origins=CORNERS), places, **more)
    found = BY_NAME[name].measure(where)
    out = BY_NAME[name].fails(found.values, found.limit)
    return [(bool(bad), found.say(row)) for row, bad in enumerate(out)]


CROWD = zone(box(195, 195, 205, 205), size_low=10, size_high=10)


def test_a_site_on_the_street_from_the_assembly_to_the_station_is_out() -> None:
    frames = {"transit_stops": layer(("Central", "train", Point(400, 200)))}
    told = measure("crowd_ways", [(400.0, 200.0), (400.0, 300.0)], CROWD, frames=frames)
    assert told[0] == (True, "on the way from the assembly reported to Central")
    assert told[1] == (False, "off every way out of a crowd")


def test_a_crowd_long_gone_leaves_by_no_way() -> None:
    """The window is 07:00 to 09:00; at 06:15 half an hour and more lies between."""
    gone = zone(box(195, 195, 205, 205), starts_at=at(4), ends_at=at(6.25), size_low=10,
                size_high=10, time_precision_min=0.0)  # fmt: skip
    late = dict(gone, ends_at=at(6.75))
    assert not measure("crowd_ways", [(200.0, 250.0)], gone)[0][0]
    assert measure("crowd_ways", [(200.0, 250.0)], late)[0][0]


def test_a_site_where_the_march_still_comes_is_out_one_it_has_passed_is_not() -> None:
    """From the west at 06:00 to the east at 11:00; at 07:00 its tail has left the west."""
    march = zone(LineString([(0, 200), (400, 200)]), kind="march", starts_at=at(6), ends_at=at(11),
                 size_low=40, size_high=40, time_precision_min=0.0)  # fmt: skip
    told = measure("march_ahead", [(400.0, 200.0), (0.0, 200.0), (200.0, 400.0)], march)
    assert told[0] == (True, "on the way ahead of the march reported")
    assert [out for out, _ in told[1:]] == [False, False]


def test_an_assembly_is_no_march() -> None:
    assert not measure("march_ahead", [(200.0, 200.0)], CROWD)[0][0]


def test_a_site_seen_from_the_assembly_says_how_far_and_has_fewer_points() -> None:
    walls = layer(("", "house", box(110, 110, 190, 190)), ("", "house", box(110, 210, 190, 290)))
    row = BY_NAME["sight"]
    where = scene(
        ask(network=NETWORK, origins=CORNERS), [(100.0, 100.0), (100.0, 200.0), (400.0, -100.0)],
        frames={"buildings": walls}, reported=risk_of(NETWORK, CROWD),
    )  # fmt: skip
    found = row.measure(where)
    said = [found.say(i) for i in range(3)]
    assert "hidden by buildings" in said[0]
    assert said[1].startswith("in sight of the assembly reported, ")
    assert said[2] == "out of sight of any crowd reported"
    points = row.points(found.values)
    assert points[0] == points[2] == 100 > points[1]


def test_what_nobody_asked_of_crowds_is_not_known() -> None:
    for name in ("sight", "crowd_ways", "march_ahead"):
        where = scene(ask(network=NETWORK, origins=CORNERS), [(100.0, 100.0)])
        found = BY_NAME[name].measure(where)
        assert np.isnan(found.values).all()
        assert found.say(0) == "not known: crowds"


@pytest.mark.parametrize(("time_zone", "out"), [("UTC", True), ("Pacific/Auckland", False)])
def test_school_hours_are_those_of_the_place(time_zone: str, out: bool) -> None:
    """07:00 to 09:00 UTC on a Monday is the evening in Auckland."""
    frames = {"quiet_places": layer(("North", "school", box(100, 130, 150, 180)))}
    told = measure("school", [(100.0, 100.0)], frames=frames, zone=ZoneInfo(time_zone))
    assert told[0][0] is out
    assert "a school (North)" in told[0][1]


def test_a_harm_rule_bars_a_site_and_cannot_be_switched_off() -> None:
    frames = {"keep_clear": layer(("", "fire station", box(290, 210, 310, 220)))}
    where = scene(
        ask(network=NETWORK, origins=CORNERS), [(100.0, 200.0), (300.0, 200.0)], frames=frames
    )
    ranking = rank_sites(where)
    assert [site.row for site in ranking.sites] == [0]
    assert ranking.dropped["in front of a fire or ambulance station"] == 1
    assert all(BY_NAME[name].fixed and BY_NAME[name].hard for name in HARM)
    assert not BY_NAME["sight"].hard
