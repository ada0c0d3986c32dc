"""A day put to simulated variations of what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.risk.labels import street_at, zone_label
from planner.risk.placed import place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.day_sheet import DEPART
from planner.routes.day_worlds import day_worlds
from planner.routes.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.field import Risk
    from planner.risk.zones import Zone
    from planner.routes.day_sheet import Sheet
    from planner.routes.day_worlds import DayOutcome

    Say = Callable[[str, int, int], object]

OF_WHAT = "simulated variations of these reports; unreported events are not included"

NOT_COUNTED: dict[str, None] = {
    "clear_share": None, "clear_share_low": None, "clear_share_high": None
}  # fmt: skip
"""What stands in a record where no variations were looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """What became of a day in some variations.

    Attributes
    ----------
    outcome
        None where there is nothing to vary.
    varied
        The zones, in words.
    """

    outcome: DayOutcome | None
    worlds: int
    seed: int
    varied: tuple[str, ...]


def simulated(
    prepared: Prepared,
    question: Question,
    risk: Risk,
    sheet: Sheet,
    *,
    say: Say | None = None,
) -> Doubt:
    """Return how a day fares in as many variations as a question asks for."""
    ground = prepared.ground
    zones = [zone for zone in risk.zones if _bears(zone, sheet)]
    if not zones:
        return Doubt(None, question.worlds, question.seed, ())
    worlds = draw_worlds(risk.zones, question.worlds, question.seed, question.parameters)
    placed = place_worlds(worlds, risk, ground.stops.network, ground.obstacles, known=ground.known)
    outcome = day_worlds(
        sheet, placed,
        say=None if say is None else lambda done, of: say("worlds", done, of),
    )  # fmt: skip
    return Doubt(outcome, question.worlds, question.seed, tuple(_labels(prepared, zones, question)))


def ensemble(doubt: Doubt, timetable: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the document tells of the variations."""
    shares = [row["clear_share"] for row in timetable if row["clear_share"] is not None]
    if shares:
        least, most = (round(share * doubt.worlds) for share in (min(shares), max(shares)))
        count = f"{least} to {most}" if least < most else f"{least}"
        said = (
            "All gateways have a clear way in, throughout an interval of the table, in "
            f"{count} of {doubt.worlds} {OF_WHAT}."
        )
    else:
        said = "Nothing to vary: no report bears on this day; unreported events are not included."
    return {
        "worlds": doubt.worlds, "of": doubt.worlds, "stopped": False, "seed": doubt.seed,
        "sentence": said, "varied": list(doubt.varied),
    }  # fmt: skip


def counted(clear: NDArray[np.bool_] | None) -> dict[str, Any]:
    """Return the share of variations, bool[n], with Wilson's interval of 95%."""
    if clear is None:
        return dict(NOT_COUNTED)
    n, k = len(clear), int(clear.sum())
    low, high = wilson(k, n)
    return {
        "clear_share": round(k / n, 6),
        "clear_share_low": round(low, 6), "clear_share_high": round(high, 6),
    }  # fmt: skip


def clear_in(row: dict[str, Any], told: dict[str, Any] | None) -> str:
    """Return "46 of 50" for a record, "" where nothing was counted.

    >>> clear_in({"clear_share": 0.92}, {"worlds": 50})
    '46 of 50'
    """
    if told is None or row["clear_share"] is None:
        return ""
    return f"{round(row['clear_share'] * told['worlds'])} of {told['worlds']}"


def _bears(zone: Zone, sheet: Sheet) -> bool:
    """Tell whether a zone may be there during some drive of the day."""
    first, last = sheet.slots[0].arrive, sheet.slots[-1].arrive
    longest = int(sheet.values[..., DEPART].max(initial=0)) + sheet.problem.early
    return zone.start_s - zone.soft_s <= last and zone.end_s + zone.soft_s > first - longest


def _labels(prepared: Prepared, zones: Sequence[Zone], question: Question) -> list[str]:
    ground = prepared.ground
    ids = {zone.id for zone in zones}
    network, zone = ground.stops.network, ground.layers.settings.zone
    return [
        zone_label(row, street_at(network, row["geometry"], question.parameters), zone)
        for row in ground.metric.zones.to_dict("records")
        if row["id"] in ids
    ]
