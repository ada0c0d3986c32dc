"""Which ways a profile may use, in which direction, when, how fast."""

from __future__ import annotations

import pytest

from planner.network.country import UNKNOWN, country
from planner.network.graph import CLASSES, Access
from planner.network.osm import read_extract
from planner.network.profiles import PROFILES
from planner.network.ways import usable_ways
from tests.network.drawing import at, write_osm

PUBLIC, DESTINATION, PRIVATE = Access
MORNING = "Mo-Sa 06:00-11:00"


@pytest.fixture
def usable(tmp_path):
    """Return a function from tags of one way to its `Ways`, with counts."""

    def use(tags, profile="car", here=UNKNOWN):
        nodes = {1: at(0, 0), 2: at(100, 0), 3: at(0, 100)}
        refs = [1, 2, 3, 1] if tags.get("area") else [1, 2]
        path = write_osm(tmp_path / "t.osm.pbf", nodes, [(7, refs, tags)])
        counts = {}
        return usable_ways(read_extract(path), PROFILES[profile], here, counts), counts

    return use


def road(highway="residential", **tags):
    return {"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}}


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        (road(), "car van bus foot wheelchair"),
        (road("motorway"), "car van bus"),
        (road("trunk"), "car van bus"),
        (road("trunk", sidewalk="right"), "car van bus foot wheelchair"),
        (road("trunk", foot="yes"), "car van bus foot wheelchair"),
        (road("primary", motorroad="yes"), "car van bus"),
        (road(access="no"), ""),
        (road(access="no", bus="yes"), "bus"),
        (road(access="psv"), "bus"),
        (road(access="no", psv="designated", foot="yes"), "bus foot wheelchair"),
        (road(motor_vehicle="no"), "foot wheelchair"),
        (road(vehicle="no", motorcar="yes"), "car van foot wheelchair"),
        (road(motor_vehicle="no", goods="yes"), "van foot wheelchair"),
        (road(motor_vehicle="no", psv="yes", bus="no"), "foot wheelchair"),
        (road(tourist_bus="no", bus="yes"), "car van foot wheelchair"),
        (road(foot="no"), "car van bus"),
        (road(foot="use_sidepath"), "car van bus"),
        (road("track"), "foot wheelchair"),
        (road("track", access="yes"), "car van bus foot wheelchair"),
        (road("track", motor_vehicle="agricultural"), "foot wheelchair"),
        (road("footway"), "foot wheelchair"),
        (road("footway", access="yes"), "foot wheelchair"),
        (road("footway", motor_vehicle="yes"), "car van bus foot wheelchair"),
        (road("footway", motorcar="private"), "foot wheelchair"),
        (road("pedestrian", area="yes"), "foot wheelchair"),
        (road("pedestrian", motor_vehicle="delivery"), "car van bus foot wheelchair"),
        (road("cycleway"), ""),
        (road("cycleway", foot="designated"), "foot wheelchair"),
        (road("path"), "foot wheelchair"),
        (road("steps"), "foot"),
        (road("steps", ramp__wheelchair="yes"), "foot wheelchair"),
        (road("footway", wheelchair="no"), "foot"),
        (road("footway", wheelchair="limited"), "foot wheelchair"),
        (road("footway", surface="sand"), "foot"),
        (road("footway", surface="sand", wheelchair="yes"), "foot wheelchair"),
        (road("footway", smoothness="very_bad"), "foot"),
        (road("footway", incline="-12%"), "foot"),
        (road("footway", incline="up"), "foot wheelchair"),
        (road("footway", width="0.6"), "foot"),
        (road("platform"), "foot wheelchair"),
        (road("busway"), ""),
        (road("busway", bus="designated"), "bus"),
        (road("construction"), ""),
        (road("proposed"), ""),
        (road("raceway"), ""),
        (road("service", service="emergency_access"), "foot wheelchair"),
        (road("service", service="parking_aisle"), "car van foot wheelchair"),
        (road("service", service="bus"), "bus foot wheelchair"),
        (road("service", service="drive-through"), "car van foot wheelchair"),
        (road(ford="yes"), "foot"),
        (road(ford="yes", motor_vehicle="yes"), "car van bus foot"),
        (road(ford="no"), "car van bus foot wheelchair"),
        (road(smoothness="impassable"), "foot"),
        ({"route": "ferry"}, "foot wheelchair"),
        ({"route": "ferry", "motor_vehicle": "yes", "foot": "no"}, "car van bus"),
        (road(maxheight="3"), "car van foot wheelchair"),
        (road(maxheight="2.2 m"), "car foot wheelchair"),
        (road(maxheight="default"), "car van bus foot wheelchair"),
        (road(maxheight__physical="6'4\""), "foot wheelchair"),
        (road(maxwidth="2"), "car foot wheelchair"),
        (road(maxweight="3.5 t"), "car van foot wheelchair"),
        (road(maxweight="8000 lbs"), "car van foot wheelchair"),
        (road(maxweight="3.5", maxweight__bus="none"), "car van bus foot wheelchair"),
        (road(maxlength="10"), "car van foot wheelchair"),
        (road(maxlength="10", maxlength__psv="no"), "car van bus foot wheelchair"),
        (road(maxaxleload="8"), "car van foot wheelchair"),
    ],
)  # fmt: skip
def test_who_may_use_a_way(usable, tags, who):
    assert {name for name in PROFILES if len(usable(tags, name)[0].row)} == set(who.split())


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        (road(), (PUBLIC, PUBLIC)),
        (road(access="private"), (PRIVATE, PRIVATE)),
        (road(access="private", motor_vehicle="destination"), (DESTINATION, DESTINATION)),
        (road(motor_vehicle="permit"), (PRIVATE, PRIVATE)),
        (road(motor_vehicle="delivery"), (DESTINATION, DESTINATION)),
        (road(access="customers"), (DESTINATION, DESTINATION)),
        (road(motor_vehicle__backward="destination"), (PUBLIC, DESTINATION)),
        (road(access__conditional="destination @ (Mo-Fr 09:00-17:00)"), (DESTINATION,) * 2),
        (road(access="private", access__conditional="yes @ (07:00-24:00)"), (PRIVATE,) * 2),
        (road(motor_vehicle="no", motor_vehicle__conditional="yes @ destination"),
         (DESTINATION,) * 2),
        (road(motor_vehicle="no", motor_vehicle__conditional=f"delivery @ ({MORNING})"),
         (DESTINATION,) * 2),
    ],
)  # fmt: skip
def test_what_a_way_is_for(usable, tags, access):
    ways, _ = usable(tags)
    assert ways.access[:, 0].tolist() == list(access)


