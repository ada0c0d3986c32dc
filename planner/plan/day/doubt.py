"""A day put to simulated variations of what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.plan.doubt import variations
from planner.risk.labels import street_at, zone_label
from planner.risk.placed import place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.day_sheet import DEPART
from planner.routes.day_worlds import day_worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.field import Risk
    from planner.risk.zones import Zone
    from planner.routes.day_sheet import Sheet
    from planner.routes.day_worlds import DayOutcome

    Say = Callable[[str, int, int], object]


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
    placed = place_worlds(
        worlds, risk, ground.stops.network, ground.obstacles,
        steps=[door.step for door in sheet.problem.doors], known=ground.known,
    )  # fmt: skip
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
            f"{count} of {doubt.worlds} {variations.OF_WHAT}."
        )
    else:
        said = "Nothing to vary: no report bears on this day; unreported events are not included."
    return {
        "worlds": doubt.worlds, "of": doubt.worlds, "stopped": False, "seed": doubt.seed,
        "sentence": said, "varied": list(doubt.varied),
    }  # fmt: skip


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
