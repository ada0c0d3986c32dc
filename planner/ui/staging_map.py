"""The map of the Staging page: sites to click, to drag elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.marks import in_place, mark
from planner.ui.chart import HEIGHT, planned, send
from planner.ui.map_view import Touch, map_view
from planner.ui.staging_rows import THERE, open_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.ui.heading import Answered

Record = dict[str, Any]

OUT = "out-"
"""How the id of a candidate that fell out begins on the map, where it is shown while chosen."""


def sites_map(answered: Answered, tried: Record | None, more: Sequence[Record] = ()) -> Touch:
    """Draw the map with every site fit to be dragged; return what was done on it.

    Parameters
    ----------
    tried
        A site at another place, drawn there too.
    more
        Marks drawn beneath those of the plan, or instead of them.
    """
    document, data = answered.document, planned(answered, refuges=True)
    chosen = open_site()
    spots = [[site["lon"], site["lat"]] for site in document["staging"]]
    data["near"] = [*data["near"], *spots, *(one["at"] for one in more if one["at"])]
    ids = [str(site["id"]) for site in document["staging"]]
    data["site"] = chosen if chosen in ids else next(iter(ids), "")
    data["marks"] = in_place(more, data["marks"])
    data["marks"] = [
        *(_site(m, chosen) if m["id"] in ids and m["badge"] else m for m in data["marks"]
          if m["layer"] != "staging" or m["id"] != chosen or chosen in ids),
        *(_mark(one, "\N{MULTIPLICATION SIGN}", one["why"])
          for one in document["staging_out"] or [] if str(one["id"]) == chosen),
        *([_mark(tried, _tried_text(answered, tried), "Tried here")] if tried else []),
    ]  # fmt: skip
    known = {*ids, *(str(one["id"]) for one in document["staging_out"] or [])}
    there = st.session_state.get(THERE)
    # A site of another city, or of another facility, is nowhere to go to here.
    data["there"] = there if there and there[-1] in known else None
    return map_view(
        data, city=send(answered), key="staging", height=HEIGHT, tools=("move",), look="staging"
    )


def rank_of(answered: Answered, site: str) -> int | str:
    """Return the rank of a site, "" where it has none now."""
    ranks = {one["id"]: int(one["rank"]) for one in answered.document["staging"]}
    return ranks.get(site, "")


def _site(one: Record, chosen: str) -> Record:
    look = "chosen" if one["id"] == chosen else ""
    return one | {"drag": True, "badge": {**one["badge"], "look": look}}


def _tried_text(answered: Answered, tried: Record) -> str:
    """Return what stands on the map where a site is tried: its rank here, its score there."""
    rank, score = rank_of(answered, tried["id"]), tried["score"]
    return f"{f'S{rank}' if rank else ''}? {'out' if score is None else f'{score:.0f}'}".strip()


def _mark(one: Record, text: str, told: str) -> Record:
    made = mark(
        "staging", f"{OUT}{one['id']}", [one["name"] or one["id"], told],
        at=(one["lon"], one["lat"]), badge={"kind": "staging", "text": text, "look": "out"},
    )  # fmt: skip
    return {**made, "drag": True}


def site_of(mark_id: str) -> str:
    """Return the id of the site that a mark of this map stands for."""
    return mark_id.removeprefix(OUT)
