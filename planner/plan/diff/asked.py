"""What two plans were asked, where that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.network.profiles import PROFILES
from planner.plan.diff.fields import Change
from planner.plan.diff.told import name_of
from planner.plan.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

UNVERIFIED, ASKED, INFEASIBLE, NUMBER = 0, 1, 2, 3

BY_THE_HOUR = ("rush_share",)
"""Numbers that follow from the hour asked about."""


def asked_changes(before: Record, after: Record) -> Iterator[Change]:
    """Yield what was asked otherwise, on which state of what is known, by which numbers."""
    if not after["verification"]["passed"]:
        yield _asked("verification", before["verification"]["passed"], False, UNVERIFIED,
                     "The new plan did not pass its check: do not use it")  # fmt: skip
    for key, old, new, said in _questions(before, after):
        if old != new:
            yield _asked(key, old, new, ASKED, said)
    if before["feasible"] and not after["feasible"]:
        yield _asked("feasible", True, False, INFEASIBLE, "No way through from any side any more")
    if after["feasible"] and not before["feasible"]:
        yield _asked("feasible", False, True, INFEASIBLE, "There is a way through again")
    yield from _numbers(before["provenance"]["parameters"], after["provenance"]["parameters"])


def _questions(before: Record, after: Record) -> Iterator[tuple[str, Any, Any, str]]:
    """Yield key, value before, value after, sentence of what makes plans differ by itself."""
    old, new = before["arrive_by"], after["arrive_by"]
    both = f"{moment(new, old)} instead of {moment(old, new)}"
    yield "arrive_by", old, new, f"Asked for arrival at {both}: times are told against the arrival"
    who = [PROFILES[plan["profile"]].title.lower() for plan in (before, after)]
    yield "profile", before["profile"], after["profile"], f"Asked for {who[1]} instead of {who[0]}"
    quiet = "are spared now" if after["quiet"] else "are not spared any more"
    yield "quiet", before["quiet"], after["quiet"], f"Quiet streets {quiet}"
    hands = [(plan.get("wishes") or {}).get("asked") for plan in (before, after)]
    yield "wishes", hands[0], hands[1], "Ways were asked for with other wishes"
    trades = [(plan.get("trade") or {}).get("asked") for plan in (before, after)]
    if all(trades):
        said = [name_of(str(trade)) for trade in trades]
        told = f"Asked for the {said[1]} trade instead of the {said[0]}"
        yield "trade", trades[0], trades[1], told
    sites = [plan.get("site_wishes") for plan in (before, after)]
    yield "site_wishes", sites[0], sites[1], "Places to wait were asked for otherwise"
    name = name_of(after["facility_name"]), name_of(before["facility_name"])
    yield "facility_name", name[1], name[0], f"The site is now called {name[0]}, before {name[1]}"
    inputs = [plan["provenance"]["inputs"] for plan in (before, after)]
    roads = [(put["source_name"], put.get("source_sha256")) for put in inputs]
    yield (
        "roads", roads[0][0], roads[1][0],
        f"Roads are those of {name_of(roads[1][0])} instead of {name_of(roads[0][0])}",
    )  # fmt: skip
    if roads[0][0] == roads[1][0]:
        yield "source_sha256", roads[0][1], roads[1][1], "Roads were renewed from a newer file"
    edits = [put.get("workspace_version") for put in inputs]
    yield "workspace_version", edits[0], edits[1], ""
    versions = [plan["provenance"]["version"] for plan in (before, after)]
    yield (
        "version",
        versions[0],
        versions[1],
        (f"Made by planner {name_of(versions[1])}, before by {name_of(versions[0])}"),
    )


def _numbers(before: Record, after: Record) -> Iterator[Change]:
    """Yield the numbers of the model that were set otherwise."""
    for name in sorted(before.keys() & after.keys()):
        old, new = ((entry or {}).get("value") if isinstance(entry, dict) else entry
                    for entry in (before[name], after[name]))  # fmt: skip
        if old == new:
            continue
        single = isinstance(old, int | float) and isinstance(new, int | float)
        what = f"now {new:g}, before {old:g}" if single else "set otherwise"
        said = "" if name in BY_THE_HOUR else f"Number {name_of(name)} of the model: {what}"
        fields = ({"name": name, "before": old, "after": new, "of_note": bool(said)},)
        yield Change("number", name, "changed", NUMBER, said, fields=fields)


def _asked(key: str, old: Any, new: Any, rank: int, said: str) -> Change:
    fields = ({"name": key, "before": old, "after": new, "of_note": bool(said)},)
    return Change("question", key, "changed", rank, said, fields=fields)