@pytest.mark.parametrize(
    ("tags", "profile", "direction"),
    [
        (road(), "car", 0),
        (road(oneway="yes"), "car", 1),
        (road(oneway="-1"), "car", -1),
        (road(oneway="yes"), "foot", 0),
        (road("footway", oneway="yes"), "foot", 0),
        (road("footway", oneway__foot="yes"), "foot", 1),
        (road("steps", conveying="backward"), "foot", -1),
        (road("motorway"), "car", 1),
        (road(junction="roundabout"), "bus", 1),
        (road(junction="roundabout"), "foot", 0),
        (road(oneway="yes", oneway__bus="no"), "bus", 0),
        (road(oneway="yes", oneway__psv="no"), "bus", 0),
        (road(oneway="yes", oneway__psv="no"), "car", 1),
        (road(oneway="yes", oneway__motor_vehicle="no"), "van", 0),
        (road(motor_vehicle__backward="no"), "car", 1),
        (road(vehicle__forward="no"), "car", -1),
        (road(motor_vehicle__backward="no", psv__backward="yes"), "bus", 0),
        (road(motor_vehicle__backward="no", psv__backward="yes"), "car", 1),
    ],
)
def test_direction(usable, tags, profile, direction):
    ways, _ = usable(tags, profile)
    assert ways.direction.tolist() == [direction]


