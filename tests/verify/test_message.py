"""The staff message: what is true of its route passes, each untruth and each reason is caught."""

from __future__ import annotations

from typing import Any

import pytest

from planner.verify import verify
from tests.verify.told import tell_staff
from tests.verify.town import Town

SAFE = "If you are stopped or in doubt, stop where it is safe and call site control."


def faults(change: Any = None, **changed: Any) -> list[str]:
    """What the rule finds wrong with a message after a change."""
    town = Town()
    tell_staff(town, **changed)
    if change is not None:
        change(town)
    found = verify(town.document, town.facts()).failures
    assert {failure.rule for failure in found} <= {"staff_message"}
    assert {failure.id for failure in found} <= {"gw-west:message"}
    return [failure.detail for failure in found]


def said(town: Town, old: str, new: str) -> None:
    """Put other words into the text."""
    text = town.origin["message"]["text"]
    assert old in text
    town.origin["message"]["text"] = text.replace(old, new)


def test_right_message_passes() -> None:
    assert faults() == []


def test_message_that_is_withheld_passes() -> None:
    assert faults(lambda town: town.origin.update(message=None)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("East gate", "West gate", "leads to"),
        ("until ", "until 12:34, not ", "tells 12:34"),
        ("be there by 08:00", "be there soon", "does not tell 08:00"),
        ("Long Street", "Short Street", "does not tell 'Long Street'"),
        ("doubt", "danger", "tells a reason: 'danger'"),
        ("by Long Street", "by Long Street to avoid the assembly", "tells a reason: 'assembly'"),
        ("by Long Street", "by Long Street, the police say", "tells a reason: 'police'"),
        (f" {SAFE}", "", "is not 3 sentences"),
        (SAFE, f"{SAFE} Good luck.", "is not 3 sentences"),
    ],
)
def test_word_that_is_not_true_or_not_for_staff_is_caught(old: str, new: str, fault: str) -> None:
    assert any(fault in one for one in faults(lambda town: said(town, old, new)))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"gate": "gate-2"}, "leads to 'gate-2'"),
        ({"leave_by": "2026-03-02T07:59:00+00:00"}, "leaves by"),
        ({"valid_until": "2026-03-02T18:00:00+00:00"}, "holds until"),
        ({"streets": ["Long Street", "West"]}, "goes by 'West', the route does not"),
        ({"other": "gw-west:primary"}, "no other route"),
        ({"other": "gw-east:alternate"}, "no other route"),
        ({"text": ""}, "cannot be read"),
    ],
)
def test_fact_that_is_not_that_of_the_route_is_caught(changed: Any, fault: str) -> None:
    assert any(fault in one for one in faults(**changed))


def test_names_of_places_may_be_made_of_any_words() -> None:
    """A street may be called after a march."""

    def rename(town: Town) -> None:
        town.tag(12, name="Police Station Road; A 1")
        said(town, "Long Street", "Police Station Road / A 1")
        town.origin["message"]["streets"] = ["Police Station Road / A 1"]

    assert faults(rename) == []


def test_hours_in_the_name_of_a_street_are_no_hours_of_the_route() -> None:
    def rename(town: Town) -> None:
        town.tag(12, name="Night Market 21:00 Lane")
        said(town, "Long Street", "Night Market 21:00 Lane")
        town.origin["message"]["streets"] = ["Night Market 21:00 Lane"]

    assert faults(rename) == []


def test_street_called_by_a_number_takes_nothing_out_of_a_clock() -> None:
    """A ramp tagged 4 stands in 06:47 and 14:30 alike."""

    def rename(town: Town) -> None:
        digits = "".join(sorted(set("0123456789") & set(town.origin["message"]["text"])))
        assert digits
        town.tag(12, name=digits[0])
        said(town, "Long Street", digits[0])
        town.origin["message"]["streets"] = [digits[0]]

    assert faults(rename) == []


@pytest.mark.parametrize(
    ("decide", "words", "fault"),
    [
        ({"after_m": 500.0}, "If you are stopped or in doubt, turn left; else", ""),
        ({"after_m": 0.0}, "If you are stopped or in doubt, turn left; else", "before leaving"),
        ({"after_m": 0.0}, "If in doubt before you leave, turn left; else", ""),
        (None, "If you are stopped or in doubt, turn left; else", "before leaving"),
        (None, "If in doubt before you leave, turn left; else", "does not tell 07:41"),
        (None, "If in doubt before you leave, leave by 07:41 instead: turn left; else", ""),
    ],
)
def test_nobody_under_way_is_turned_to_a_way_decided_on_before_leaving(
    decide: Any, words: str, fault: str
) -> None:
    """Its gate or road would be shut by the time one is there."""

    def turn(town: Town) -> None:
        alternate = town.origin["routes"][1]
        alternate["trigger"] = {"decide": decide}
        alternate["leave_by"] = f"{town.document['arrive_by'][:11]}07:41:00+00:00"
        town.origin["message"]["other"] = alternate["id"]
        said(town, "If you are stopped or in doubt,", words)

    town = Town()
    tell_staff(town)
    turn(town)
    found = verify(town.document, town.facts()).failures
    told = [one.detail for one in found if one.rule == "staff_message"]
    assert any(fault in one for one in told) if fault else told == []


NONE = (
    "Do not set out from West by vehicle to be there by 08:00. Stay where you are or work "
    "elsewhere; this holds until 09:00, then wait for a new message. If you are already on your "
    "way, turn back where it is safe and call site control."
)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, ""),
        ({"gate": "gate-1"}, "leads to a gate"),
        ({"text": NONE.replace("Do not set out", "Set out")}, "does not tell to stay"),
        ({"text": NONE.replace("09:00", "09:30")}, "tells 09:30"),
        ({"text": NONE.replace("elsewhere", "elsewhere, for the gates are shut")}, "a reason"),
    ],
)
def test_where_no_way_is_nobody_is_sent(changed: Any, fault: str) -> None:
    def shut(town: Town) -> None:
        town.document["feasible"] = False
        town.origin.update(feasible=False, routes=[], reason="Every gate is shut.")
        town.origin["message"] |= {
            "text": NONE, "gate": None, "leave_by": None, "streets": [],
        } | changed  # fmt: skip

    found = faults(shut)
    assert any(fault in one for one in found) if fault else found == []
