"""Who passes a barrier."""

from __future__ import annotations

import pytest

from planner.network.barriers import GUARDED, Verdict, barrier_verdict
from planner.network.profiles import PROFILES


def verdicts(tags):
    """Return whether car, bus, foot, wheelchair are stopped."""
    names = ("car", "bus", "foot", "wheelchair")
    return [barrier_verdict(tags, PROFILES[name]).stops for name in names]


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "gate"}, [False, False, False, False]),
        ({"barrier": "gate", "locked": "yes"}, [True, True, True, True]),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, [True, True, True, True]),
        ({"barrier": "gate", "access": "private"}, [True, True, True, True]),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, [True, True, False, False]),
        ({"barrier": "lift_gate", "motor_vehicle": "no", "bus": "yes"},
         [True, False, False, False]),
        ({"barrier": "bollard"}, [True, True, False, False]),
        ({"barrier": "bollard", "access": "yes"}, [True, True, False, False]),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, [False, False, False, False]),
        ({"barrier": "bus_trap"}, [True, False, False, False]),
        ({"barrier": "cycle_barrier"}, [True, True, False, True]),
        ({"barrier": "cycle_barrier", "wheelchair": "yes"}, [True, True, False, False]),
        ({"barrier": "stile", "foot": "yes"}, [True, True, False, True]),
        ({"barrier": "stile"}, [True, True, False, True]),
        ({"barrier": "turnstile"}, [True, True, False, True]),
        ({"barrier": "wall"}, [True, True, True, True]),
        ({"barrier": "kerb", "kerb": "raised"}, [False, False, False, True]),
        ({"barrier": "kerb", "kerb": "lowered"}, [False, False, False, False]),
        ({"barrier": "kerb", "kerb:height": "3 cm"}, [False, False, False, False]),
        ({"barrier": "kerb", "kerb:height": "0.12"}, [False, False, False, True]),
        ({"barrier": "height_restrictor", "maxheight": "2.1"}, [False, True, False, False]),
        ({"barrier": "gate", "maxwidth": "2.2 m"}, [False, True, False, False]),
        ({"barrier": "cycle_barrier", "maxwidth:physical": "0.7"}, [True, True, False, True]),
        ({"barrier": "a word nobody knows"}, [None, None, None, None]),
        ({"barrier": "a word nobody knows", "access": "no"}, [True, True, True, True]),
        ({"ford": "yes"}, [True, True, False, True]),
        ({"ford": "yes", "motor_vehicle": "yes"}, [False, False, False, True]),
        ({"ford": "no"}, [False, False, False, False]),
    ],
)  # fmt: skip
def test_a_barrier_stops_or_passes_by_kind_tags_and_traveller(tags, stops):
    assert verdicts(tags) == stops


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "gate", "opening_hours": "06:00-22:00"},
         Verdict(False, ("open 06:00-22:00",))),
        ({"barrier": "gate", "opening_hours": "24/7"}, Verdict(False)),
        ({"barrier": "gate", "access": "private", "opening_hours": "06:00-22:00"},
         Verdict(True, guarded=True)),
        ({"barrier": "gate", "maxwidth": "1.5", "opening_hours": "06:00-22:00"}, Verdict(True)),
        ({"barrier": "gate", "opening_hours": "on request"}, Verdict(True, (), False)),
        ({"barrier": "gate", "access:conditional": "no @ (wet)"}, Verdict(True, (), False)),
        ({"barrier": "gate", "locked": "yes", "access:conditional": "yes @ (wet)"},
         Verdict(True, (), False)),
        ({"barrier": "gate", "access:conditional": "no @ (Su); yes @ (wet)"},
         Verdict(False, ("shut Su",), False)),
        ({"barrier": "gate", "opening_hours": "06:00-22:00", "access:conditional": "no @ (Su)"},
         Verdict(False, ("open 06:00-22:00", "shut Su"))),
        ({"barrier": "gate", "maxwidth:conditional": "1.5 @ (Su)"}, Verdict(False, ("shut Su",))),
        ({"barrier": "height_restrictor", "maxheight": "1.5", "maxheight:conditional": "none @ (Su)"},
         Verdict(False, ("open Su",))),
        ({"barrier": "gate", "locked": "yes", "opening_hours": "06:00-22:00"},
         Verdict(False, ("open 06:00-22:00",))),
        ({"barrier": "gate", "access": "no", "access:conditional": "yes @ (Mo-Fr 08:00-20:00)"},
         Verdict(False, ("open Mo-Fr 08:00-20:00",))),
        ({"barrier": "gate", "access:conditional": "no @ (Su)"}, Verdict(False, ("shut Su",))),
        ({"barrier": "gate", "access:conditional": "no @ (Su)", "motorcar": "yes"},
         Verdict(False)),
        ({"barrier": "lift_gate", "motor_vehicle:conditional": "no @ (weight>3.5)"},
         Verdict(False)),
    ],
)  # fmt: skip
def test_a_barrier_has_hours(tags, expected):
    assert barrier_verdict(tags, PROFILES["car"]) == expected


def test_every_kind_in_a_table_is_known_to_every_profile():
    kinds = GUARDED.union(*(profile.stopped_by for profile in PROFILES.values()))
    for profile in PROFILES.values():
        unknown = [k for k in kinds if barrier_verdict({"barrier": k}, profile).stops is None]
        assert not unknown
