"""A planner's own way: its stamp, the table beside the suggestions, its marks on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from planner.briefing.escape import escape, isolate, isolate_plain
from planner.briefing.grid import grid, section
from planner.briefing.marks import mark
from planner.briefing.words import NONE, STAYS_CLEAR, clock, kilometres, minutes, moment
from planner.plan.pace.names import NAMES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark

Document = dict[str, Any]

LAYER = "own"
HEADS = ("Way", "Gate", "Leave by", "Arrive", "Min", "km", "Exposure, min", "Worst risk",
         "Shared with it, km")  # fmt: skip
UNVERIFIED = "NOT VERIFIED"
NAMED_AT = 0.7
"""Share of the way at which its name stands: near enough to the gate to be seen at first."""
NOTE = (
    "Drawn by the planner, not suggested; judged by the same rules at its own minutes. Shared: how "
    "much of it lies on the suggestion."
)


def own(document: Document, zone: ZoneInfo) -> str:
    """Return the section about the planner's own way, "" where a plan holds none."""
    told = document.get("own")
    if not told or not document["origins"]:
        return ""
    return section("The planner's own way", own_way(told, zone), note=NOTE)


def own_way(told: Document, zone: ZoneInfo) -> str:
    """Return a judged way as HTML: the stamp first, then the table, then every finding."""
    stamp = told["stamp"]
    kind = "kept" if stamp["verified"] else "unkept"
    rows = [_row(row, zone) for row in told["comparison"]]
    where = f"from {isolate(told['origin']['name'])}, by {moment(told['arrive_by'], zone)}"
    table = grid("The drawn way beside the suggestions", HEADS, rows, numbers="..nnnnnwn")
    if not told["origin"]["feasible"]:
        reason = isolate(told["origin"]["reason"] or "no way")
        table += f"<p><em>No suggestion from there: {reason}</em></p>"
    return (
        f'<p class="stamp {kind}"><b>{isolate(stamp["text"])}</b></p>'
        f"<p>{isolate(told['drawing']['name'])}, {where}</p>{table}"
        f"{_findings(told, zone)}{_notes(told)}"
    )


def _row(row: Document, zone: ZoneInfo) -> tuple[str, ...]:
    worst = row["worst"]
    risk = "clear" if row["clear"] else "<b>not clear</b>"
    if worst:
        street = isolate(worst["street"] or "unnamed road")
        risk += f", {worst['risk']:.2f} on {street} {clock(worst['at'], zone)}"
    shared = NONE if row["shared_m"] is None else kilometres(row["shared_m"])
    return (
        _name(row), isolate(row["entrance_name"] or NONE), clock(row["leave_by"], zone),
        clock(row["arrive"], zone), minutes(row["time_s"]), kilometres(row["length_m"]),
        f"{row['exposure_min']:.1f}", risk, shared,
    )  # fmt: skip


def _name(row: Document) -> str:
    if not row["own"]:
        return escape(NAMES.get(row["role"], STAYS_CLEAR))
    return "<b>own way</b>" + ("" if row["verified"] else f" <em>{UNVERIFIED}</em>")


def _findings(told: Document, zone: ZoneInfo) -> str:
    items = "".join(
        f'<li><b class="{"break" if one["breaks"] else "noted"}">{number}</b> '
        f"<time>{clock(one['from'], zone)}</time> {isolate(one['text'])}"
        f" <small>{one['lat']:.5f}, {one['lon']:.5f}</small></li>"
        for number, one in enumerate(told["findings"], 1)
    )
    return f'<ol class="findings">{items}</ol>' if items else ""


def _notes(told: Document) -> str:
    return "".join(f'<p class="note">{isolate(said)}</p>' for said in told["notices"])


def own_marks(told: Document | None, zone: ZoneInfo) -> list[Mark]:
    """Return the way, then the places of its findings by the numbers they have in the list."""
    if not told:
        return []
    route, stamp = told["route"], told["stamp"]
    name = "Own way" if stamp["verified"] else f"Own way: {UNVERIFIED}"
    facts = [
        name, isolate_plain(stamp["text"]),
        f"leave by {clock(route['leave_by'], zone)}, arrive {clock(route['arrive'], zone)}, "
        f"{minutes(route['time_s'])} min, {kilometres(route['length_m'])} km",
    ]  # fmt: skip
    line = shape(route["geometry"])
    spot = line.interpolate(NAMED_AT, normalized=True)
    look = {} if stamp["verified"] else {"look": "unkept"}
    return [
        mark(LAYER, "drawn", ["As drawn", "before it was matched to the roads"],
             shape=shape(told["drawing"]["geometry"]), style="drawn"),
        mark(LAYER, "way", facts, shape=line, style="own", at=(spot.x, spot.y),
             badge={"kind": "mine", "text": name} | look),
        *(
            mark(LAYER, f"finding-{number}", [one["text"], f"at {clock(one['from'], zone)}"],
                 at=(one["lon"], one["lat"]), rank=number,
                 badge={"kind": "break" if one["breaks"] else "noted", "text": str(number)})
            for number, one in enumerate(told["findings"], 1)
        ),
    ]  # fmt: skip
