"""What a day tells of intervals, from tables written by hand: one gate, a quarter of an hour a time."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from planner.plan.day.table import gate_intervals, origin_table, timetable
from planner.plan.day.told import NONE, Told
from planner.plan.day.words import headline

TIMES = [f"2027-03-02T0{n // 4}:{n % 4 * 15:02d}:00+00:00" for n in range(12)]
ABOUT: Any = SimpleNamespace(
    gates=pd.DataFrame({"id": ["g"], "name": ["North gate"]}), by_hours=lambda *_: True
)


class OneMinuteOn:
    """One side loses something a minute after each time, no other side ever does."""

    def __init__(self, loses: int) -> None:
        self.loses = loses

    def second(self, _gate: int, slot: int, origin: int | None = None) -> int:
        lost = origin in (None, self.loses)
        return (slot - 1) * 900 + 60 if lost else slot * 900


def told(risk: list[list[float]], loses: int = 0) -> Told:
    """Tables of some sides by time: the risk of each way, below 0 where there is none."""
    table = np.array(risk)
    best = np.where(table < 0, NONE, 0).astype(np.int32)
    edges = TIMES[: table.shape[1] + 1]
    begin = datetime.fromisoformat(edges[0]).timestamp()
    turns: Any = OneMinuteOn(loses)
    return Told(
        best, best.max(axis=0), np.where(table < 0, np.inf, 5.0)[None], np.zeros((1, *table.shape)),
        np.maximum(table, 0)[None], ((table >= 0) & (table < 0.1))[None], edges, None, turns,
        lambda second: datetime.fromtimestamp(begin + second, tz=datetime.fromisoformat(
            edges[0]).tzinfo).isoformat(),
    )  # fmt: skip


def spans(rows: list[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [(row["from"][11:16], row["until"][11:16], *(row[key] for key in keys)) for row in rows]


def test_times_at_which_a_side_has_no_way_are_not_clear_and_told_apart() -> None:
    """ "Clear all day, none from one side" would be read of the hours in which all have one, too."""
    found = told([[0, 0, 0, 0], [0, -1, -1, 0]])
    rows = timetable(ABOUT, found)
    assert spans(rows, "clear", "without_way") == [
        ("00:00", "00:01", True, 0), ("00:01", "00:45", False, 1), ("00:45", "01:00", True, 0),
    ]  # fmt: skip
    document = {"timetable": rows, "until": found.edges[-1], "profile": "car"}
    assert headline(document) == "Best gate: North gate all day; not clear 00:01 to 00:45."


def test_a_side_that_never_has_a_way_leaves_the_day_clear_for_the_others() -> None:
    (row,) = timetable(ABOUT, told([[0, 0], [-1, -1]]))
    assert (row["clear"], row["without_way"]) == (True, 1)


def test_no_side_is_told_clear_from_the_minute_at_which_another_loses_its_way() -> None:
    """Its way is clear at the next time; that it is so before, nobody has looked at."""
    found = told([[0.2, 0.2, 0, 0], [0, 0, -1, -1]], loses=1)
    assert spans(origin_table(ABOUT, found, 0), "clear") == [
        ("00:00", "00:30", False), ("00:30", "01:00", True),
    ]  # fmt: skip
    assert spans(origin_table(ABOUT, found, 1), "gate") == [
        ("00:00", "00:16", "g"), ("00:16", "01:00", None),
    ]  # fmt: skip


def test_no_side_is_told_a_gate_from_the_minute_at_which_it_shuts() -> None:
    """Who asks for that minute may be there a second before; who reads "from then on" may not."""
    found = told([[0.2, 0.2, 0, -1]])
    shuts: Any = SimpleNamespace(second=lambda _gate, slot, _origin: min(slot, 2) * 900)
    assert spans(origin_table(ABOUT, found._replace(turns=shuts), 0), "gate") == [
        ("00:00", "00:30", "g"), ("00:30", "01:00", None),
    ]  # fmt: skip


def test_better_is_told_from_the_time_on_at_which_it_was_found() -> None:
    """Worse counts from the minute it begins, better from when it is known."""
    found = told([[0.2, 0.2, 0, 0.2], [0, 0, 0, 0]])
    times = [("00:00", "00:30"), ("00:30", "00:31"), ("00:31", "01:00")]
    assert spans(timetable(ABOUT, found)) == times
    assert spans(gate_intervals(ABOUT, found, 0), "state") == [
        (*times[0], "in part"), (*times[1], "clear"), (*times[2], "in part"),
    ]  # fmt: skip
