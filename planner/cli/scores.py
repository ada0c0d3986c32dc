"""Scores of places to wait, as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.doubt.variations import clear_in
from planner.plan.sites.movement_words import movement_lines
from planner.staging.score import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

MOST_OUT = 5
"""Candidates told that are not among the chosen, beside those that were asked for."""


def room_lines(document: Record) -> Iterator[str]:
    """Give a line where no site holds the vehicles asked for, and how to ask for several sites."""
    room = document["staging_room"]
    if room is None:
        return
    yield f"no staging site: {room['text']}"
    if room["sites"] > 1:
        many = min(room["vehicles"], room["together"])
        who = "" if document["profile"] == "car" else f" --profile {document['profile']}"
        yield (
            f"  at several sites: planner stage -w FILE --facility {document['facility']} --arrive "
            f"{document['arrive_by']} --vehicles {many} --split --sites {room['sites']}{who}"
        )


def site_lines(document: Record) -> Iterator[str]:
    """Give the chosen sites, a table of their scores, the nearest that were not chosen."""
    sites = document["staging"]
    for site in sites:
        locked = ", locked" * site["locked"]
        often = clear_in(site, document["ensemble"])
        yield f"staging {site['rank']}: {site['name']}{locked}: {site['why']}{often}"
        yield from (f"  {what}: {said}" for what, said in movement_lines(site))
    if sites:
        yield from ("", *_table(sites), "")
    out = document["staging_out"]
    asked = document["site_wishes"] or {"locked": [], "forbidden": []}
    named = {*asked["locked"], *asked["forbidden"]}
    told = [one for i, one in enumerate(out) if i < MOST_OUT or one["id"] in named]
    yield from (f"not staged: {one['name'] or one['id']}: {one['why']}" for one in told)
    if len(out) > len(told):
        yield f"not staged: {len(out) - len(told)} more, see --json"
    for one in document["staging_tried"]:
        yield f"tried: {one['text']}"
        yield from (f"  {line}" for line in _tried_parts(one))


def _tried_parts(tried: Record) -> Iterator[str]:
    """Give what counts of a place that is tried, and what bars it."""
    for part in tried["parts"]:
        if part["points"] is None and not part["fails"]:
            continue
        points = "out" if part["points"] is None else f"{part['points']:.0f}"
        before = part["was_points"]
        was = "" if before is None or before == part["points"] else f", was {before:.0f}"
        yield f"{part['label']}: {points}{was} ({part['words']})"


def _table(sites: list[Record]) -> Iterator[str]:
    """Give a line for each criterion that counts: its weight, its points at each site."""
    marks = "".join(f"{'S' + str(site['rank']):>6}" for site in sites)
    yield f"{'score of staging sites, 0 to 100':<52}{'weight':>7}{marks}"
    yield f"{'score':<59}" + "".join(f"{site['score']:>6.0f}" for site in sites)
    unknown = False
    for row in zip(*(site["parts"] for site in sites), strict=True):
        first = row[0]
        if first["off"]:
            yield f"{first['label']:<52}{'off':>7}"
        elif first["points"] is not None:
            unknown = unknown or any("?" in _points(part) for part in row)
            points = "".join(f"{_points(part):>6}" for part in row)
            yield f"{first['label']:<52}{first['weight']:>7g}{points}"
    if unknown:
        yield "?: not known, half the points"


def _points(part: Record) -> str:
    """Return points, with a mark where half of them stand for what is not known."""
    return f"{part['points']:.0f}" + "?" * (part["value"] is None and part["points"] == NEUTRAL)
