"""Sites for several facilities: the answer, the table of who waits where, the marks on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from planner.briefing.escape import escape, isolate, isolate_plain
from planner.briefing.grid import grid, section
from planner.briefing.marks import mark
from planner.briefing.words import clock, minutes, moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark

Document = dict[str, Any]

LAYER = "staging"
BEST = {"p-median": "least minutes of all vehicles", "p-center": "least minutes of the furthest vehicle",
        "coverage": "most vehicles near enough"}  # fmt: skip
HEADS = ("Site", "Room", "Waits there", "Vehicles", "Leave by", "Min", "Gate")


def several(document: Document, zone: ZoneInfo) -> str:
    """Return the section about several facilities, "" where a plan holds none."""
    told = document.get("several")
    if not told:
        return ""
    note = "Each site is outside every risk area in its window, with two separate ways out."
    return section("Several facilities", several_told(told, zone), note=note)


def several_told(told: Document, zone: ZoneInfo) -> str:
    """Return a choice of sites as HTML: the answer first, the table, who finds no place, what helps."""
    asked = f"{moment(told['arrive_by'], zone)}, best: {BEST[told['objective']]}"
    if told["minutes"]:
        asked += f" ({told['minutes']} min)"
    said = [f"<p><b>{isolate(told['headline'])}</b></p><p>{escape(asked)}</p>"]
    if told["sites"]:
        rows = [row for n, site in enumerate(told["sites"], 1) for row in _rows(n, site, zone)]
        said.append(grid("Who waits where", HEADS, rows, numbers=".n.nnn."))
    lacking = [
        f"{isolate(one['name'])}, {one['vehicles'] - one['placed']} vehicles: {isolate(one['reason'])}"
        for one in told["facilities"] if one["reason"]
    ]  # fmt: skip
    said += [_list("No place", lacking), _list("Would be enough", _texts(told["help"]))]
    robust = (told["robust"] or {}).get("told", [])
    said.append(_list("If the reports are wrong", [isolate(text) for text in robust]))
    said += [f"<p>{isolate(text)}</p>" for text in told["warnings"]]
    check = told["verification"]
    state = "✓" if check["passed"] else "Faults found: do not rely on it."
    said.append(
        f"<p>{state} {int(check['checked'])} drives and sites checked independently; chosen among "
        f"{int(told['candidates'])} sites, {len(told['sites_out'])} near cannot be used.</p>"
    )
    return "".join(said)


def _texts(rows: list[Document]) -> list[str]:
    return [isolate(row["text"]) for row in rows]


def _list(title: str, items: list[str]) -> str:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f"<p><b>{escape(title)}</b></p><ul>{rows}</ul>" if rows else ""


def _rows(number: int, site: Document, zone: ZoneInfo) -> list[tuple[str, ...]]:
    """Return a row for each facility whose vehicles wait at a site."""
    name = f"<b>P{number}</b> {isolate(site['name'])}"
    if site["size_assumed"]:
        name += " <em>size assumed</em>"
    served = [
        (
            isolate(one["facility_name"]), escape(one["vehicles"]), clock(one["leave_by"], zone),
            minutes(one["time_s"] + one["wait_s"]), isolate(one["entrance_name"]),
        )
        for one in site["serves"]
    ] or [("nobody: open because asked for", "", "", "", "")]  # fmt: skip
    return [(name, escape(site["room_for"]), *one) for one in served]


def several_marks(told: Document | None, zone: ZoneInfo, *, beside: Document) -> list[Mark]:
    """Return the chosen sites, the drives from them, and the facilities but the plan's own.

    Parameters
    ----------
    beside
        The plan they are drawn with: its facility is drawn anyway, and a staging site of it that
        is chosen here too has both its names on one mark.
    """
    if not told:
        return []
    found = [
        mark("facility", f"several-{one['id']}", [one["name"], _placed(one)], at=(one["lon"], one["lat"]),
             badge={"kind": "site", "text": isolate_plain(one["name"])}, rank=1)
        for one in told["facilities"] if one["id"] != beside["facility"]
    ]  # fmt: skip
    ranks = {site["id"]: f" S{int(site['rank'])}" for site in beside["staging"]}
    for number, site in enumerate(told["sites"], 1):
        found += [
            mark(LAYER, one["id"], [f"{site['name']} to {one['facility_name']}",
                 f"leave by {clock(one['leave_by'], zone)}, {minutes(one['time_s'] + one['wait_s'])} min"],
                 shape=shape(one["geometry"]), style="drive")
            for one in site["serves"]
        ]  # fmt: skip
        facts = [site["name"], f"Site P{number} for several facilities", site["why"],
                 f"Room for {site['room_for']} vehicles"]  # fmt: skip
        found.append(
            mark(LAYER, site["id"], facts, at=(site["lon"], site["lat"]), rank=number,
                 badge={"kind": "staging", "text": f"P{number}{ranks.get(site['id'], '')}"})
        )  # fmt: skip
    return found


def _placed(one: Document) -> str:
    return f"{one['placed']} of {one['vehicles']} vehicles have a place"
