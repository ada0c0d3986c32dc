"""Each rule on stops and havens catches its own break, and lets what is right pass."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from pyproj import Geod
from shapely.geometry import LineString, Point, box

from planner.verify import SUPPORT_RULES, Facts, Verification, verify
from tests.verify.town import ARRIVE, ON_LONG_STREET, Town, lonlat

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[Town, dict[str, Any]], object]

FACTS = {
    "cafe": ("food", (1000, 410), "06:00", "20:00"),
    "ward": ("hospital", (500, 410), "", ""),
}
WAY = (4, 3)
"""From the gate west along Long Street to the crossing before the café: 500 m."""


def way(nodes: tuple[int, ...], town: Town) -> dict[str, Any]:
    line = [list(lonlat(*town.places[node])) for node in nodes]
    length = float(Geod(ellps="WGS84").line_length(*zip(*line, strict=True)))
    seconds = round(length / 8)
    return {
        "time_s": seconds, "arrive": (ARRIVE + timedelta(seconds=seconds)).isoformat(),
        "length_m": length, "max_risk": 0.0, "geometry": {"type": "LineString", "coordinates": line},
    }  # fmt: skip


def support(town: Town) -> dict[str, Any]:
    places = {key: lonlat(*xy) for key, (_, xy, _, _) in FACTS.items()}
    cafe = {
        "id": "cafe", "kind": "food", "name": "Cafe", "lon": places["cafe"][0], "lat": places["cafe"][1],
        "here": False, "opens": "06:00", "closes": "20:00", "hours": "open", **way((4, 3), town),
    }  # fmt: skip
    ward = {
        "id": "ward", "kind": "hospital", "name": "Ward", "lon": places["ward"][0],
        "lat": places["ward"][1], "here": False, "opens": None, "closes": None, "hours": "not known",
        "state": "clear", **way((4, 3, 2), town),
    }  # fmt: skip
    return {"minutes": 5, "stops": [cafe], "havens": [ward]}


def check(change: Change = lambda *_: None, facts: Any = None) -> Verification:
    town = Town()
    town.document["support"] = support(town)
    change(town, town.document["support"])
    layer = gpd.GeoDataFrame(
        [{"id": key, "kind": kind, "geometry": Point(lonlat(*xy)), "emergency": "unknown"}
         | dict(zip(("opens", "closes", "hours"), hours, strict=False))
         for key, (kind, xy, *hours) in (facts or FACTS).items()], crs=4326)  # fmt: skip
    known = town.facts()
    given = {name: getattr(known, name) for name in Facts.__dataclass_fields__}
    return verify(town.document, Facts(**given | {"support_stops": layer}))


def change(where: str, **fields: Any) -> Change:
    return lambda _, told: told[where][0].update(fields)


def rules(outcome: Verification) -> set[str]:
    return {failure.rule for failure in outcome.failures if failure.id.startswith("support:")}


def test_what_is_right_passes_and_is_counted() -> None:
    outcome = check()
    assert outcome.failures == ()
    plain = Town()
    assert outcome.checked == verify(plain.document, plain.facts()).checked + 2


BREAKS: dict[str, tuple[str, Change]] = {
    "a stop that no layer has": ("support_place", change("stops", id="elsewhere", hours="not known")),
    "a stop of another kind": ("support_place", change("stops", kind="fuel")),
    "a stop shown elsewhere": ("support_place", change("stops", lat=lonlat(1000, 480)[1])),
    "a stop in a crowd that comes later": (
        "support_calm", lambda town, _: town.gather(box(990, 405, 1010, 420), 0.05, (30, 40))),
    "a haven called clear in a crowd": (
        "support_calm", lambda town, _: town.gather(box(490, 405, 510, 420), 0.05, (30, 40))),
    "hours that the layer does not have": ("support_open", change("stops", closes="23:00")),
    "a stop told though it is shut": ("support_open", change("stops", hours="shut")),
    "a hospital called an emergency ward": ("support_emergency", change("havens", emergency="yes")),
    "a way that takes longer than asked for": ("support_way", lambda _, told: told.update(minutes=1)),
    "a way nobody drives so fast": (
        "support_way", change("stops", time_s=5, arrive=(ARRIVE + timedelta(seconds=5)).isoformat())),
    "a way that is longer than drawn": ("support_way", change("stops", length_m=700.0)),
    "a time its seconds do not lead to": ("support_way", change("stops", arrive=ARRIVE.isoformat())),
    "a stop without a way": ("support_way", change("stops", geometry=None)),
    "a way that begins at no gate": (
        "support_way", lambda town, told: told["havens"][0].update(way((1, 2), town))),
    "a way that ends elsewhere": (
        "support_way", lambda town, told: told["havens"][0].update(way((4, 3), town))),
    "a way through a crowd": ("support_clear", lambda town, _: town.gather(ON_LONG_STREET, 0.5)),
    "a way of a risk that is not clear": ("support_clear", change("havens", max_risk=0.4)),
    "a way through a closure": (
        "support_clear", lambda town, _: town.close(LineString([(1100, 400), (1300, 400)]))),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_break_is_caught_by_its_rule_alone(broken: str) -> None:
    rule, apply = BREAKS[broken]
    assert rules(check(apply)) == {rule}


def test_every_rule_has_a_break() -> None:
    assert {rule for rule, _ in BREAKS.values()} == set(SUPPORT_RULES)


def test_a_stop_that_is_shut_by_the_clock_on_its_wall_is_caught() -> None:
    """The layer says so too: the claim agrees with it, and not with the hour."""
    late = FACTS | {"cafe": ("food", (1000, 410), "09:00", "20:00")}
    assert rules(check(change("stops", opens="09:00"), late)) == {"support_open"}


def test_hours_by_the_day_are_read_by_the_check_for_itself() -> None:
    """The layer says so too: it is the day on which the claim fails."""
    day = ARRIVE.astimezone(Town().facts().zone).strftime("%a")[:2]
    claim = change("stops", opens=None, closes=None, by_day=f"{day} 00:00-24:00")
    other = change("stops", opens=None, closes=None, by_day=f"Mo-Su 00:00-24:00; {day} off")
    for given, found in ((claim, set()), (other, {"support_open"})):
        town = Town()
        told = support(town)
        given(town, told)
        layer = FACTS | {"cafe": ("food", (1000, 410), "", "", told["stops"][0]["by_day"])}
        assert rules(check(given, layer)) == found
    assert rules(check(claim)) == {"support_open"}


def test_an_exposed_way_to_a_haven_may_pass_a_crowd() -> None:
    def exposed(town: Town, told: dict[str, Any]) -> None:
        told["stops"].clear()
        told["havens"][0].update(state="exposed", max_risk=0.5)
        town.gather(ON_LONG_STREET, 0.5)

    assert rules(check(exposed)) == set()


def test_a_crowd_that_is_gone_before_anyone_can_be_there_breaks_nothing() -> None:
    assert rules(check(lambda town, _: town.gather(ON_LONG_STREET, 0.5, (-60, 0)))) == set()


@pytest.mark.parametrize("value", [{"minutes": 5}, "no", {"minutes": 0, "stops": [], "havens": []}])
def test_what_cannot_be_read_is_a_failure_never_an_exception(value: Any) -> None:
    town = Town()
    town.document["support"] = value
    assert not verify(town.document, town.facts()).passed