@pytest.mark.parametrize(
    ("tags", "profile", "timed"),
    [
        (road(access__conditional="no @ (Su)"), "car", [(0, "shut Su")]),
        (road(motor_vehicle__conditional="no @ (Mo 07:00-09:00); no @ (Tu)"), "car",
         [(0, "shut Tu"), (0, "shut Mo 07:00-09:00")]),
        (road("pedestrian", motor_vehicle__conditional=f"destination @ ({MORNING})"), "car",
         [(0, f"open {MORNING}")]),
        (road(access__conditional="no @ (Su)", motor_vehicle="yes"), "car", []),
        (road(access__conditional="no @ (Su)", motor_vehicle="yes"), "foot", [(0, "shut Su")]),
        (road(motor_vehicle__conditional="no @ (07:00-19:00 AND weight>7.5)"), "bus",
         [(0, "shut 07:00-19:00")]),
        (road(motor_vehicle__conditional="no @ (07:00-19:00 AND weight>7.5)"), "car", []),
        (road(motor_vehicle__conditional="no @ (07:00-19:00); yes @ (08:00-09:00)"), "car",
         [(0, "shut 07:00-19:00; 08:00-09:00 off")]),
        (road(motor_vehicle__forward__conditional="no @ (Sa)"), "car", [(1, "shut Sa")]),
        (road(oneway__conditional="yes @ (Mo-Fr 07:00-09:00)"), "car",
         [(-1, "shut Mo-Fr 07:00-09:00")]),
        (road(oneway="yes", oneway__conditional="no @ (Su)"), "car", [(-1, "open Su")]),
        (road(oneway="yes", oneway__conditional="-1 @ (Su)"), "car",
         [(1, "shut Su"), (-1, "open Su")]),
        (road(oneway="reversible", oneway__conditional="yes @ (06:00-10:00); -1 @ (16:00-19:00)"),
         "car", [(1, "open 06:00-10:00; 16:00-19:00 off"), (-1, "open 16:00-19:00")]),
        (road(oneway__conditional="yes @ (Su)"), "foot", []),
        (road("footway", opening_hours="07:00-22:00"), "foot", [(0, "open 07:00-22:00")]),
        (road(foot__conditional="no @ (23:30-05:00)"), "foot", [(0, "shut 23:30-05:00")]),
        (road(motor_vehicle__conditional="no @ hgv"), "car", []),
        (road(motor_vehicle="no", motor_vehicle__conditional="yes @ bus"), "bus", []),
        (road(access__conditional="no @ (wet AND 22:00-06:00)"), "car",
         [(0, "shut 22:00-06:00")]),
        (road(motor_vehicle__conditional="no @ (Mo); yes @ (permit_holder)"), "car",
         [(0, "shut Mo")]),
        (road(oneway="yes", oneway__conditional="no @ snow"), "car", []),
        (road(maxweight__conditional="7.5 @ (22:00-06:00)"), "bus", [(0, "shut 22:00-06:00")]),
        (road(maxweight__conditional="7.5 @ (22:00-06:00)"), "car", []),
        (road(maxweight__conditional="3 @ (22:00-06:00)"), "van", [(0, "shut 22:00-06:00")]),
        (road(maxheight="3", maxheight__conditional="none @ (Su)"), "bus", [(0, "open Su")]),
        (road(maxweight="7.5", maxweight__bus="20"), "bus", []),
        (road(maxweight__coach="20", maxweight="7.5", maxweight__conditional="5 @ (Su)"), "bus",
         []),
        (road(maxlength__conditional="10 @ (Su)", access__conditional="no @ (Sa)"), "bus",
         [(0, "shut Sa"), (0, "shut Su")]),
    ],
)  # fmt: skip
def test_hours_of_a_way(usable, tags, profile, timed):
    ways, _ = usable(tags, profile)
    assert len(ways.row) == 1
    assert list(ways.timed.get(0, ())) == timed


UNREAD = "ways with a condition that cannot be read, taken at its strictest"


@pytest.mark.parametrize(
    "tags",
    [
        road(motor_vehicle__conditional="no @ (wet)"),
        road(motor_vehicle__conditional="no @ (PH,SH)"),
        road(access__conditional="no @ (Mo 25:99)"),
        road(motor_vehicle__conditional="no @ (Mo); no @ (whenever)"),
        road(motor_vehicle="no", motor_vehicle__conditional="yes @ (permit_holder)"),
        road(motor_vehicle__conditional="no @ (Mo-Fr); yes @ (Mo; Tu)"),
        road(opening_hours="on request"),
    ],
)
def test_a_way_whose_hours_cannot_be_read_is_shut_always(usable, tags):
    ways, counts = usable(tags)
    assert len(ways.row) == 0
    assert counts["ways dropped: no access for cars"] == 1
    assert counts[f"car {UNREAD}"] == 1


def test_a_purpose_whose_hours_cannot_be_read_binds_always(usable):
    ways, counts = usable(road(motor_vehicle__conditional="destination @ (school hours)"))
    assert ways.access.tolist() == [[DESTINATION]] * 2
    assert counts[f"car {UNREAD}"] == 1
    assert not ways.timed


def test_a_one_way_sign_whose_hours_cannot_be_read_binds_always(usable):
    ways, counts = usable(road(oneway__conditional="yes @ (snow)"))
    assert ways.direction.tolist() == [1]
    assert counts[f"car {UNREAD}"] == 1
    none, _ = usable(road(oneway="-1", oneway__conditional="yes @ (snow)"))
    assert len(none.row) == 0


@pytest.mark.parametrize(
    ("tags", "shut"),
    [
        (road(maxweight__conditional="7.5 @ (wet)"), True),
        (road(maxweight="7.5", maxweight__conditional="none @ destination"), True),
        (road(maxweight="20", maxweight__conditional="25 @ (wet)"), False),
        (road(maxweightrating="7.5"), True),
        (road(maxweight="20", maxweight__coach="12"), True),
        (road(maxweight="7.5", maxweight__tourist_bus="none"), False),
    ],
)
def test_limits_of_size_of_a_coach(usable, tags, shut):
    ways, counts = usable(tags, "bus")
    assert (len(ways.row) == 0) is shut
    assert counts["ways dropped: too low, narrow or weak for buses"] == int(shut)
    unread = "bus ways with a size limit whose hours cannot be read, taken at its strictest"
    assert counts[unread] == int("maxweight:conditional" in tags)


