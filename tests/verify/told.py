"""Right directions and decision points for the drawn town, made from its routes' legs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.verify.town import ALTERNATE, PRIMARY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.verify.town import Legs, Town

FORKED: Legs = (*PRIMARY[:2], (40, (3, 7)), (30, (7, 8)), ALTERNATE[4])
"""An alternate that leaves the primary at the second junction, to the right."""

FORKED_TURNS = ("depart", "right", "left", "left")
FORKED_STARTS = (0, 2, 3, 4)


def tell(route: dict[str, Any], turns: Sequence[str], starts: Sequence[int]) -> None:
    """Put directions into a route that has no waits: a turn at the start of some legs."""
    legs = route["legs"]
    ends = [*starts[1:], len(legs)]
    route["steps"] = [
        {
            "turn": turn, "street": "x", "toward": "east", "at": legs[a]["enter"], "wait_s": 0,
            "time_s": sum(leg["time_s"] for leg in legs[a:b]),
            "length_m": sum(leg["length_m"] for leg in legs[a:b]),
            "lon": legs[a]["coordinates"][0][0], "lat": legs[a]["coordinates"][0][1],
            "risk": max(leg["risk"] for leg in legs[a:b]),
            "text": f"Turn {turn} onto x",
        }
        for turn, a, b in zip(turns, starts, ends, strict=True)
    ]  # fmt: skip
    lon, lat = legs[-1]["coordinates"][-1]
    route["steps"].append({
        "turn": "arrive", "street": "x", "toward": "east", "at": route["arrive"], "wait_s": 0,
        "time_s": 0, "length_m": 0.0, "lon": lon, "lat": lat, "risk": 0.0, "text": "Arrive: gate",
    })  # fmt: skip


def tell_staff(town: Town, **changed: Any) -> None:
    """Put a right message to staff into the origin, then change it."""
    town.tag(12, name="Long Street")
    leave = town.primary["legs"][0]["enter"]
    for route in town.origin["routes"]:
        route.update(leave_by=leave, entrance_name="East gate")
    arrive = town.document["arrive_by"]
    valid = (datetime.fromisoformat(arrive) + timedelta(hours=1)).isoformat()
    town.document["valid_until"] = valid
    town.origin["message"] = {
        "text": f"Come to East gate by Long Street. Leave West by {leave[11:16]} and be there by "
        f"{arrive[11:16]}; this holds until {valid[11:16]}. If you are stopped or in doubt, stop "
        "where it is safe and call site control.",
        "gate": "gate-1", "leave_by": leave, "valid_until": valid, "streets": ["Long Street"],
        "other": None, "stop": None,
    } | changed  # fmt: skip


def decide(town: Town, after: int) -> None:
    """Put the last decision point into both routes: after some legs that both share."""
    for own, other in ((0, 1), (1, 0)):
        route = town.origin["routes"][own]
        leg = route["legs"][after]
        route["decision"] = {
            "lon": leg["coordinates"][0][0], "lat": leg["coordinates"][0][1], "at": leg["enter"],
            "street": "x", "after_m": sum(one["length_m"] for one in route["legs"][:after]),
            "to": town.origin["routes"][other]["id"], "to_role": "primary", "text": "x",
        }  # fmt: skip


def fork(town: Town) -> None:
    """Make the alternate part from the primary after two legs, with all words for both."""
    town.drive("alternate", FORKED)
    town.origin["routes"][1]["shared_with_primary"] = round(1000 / 2300, 3)
    tell(town.primary, ("depart",), (0,))
    tell(town.origin["routes"][1], FORKED_TURNS, FORKED_STARTS)
    decide(town, 2)


def longer_first_step(town: Town) -> None:
    """Tell the alternate's first street two metres too long."""
    fork(town)
    town.origin["routes"][1]["steps"][0]["length_m"] += 2.0


def later_decision(town: Town) -> None:
    """Put the primary's decision point on its end, where the routes meet again."""
    fork(town)
    leg = town.primary["legs"][-1]
    lon, lat = leg["coordinates"][-1]
    town.primary["decision"].update(
        lon=lon, lat=lat, at=town.primary["arrive"], after_m=town.primary["length_m"]
    )


def trigger(town: Town, **changed: Any) -> None:
    """Give the alternate its trigger: Long Street shut behind the fork, decided on there."""
    fork(town)
    leg, alternate = town.primary["legs"][2], town.origin["routes"][1]
    alternate["use_when"] = "Use when Main Road is shut; decide by Long Street, 07:59."
    alternate["trigger"] = {
        "instead_of": [town.primary["id"]], "streets": ["Main Road"], "gates": [], "zone": None,
        "decide": {
            "lon": leg["coordinates"][0][0], "lat": leg["coordinates"][0][1], "at": leg["enter"],
            "street": "Long Street", "after_m": 1000.0, "late_s": 96,
        },
    }  # fmt: skip
    town.tag(12, name="Main Road")
    alternate["trigger"] |= changed
