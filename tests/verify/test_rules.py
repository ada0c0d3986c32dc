"""A right plan passes; one break of each rule is caught by that rule alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from shapely.geometry import LineString, Point, Polygon, box

from planner.verify import (
    PLAN_RULES,
    ROUTE_RULES,
    SITE_RULES,
    Demands,
    Verification,
    verify,
)
from planner.verify.table import DOCUMENT
from tests.verify import leave, moving
from tests.verify.told import later_decision, longer_first_step, tell_staff, trigger
from tests.verify.town import ALTERNATE, ARRIVE, ON_LONG_STREET, PRIMARY, Change, Town, lonlat


def _check(town: Town) -> Verification:
    return verify(town.document, town.facts())


def _rules(town: Town) -> set[str]:
    return {failure.rule for failure in _check(town).failures}


def test_right_plan_passes() -> None:
    outcome = _check(Town())
    assert outcome.failures == ()
    assert outcome.passed
    assert outcome.checked == 3
    assert outcome.to_json() == {"passed": True, "checked": 3, "failures": []}


def _set(path: str, value: Any) -> Change:
    def change(town: Town) -> None:
        *parents, last = (int(p) if p.isdigit() else p for p in path.split("."))
        inner: Any = town.document
        for parent in parents:
            inner = inner[parent]
        inner[last] = value

    return change


def _all(*changes: Change) -> Change:
    def change(town: Town) -> None:
        for one in changes:
            one(town)

    return change


def _shift_place(node: int, x: float, y: float) -> Change:
    return lambda town: town.places.update({node: (x, y)})


def _swap_gate(**fields: Any) -> Change:
    return lambda town: town.gate.update(fields)


def _crowd_at_the_gate(town: Town) -> None:
    """It stands before the gate, 3 m from where the drive ends: no leg meets it."""
    town.gate.update(geometry=Point(lonlat(1504, 400)))
    town.gather(box(1503, 399, 1505, 401), 0.5)


def _longer_leg(town: Town) -> None:
    town.primary["legs"][1]["length_m"] += 30
    town.primary["length_m"] += 30


def _one_late_route(town: Town) -> None:
    town.document["arrive_by"] = (ARRIVE - timedelta(seconds=1)).isoformat()


def _risky_crowd(town: Town) -> None:
    town.gather(ON_LONG_STREET, 0.5)
    town.drive("primary", PRIMARY, risk=0.5)


def _copy_the_primary(town: Town) -> None:
    town.drive("alternate", PRIMARY)
    town.origin["routes"][1]["shared_with_primary"] = 1.0


def _share_half(town: Town) -> None:
    """The alternate shares half of the primary where a third is allowed."""
    town.limits = replace(town.limits, max_shared=0.3)
    town.drive("alternate", (*PRIMARY[:2], (40, (3, 7)), (30, (7, 8)), (50, (8, 4))))
    town.origin["routes"][1]["shared_with_primary"] = 0.5


def _bend_the_line(town: Town) -> None:
    town.primary["geometry"]["coordinates"].insert(1, list(lonlat(250, 420)))


def _share_a_street(town: Town) -> None:
    town.the_site["ways"][1] = town.site_way("gw-south", (7, 6, 5))


HOLD = {"waits": {1: 300}}
"""Five minutes beside the yard at the crossing of node 3."""


def _hold(town: Town, **changed: Any) -> None:
    """Make the primary hold at a yard and tell so."""
    corners = box(1000, 405, 1030, 425).exterior.coords
    town.holding.append(Polygon([lonlat(x, y) for x, y in corners]))
    town.drive("primary", PRIMARY, **HOLD)
    began = datetime.fromisoformat(town.primary["legs"][1]["enter"])
    since = began + timedelta(seconds=town.primary["legs"][1]["time_s"])
    told = {"place": "Yard", **town.place(3), "from": since.isoformat(),
            "until": (since + timedelta(minutes=5)).isoformat(), "minutes": 5,
            "text": "hold at Yard 5 min until 07:59"}  # fmt: skip
    town.primary["holds"] = [told | changed]


def _hold_beside(town: Town, **row: Any) -> None:
    """Hold five minutes beside a yard of the layer of sites that says who may stand there."""
    _hold(town)
    town.yards["yard-1"] = box(1000, 405, 1030, 425)
    town.rows["yard-1"] = row


def _robust(town: Town, **changed: Any) -> None:
    """Put a way beside the routes that is the primary again."""
    way = town.route("robust", PRIMARY) | {"shared_with_primary": 1.0} | changed
    town.origin["robust"] = {"same_as": None, "route": way}


def _crowd_at_the_yard(town: Town) -> None:
    _hold(town)
    town.gather(box(1024, 420, 1034, 430), 0.05, (-7, -2))


def _ask(town: Town, *kinds: str) -> None:
    """Demand the gate, two crossings passed, a side street left alone, and tell so."""
    town.origin["routes"].pop()
    spots = [lonlat(500, 404), lonlat(1000, 404)]
    texts = [f"{lon},{lat}" for lon, lat in spots]
    every = [
        {"kind": "gate", "asked": "gate-1", "name": "East gate"},
        *({"kind": "via", "asked": text, "name": "a crossing", "offset_m": 4.0, **town.place(node)}
          for text, node in zip(texts, (2, 3), strict=True)),
        {"kind": "avoid", "asked": "Low Street", "name": "Low Street",
         "lines": [[list(lonlat(0, 0)), list(lonlat(1500, 0))]]},
    ]  # fmt: skip
    kinds = kinds or ("gate", "via", "avoid")
    town.document["wishes"] = {"items": [item for item in every if item["kind"] in kinds]}
    town.demands = Demands(
        "gate-1" if "gate" in kinds else None,
        tuple(zip(texts, map(Point, spots), strict=True)) if "via" in kinds else (),
        ("Low Street",) if "avoid" in kinds else (),
    )


def _other_gate_asked(town: Town) -> None:
    _ask(town, "gate")
    town.document["wishes"]["items"][0]["asked"] = "gate-2"
    town.demands = Demands("gate-2")


def _place_off_the_way(town: Town) -> None:
    _ask(town, "via")
    town.drive("primary", ALTERNATE)


def _places_the_other_way_round(town: Town) -> None:
    _ask(town, "via")
    town.document["wishes"]["items"].reverse()
    town.demands = Demands(via=town.demands.via[::-1])


def _drive_the_street(town: Town) -> None:
    _ask(town, "avoid")
    town.drive("primary", ALTERNATE)


def _drive_the_stretch(town: Town) -> None:
    """An unnamed road pointed at: by its line alone."""
    _ask(town, "avoid")
    item = town.document["wishes"]["items"][0]
    item |= {"name": "a side street", **town.place(6)}
    town.drive("primary", ALTERNATE)


def _forget_a_demand(town: Town) -> None:
    _ask(town)
    town.document["wishes"]["items"].pop(0)


SAME = (
    "depart", "arrive", "time_s", "wait_s", "length_m", "exposure_min", "max_risk", "clear",
)  # fmt: skip


def _options(town: Town, *others: dict[str, Any], **changed: Any) -> None:
    """Put the primary among options, beside others."""
    own = {name: town.primary[name] for name in SAME} | {
        "id": "gw-west:option-1", "name": "fastest", "same_as": "gw-west:primary",
    }  # fmt: skip
    town.origin["options"] = [own | changed, *others]


def _other_option(town: Town, legs: Any, **changed: Any) -> dict[str, Any]:
    """Return a way as an option of its own."""
    told = {"id": "gw-west:option-2", "name": "least exposure", "same_as": None}
    return town.route("option", legs) | {"shared_with_primary": 1.0} | told | changed


def _option_off_the_map(town: Town) -> None:
    other = _other_option(town, PRIMARY)
    other["legs"][1]["way"] = 999
    _options(town, other)


MUTATIONS: dict[str, Change] = {
    "starts_at_origin": lambda town: town.origin.update(town.place(9)),
    "legs_chain": lambda town: town.drive("primary", (PRIMARY[0], PRIMARY[2])),
    "on_way": _set("origins.0.routes.0.legs.1.way", 12),
    "direction": lambda town: town.tag(12, oneway="-1"),
    "open_to_profile": lambda town: town.tag(12, motor_vehicle="no"),
    "size": lambda town: town.tag(12, maxheight="1.9"),
    "through_restricted": lambda town: town.tag(30, access="private"),
    "barrier": lambda town: town.node_tags.update({2: {"barrier": "bollard"}}),
    "turn": lambda town: town.restrict("no_straight_on", 11, 3, 12),
    "via_ways": lambda town: town.restrict_row("no_left_turn", 20, (30,), 50),
    "conditional": lambda town: town.tag(
        12, **{"motor_vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}
    ),
    "u_turn": lambda town: town.drive(
        "alternate", (ALTERNATE[0], (30, (5, 6)), (30, (6, 5)), *ALTERNATE[1:])
    ),
    "lengths": _longer_leg,
    "drawn": _bend_the_line,
    "schedule": _set("origins.0.routes.0.time_s", 300),
    "on_time": _one_late_route,
    "speed": lambda town: town.tag(12, maxspeed="20"),
    "waiting_place": lambda town: town.drive("primary", PRIMARY, waits={1: 60}),
    "hold_outside_crowds": _crowd_at_the_yard,
    "hold_allowed": lambda town: _hold_beside(town, opens="08:00", closes="20:00"),
    "holds_told": lambda town: _hold(town, minutes=7),
    "closure": lambda town: town.close(LineString([(1100, 400), (1300, 400)])),
    "crowd": _risky_crowd,
    "risk_stated": lambda town: town.gather(ON_LONG_STREET, 0.15),
    "exposure": _set("origins.0.routes.0.exposure_min", 1.0),
    "clear": _set("origins.0.routes.0.clear", False),
    "gate_of_facility": _swap_gate(facility_id="annex"),
    "gate_for_profile": _swap_gate(kind="foot"),
    "gate_size": _swap_gate(max_height_m=1.9),
    "gate_reached": _swap_gate(geometry=Point(lonlat(1520, 400))),
    "gate_open": _swap_gate(closes="08:00"),
    "gate_clear": _crowd_at_the_gate,
    "shared_stated": _set("origins.0.routes.1.shared_with_primary", 0.5),
    "alternates_differ": _share_half,
    "directions": longer_first_step,
    "decision_point": later_decision,
    "use_when": lambda town: trigger(town, streets=["Low Street"]),
    "site_place": lambda town: setattr(town, "ground", box(1400, -50, 1440, -10)),
    "site_outside_crowds": lambda town: town.gather(box(990, -40, 1010, -20), 0.05),
    "site_allowed": lambda town: town.rows.update({"site-1": {"maxstay_min": 149}}),
    "site_gateways": _set("staging.0.ways.1.gateway", "gw-west"),
    "site_ways_reach": lambda town: town.the_site["ways"].__setitem__(
        1, town.site_way("gw-south", (8, 4))
    ),
    "site_ways_disjoint": _share_a_street,
    "site_ways_clear": lambda town: town.gather(box(480, -120, 520, -0.0), 0.05, (-30, -29)),
    "site_way_lengths": _set("staging.0.ways.0.length_m", 100.0),
    "site_room": _set("staging.0.room_for", 34),
    **moving.MOVES,
    "roles": _set("origins.0.routes.0.role", "emergency"),
    "reason_given": _set("feasible", False),
    "robust_named": lambda town: town.origin.update(robust={"same_as": "gw-west:other"}),
    "staff_message": lambda town: tell_staff(town, gate="gate-2"),
    "options_true": lambda town: _options(town, time_s=1),
    "pinned_gate": _other_gate_asked,
    "places_passed": _place_off_the_way,
    "streets_avoided": _drive_the_street,
    "wishes_told": _forget_a_demand,
    DOCUMENT: _set("origins.0.routes.1.arrive", "2026-03-02T08:00:00"),
}


def test_every_rule_has_its_mutation() -> None:
    assert set(MUTATIONS) == {*ROUTE_RULES, *SITE_RULES, *PLAN_RULES, DOCUMENT}


@pytest.mark.parametrize("rule", MUTATIONS)
def test_mutation_is_caught_by_its_rule_alone(rule: str) -> None:
    town = Town()
    MUTATIONS[rule](town)
    outcome = _check(town)
    assert not outcome.passed
    assert {failure.rule for failure in outcome.failures} == {rule}


BREAKS: dict[str, tuple[str, Change]] = {
    **moving.BREAKS,
    **leave.BREAKS,
    "a hold where one may stay four minutes": (
        "hold_allowed", lambda town: _hold_beside(town, maxstay_min=4)),
    "a hold on ground that is closed to the public": (
        "hold_allowed", lambda town: _hold_beside(town, access="private")),
    "a hold under a beam": ("hold_allowed", lambda town: _hold_beside(town, maxheight_m=1.9)),
    "a site in a closed area that leaves its road free": (
        "site_outside_crowds", lambda town: town.close(box(990, -40, 1010, -20), (-80, -70))),
    "an option that is checked like a route": ("on_way", _option_off_the_map),
    "an option that the primary beats": (
        "options_true", lambda town: _options(
            town, _other_option(town, ALTERNATE, shared_with_primary=0.0))),
    "an option that is called a route it is not": (
        "options_true", lambda town: _options(town, same_as="gw-west:alternate")),
    "options without the primary": (
        "options_true", lambda town: _options(town, same_as=None, **town.route("option", PRIMARY)
                                              | {"shared_with_primary": 1.0})),
    "two options of one name": (
        "options_true", lambda town: _options(
            town, _other_option(town, PRIMARY, name="fastest"))),
    "an option without a name": ("options_true", lambda town: _options(town, name="")),
    "places passed in another order": ("places_passed", _places_the_other_way_round),
    "a stretch without a name that was not to be driven": ("streets_avoided", _drive_the_stretch),
    "a place put far from where it was asked": ("wishes_told", _all(
        _ask, lambda town: town.document["wishes"]["items"][1].update(
            offset_m=0.0, asked=town.demands.via[0][0]),
        lambda town: setattr(town, "demands", Demands(
            "gate-1", ((town.demands.via[0][0], Point(lonlat(500, 500))), town.demands.via[1]),
            ("Low Street",))))),
    "a street not to be driven that is nowhere": ("wishes_told", _all(
        _ask, lambda town: town.document["wishes"]["items"][-1].update(lines=[], name="Other"))),
    "wishes nobody asked for": ("wishes_told", _all(
        _ask, lambda town: setattr(town, "demands", None))),
    "a way the file does not hold": (
        "on_way", _set("origins.0.routes.0.legs.1.way", 999)),
    "a leg over a node the file does not place": (
        "on_way", _all(
            _shift_place(90, float("inf"), 0),
            lambda town: town.ways.update({11: ((1, 90, 2, 3), {"highway": "secondary"})}))),
    "a leg two metres beside its way": (
        "on_way", _shift_place(2, 500, 402)),
    "against a roundabout": (
        "direction", lambda town: town.ways.update(
            {20: ((5, 1), {"highway": "tertiary", "junction": "roundabout"})})),
    "against a motorway": (
        "direction", lambda town: town.ways.update({50: ((4, 8), {"highway": "motorway"})})),
    "over a gate locked for the night": (
        "barrier", lambda town: town.node_tags.update({2: {"barrier": "gate", "locked": "yes"}})),
    "a bollard inside a leg": (
        "barrier", _all(
            lambda town: town.drive("primary", ((11, (1, 2, 3)), (12, (3, 4)))),
            lambda town: town.node_tags.update({2: {"barrier": "block"}}))),
    "another exit than the only one": (
        "turn", lambda town: town.restrict("only_right_turn", 11, 3, 40)),
    "a restriction for motor vehicles": (
        "turn", lambda town: town.restrict(
            "", 11, 3, 12, **{"restriction:motor_vehicle": "no_straight_on"})),
    "a restriction from which taxis are exempt": (
        "turn", lambda town: town.restrict("no_straight_on", 11, 3, 12, **{"except": "taxi;psv"})),
    "straight on past a node inside the way": (
        "turn", lambda town: town.restrict("no_straight_on", 30, 6, 30)),
    "a track nobody opened": ("open_to_profile", lambda town: town.tag(12, highway="track")),
    "a footway": ("open_to_profile", lambda town: town.tag(12, highway="footway", access="yes")),
    "a square": ("open_to_profile", lambda town: town.tag(12, area="yes")),
    "an emergency access": (
        "open_to_profile", lambda town: town.tag(12, highway="service", service="emergency_access")),
    "a leg that turns round at a junction by itself": (
        "u_turn", lambda town: town.drive(
            "alternate", (ALTERNATE[0], (30, (5, 6, 5, 6, 7, 8)), ALTERNATE[4]))),
    "a turn between ways that cross without a node": (
        "legs_chain", _all(
            _shift_place(10, 1000, 400),
            lambda town: town.ways.update({12: ((10, 4), {"highway": "secondary"})}))),
    "a hold nobody is told of": ("holds_told", _all(
        _hold, lambda town: town.primary.update(holds=[]))),
    "a hold told at another place": ("holds_told", lambda town: _hold(town, **town.place(2))),
    "a hold told at another time": (
        "holds_told", lambda town: _hold(town, until=ARRIVE.isoformat())),
    "a hold on a street on which a crowd stands": (
        "hold_outside_crowds", _all(
            _hold, lambda town: town.gather(box(999.6, 399.9, 1000.4, 403), 0.05, (-7, -2)))),
    "a robust way that enters a closed area": (
        "closure", _all(
            lambda town: town.origin.update(robust={"route": town.route("robust", ALTERNATE) | {
                "shared_with_primary": 0.0}}),
            lambda town: town.origin["routes"].pop(),
            lambda town: town.close(box(1490, 200, 1510, 210)))),
    "a robust way among the routes": (
        "robust_named", lambda town: town.origin["routes"].append(
            town.route("robust", PRIMARY) | {"shared_with_primary": 1.0})),
    "a robust way where there is none": (
        "roles", _all(
            _robust, _set("feasible", False),
            lambda town: town.origin.update(feasible=False, routes=[], reason="Shut."))),
    "a closed area": ("closure", lambda town: town.close(ON_LONG_STREET)),
    "a crowd that leaves while the car passes, 24 to 29 s after entry": (
        "crowd", _all(
            lambda town: town.gather(ON_LONG_STREET, 1.0, (-60, -33 / 60)),
            lambda town: town.drive("primary", PRIMARY, risk=1.0))),
    "a gate shut over noon by the clock of its own zone": (
        "gate_open", _all(
            lambda town: setattr(town, "timezone", "America/Los_Angeles"),
            _swap_gate(opens="06:00", closes="23:00"))),
    "an entrance nobody knows": ("gate_of_facility", _set("origins.0.routes.0.entrance", "x")),
    "an arrival 16 minutes early": (
        "on_time", _set("arrive_by", (ARRIVE + timedelta(minutes=16)).isoformat())),
    "a share that is not said": (
        "shared_stated", _set("origins.0.routes.1.shared_with_primary", None)),
    "no way in and no reason": (
        "reason_given", _all(
            _set("feasible", False),
            lambda town: town.origin.update(feasible=False, routes=[], reason=" "))),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_break_is_caught_by_the_rule_alone(what: str) -> None:
    rule, change = BREAKS[what]
    town = Town()
    change(town)
    assert _rules(town) == {rule}


RIGHT: dict[str, Change] = {
    "every demand is kept and told": _ask,
    "a closed street is crossed at a junction": lambda town: town.close(
        LineString([(1000, 400), (1000, 0)])
    ),
    "a street is closed until the car comes": lambda town: town.close(
        LineString([(1100, 400), (1300, 400)]), (-60, -1)
    ),
    "a closure ends where the route turns off": lambda town: town.close(
        LineString([(500, 0), (500, -200)])
    ),
    "a crowd leaves before the car comes, though after it enters the leg": lambda town: (
        town.gather(ON_LONG_STREET, 1.0, (-60, -37 / 60))
    ),
    "a crowd comes the second the car has passed": lambda town: town.gather(
        ON_LONG_STREET, 1.0, (0, 60)
    ),
    "a crowd stands beside the street": lambda town: town.gather(box(1200, 405, 1240, 440), 1.0),
    "a private road ends the route": _all(
        lambda town: town.tag(12, access="private"),
        lambda town: town.tag(50, access="destination"),
    ),
    "a gate without a lock is passed": lambda town: town.node_tags.update(
        {2: {"barrier": "gate"}, 6: {"barrier": "bollard", "motor_vehicle": "yes"}}
    ),
    "a car turns round before a bollard": _all(
        lambda town: town.node_tags.update({9: {"barrier": "bollard"}}),
        lambda town: town.ways.update({61: ((9, 13), {"highway": "residential"})}),
        _shift_place(13, 600, -200),
        lambda town: town.drive(
            "alternate", (*ALTERNATE[:2], (60, (6, 9)), (60, (9, 6)), *ALTERNATE[2:])
        ),
    ),
    "a bollard at the end is not passed": lambda town: town.node_tags.update(
        {4: {"barrier": "bollard"}}
    ),
    "cars are exempt from a restriction": lambda town: town.restrict(
        "no_straight_on", 11, 3, 12, **{"except": "motorcar"}
    ),
    "a restriction binds lorries": lambda town: town.restrict(
        "", 11, 3, 12, **{"restriction:hgv": "no_straight_on"}
    ),
    "a restriction holds from another street": lambda town: town.restrict(
        "no_left_turn", 40, 3, 12
    ),
    "no U-turn is demanded where the car goes on": lambda town: town.restrict(
        "no_u_turn", 30, 6, 30
    ),
    "two commands name two exits": _all(
        lambda town: town.restrict("only_right_turn", 11, 3, 40),
        lambda town: town.restrict("only_straight_on", 11, 3, 12),
    ),
    "the only exit is shut for cars": _all(
        lambda town: town.restrict("only_right_turn", 11, 3, 40),
        lambda town: town.tag(40, motor_vehicle="no"),
    ),
    "a car turns round in a dead end": lambda town: town.drive(
        "alternate", (*ALTERNATE[:2], (60, (6, 9)), (60, (9, 6)), *ALTERNATE[2:])
    ),
    "a car waits in a car park": _all(
        lambda town: town.holding.append(Point(lonlat(1000, 415))),
        lambda town: town.drive("primary", PRIMARY, waits={1: 300}),
    ),
    "a hold is told": _hold,
    "a hold as long as one may stay, in the hours": lambda town: _hold_beside(
        town, maxstay_min=5, opens="07:00", closes="08:00"
    ),
    "of two places to wait one may be used": lambda town: (
        _hold_beside(town, access="private"), town.yards.update({"yard-2": box(970, 425, 990, 440)})
    ),
    **leave.RIGHT,
    "a robust way shares all of the primary": _robust,
    "the primary is the only option": _options,
    "an option shares all of the primary": lambda town: _options(
        town, _other_option(town, PRIMARY)),
    "the robust way is the alternate": lambda town: town.origin.update(
        robust={"same_as": "gw-west:alternate", "route": None}
    ),
    "a crowd comes to the yard when the car has left": _all(
        _hold, lambda town: town.gather(box(1024, 420, 1034, 430), 1.0, (-1, 60))
    ),
    "of two places to wait one is free": _all(
        _crowd_at_the_yard, lambda town: town.holding.append(Point(lonlat(980, 430)))
    ),
    "a leg turns round in a dead end by itself": lambda town: town.drive(
        "alternate", (*ALTERNATE[:2], (60, (6, 9, 6)), *ALTERNATE[2:])
    ),
    "a way meets itself and the car takes the loop": _all(
        lambda town: town.ways.update({60: ((6, 9, 13, 14, 9), {"highway": "residential"})}),
        _shift_place(13, 600, -200), _shift_place(14, 600, -300),
        lambda town: town.drive(
            "alternate", (*ALTERNATE[:2], (60, (6, 9, 14, 13, 9, 6)), *ALTERNATE[2:])
        ),
    ),
    "a way begins at nodes the file does not place": _all(
        _shift_place(90, float("inf"), 0), _shift_place(91, float("inf"), 0),
        lambda town: town.ways.update({30: ((90, 91, 5, 6, 7, 8), {"highway": "residential"})}),
    ),
    "a closed way is driven past its first node": _all(
        lambda town: town.ways.update({60: ((6, 9, 13, 6), {"highway": "residential"})}),
        _shift_place(13, 600, -200),
        lambda town: town.drive(
            "alternate", (*ALTERNATE[:2], (60, (6, 9, 13, 6)), *ALTERNATE[2:])
        ),
    ),
    "one leg runs over several junctions": lambda town: town.drive(
        "alternate", (ALTERNATE[0], (30, (5, 6, 7, 8)), ALTERNATE[4])
    ),
    "a route begins between two nodes": _all(
        _shift_place(10, 100, 400),
        lambda town: town.drive("primary", ((11, (10, 2)), *PRIMARY[1:])),
    ),
    "an oneway street is driven along": _all(
        lambda town: town.tag(11, oneway="yes"), lambda town: town.tag(20, oneway="1")
    ),
    "a gate is open over midnight": lambda town: town.gate.update(opens="22:00", closes="08:01"),
    "an alternate must share, and it is said why": _all(
        _share_half,
        lambda town: town.origin.update(unmet=["Long Street is the only way"]),
    ),
    "no way in, with its reason": _all(
        _set("feasible", False),
        lambda town: town.origin.update(feasible=False, routes=[], reason="Every gate is shut."),
    ),
    "a crowd stood on the site before its window": lambda town: town.gather(
        box(990, -40, 1010, -20), 1.0, (-200, -90)
    ),
    "a site between two streets": lambda town: town.the_site.update(
        ways=[town.site_way("gw-west", (7, 6, 5, 1)), town.site_way("gw-south", (7, 3, 4))]
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_right_thing_passes(what: str) -> None:
    town = Town()
    RIGHT[what](town)
    assert _check(town).failures == ()


def test_failure_names_route_leg_and_way() -> None:
    town = Town()
    town.tag(12, oneway="-1")
    (failure,) = _check(town).failures
    assert failure.id == "gw-west:primary"
    assert failure.detail == "leg 3 of 3 (way 12) goes against the one-way direction"


def test_share_counts_legs_that_begin_outside_the_last_stretch() -> None:
    town = Town()
    # Down way 40 at the second junction: 1000 m shared, 1400 m not.
    town.drive("alternate", (*PRIMARY[:2], (40, (3, 7)), (30, (7, 8)), ALTERNATE[4]))
    town.origin["routes"][1]["shared_with_primary"] = round(1000 / 2300, 3)
    assert _check(town).failures == ()


def test_leg_entered_before_the_former_ends_breaks_the_schedule() -> None:
    town = Town()
    leg = town.primary["legs"][1]
    leg["enter"] = town.primary["legs"][0]["enter"]
    assert "schedule" in _rules(town)


def test_wait_that_is_stated_but_not_kept_breaks_the_schedule() -> None:
    town = Town()
    town.primary["legs"][1]["wait_s"] = 60
    town.primary["wait_s"] = 60
    assert _rules(town) == {"schedule"}


def test_words_on_something_else_do_not_excuse_a_way_that_shares_too_much() -> None:
    town = Town()
    _share_half(town)
    town.origin.update(
        unmet=["not proven: the exact table would be too large", "High Road is shut"]
    )
    assert _rules(town) == {"alternates_differ"}


def test_no_reason_excuses_the_primary_over_again() -> None:
    town = Town()
    _copy_the_primary(town)
    town.origin.update(unmet=["Long Street is the only way"])
    assert ("alternates_differ", "is the primary over again") in {
        (failure.rule, failure.detail) for failure in verify(town.document, town.facts()).failures
    }