def test_a_limit_of_size_by_the_hour_is_counted(usable):
    _, counts = usable(road(maxheight__conditional="2.5 @ (Mo-Fr 07:00-09:00)"), "van")
    assert counts["van ways with a size limit that shuts them at some hours"] == 1


@pytest.mark.parametrize(
    ("tags", "profile", "shut"),
    [
        (road(motorcar="no"), "van", True),
        (road(motorcar="no", goods="yes"), "van", False),
        (road(motorcar="no"), "bus", False),
        (road(coach="no"), "bus", True),
        (road(bus="no", tourist_bus="yes"), "bus", False),
    ],
)
def test_keys_of_van_and_coach(usable, tags, profile, shut):
    assert (len(usable(tags, profile)[0].row) == 0) is shut


def test_one_way_signs_of_van_and_coach(usable):
    assert usable(road(oneway__motorcar="yes"), "van")[0].direction.tolist() == [1]
    assert usable(road(oneway__motorcar="yes", oneway__goods="no"), "van")[0].direction == [0]
    assert usable(road(oneway="yes", oneway__coach="no"), "bus")[0].direction.tolist() == [0]


def test_a_way_restricted_at_some_hours_is_counted(usable):
    _, counts = usable(road(access__conditional="destination @ (Mo-Fr 09:00-17:00)"))
    key = "car ways free at some hours, restricted at others, taken as restricted"
    assert counts[key] == 1


def test_a_reversible_way_without_hours_is_dropped(usable):
    ways, counts = usable(road(oneway="reversible"))
    assert len(ways.row) == 0
    assert counts["ways dropped: direction changes by the clock"] == 1


def test_a_limit_by_hours_is_counted(usable):
    ways, counts = usable(road(maxspeed="50", maxspeed__conditional="30 @ (22:00-06:00)"))
    assert counts["car ways whose speed limit changes, taken as without"] == 1
    assert ways.kmh[0, 0] == pytest.approx(50 * PROFILES["car"].speed_factor)


@pytest.mark.parametrize(
    ("tags", "profile", "code", "limit"),
    [
        (road("service", service="parking_aisle"), "car", "", 10),
        (road(), "car", "", 30),
        (road(maxspeed="50"), "car", "", 50),
        (road("motorway"), "car", "", 100),
        (road("motorway"), "car", "PT", 120),
        (road("motorway"), "car", "DE", 130),
        (road("motorway", maxspeed="120"), "bus", "PT", 100),
        (road("living_street"), "car", "DE", 7),
        (road("residential"), "car", "DE", 30),
        (road("primary", maxspeed__type="DE:rural"), "car", "", 100),
        (road("primary", source__maxspeed="FR:urban"), "car", "", 50),
        (road("unclassified", zone__traffic="DE:rural"), "car", "DE", 80),
        (road("residential", zone__traffic="DE:urban"), "car", "DE", 30),
        (road("residential", zone__maxspeed="DE:20"), "car", "DE", 20),
        (road("secondary", maxspeed="70", lanes="1", oneway="yes"), "car", "", 70),
    ],
)
def test_speed_is_a_share_of_the_limit(usable, tags, profile, code, limit):
    ways, _ = usable(tags, profile, country(code))
    assert ways.kmh[0, 0] == pytest.approx(limit * PROFILES[profile].speed_factor)


@pytest.mark.parametrize(
    ("tags", "profile", "kmh"),
    [
        (road("residential", maxspeed="50", surface="cobblestone"), "car", 30),
        (road("residential", maxspeed="50", smoothness="horrible"), "car", 10),
        (road("secondary", maxspeed="70", lanes="1"), "car", 40),
        (road("track", access="yes", tracktype="grade5"), "car", 10),
        (road("footway"), "foot", 1.34 * 3.6),
        (road("primary", maxspeed="50"), "foot", 1.34 * 3.6),
        (road("steps"), "foot", 2.2),
        (road("footway", surface="cobblestone"), "wheelchair", 2.4),
    ],
)
def test_ground_allows_no_more(usable, tags, profile, kmh):
    ways, _ = usable(tags, profile, UNKNOWN)
    assert ways.kmh[0, 0] == pytest.approx(kmh)


def test_class_and_roundabout(usable):
    ways, _ = usable(road("corridor"), "foot")
    assert CLASSES[ways.road_class[0]] == "footway"
    assert not ways.roundabout[0]
    assert usable(road(junction="circular"))[0].roundabout[0]
