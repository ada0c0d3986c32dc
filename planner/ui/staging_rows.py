"""The ranked sites as rows, each with its parts, then the candidates that fell out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid
from planner.briefing.moving import moving
from planner.briefing.words import NONE, clock, minutes
from planner.ui.clear_in import clear_words
from planner.ui.staging_wishes import hold_button
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from planner.ui.heading import Answered

Record = dict[str, Any]

OPEN, THERE = "staging_open", "staging_there"
"""Where it is kept which row is open, and where the map was last told to go: longitude, latitude,
how often it was told so, the site."""

MOST_OUT = 10
"""Candidates that fell out with buttons of their own; the table below has more."""

FULL = "full points in all that is known"


def site_rows(answered: Answered, below: Callable[[Record], None]) -> None:
    """Draw a row for each site, the open one with its parts and what ``below`` draws for it."""
    sites = answered.document["staging"]
    gates = {gate["id"]: gate["name"] for gate in answered.document["gates"]}
    for site in sites:
        is_open = site["id"] == open_site()
        with st.container(key=f"site-{int(site['rank'])}", gap=None):
            _row(site, gates, answered, is_open=is_open)
            if is_open:
                below(site)


def open_site() -> str:
    """Return the id of the site whose row is open, "" while none is."""
    return str(st.session_state.get(OPEN, ""))


def turn(site: str, lon: float, lat: float) -> None:
    """Open the row of a site, shut it if it is open; the map goes there."""
    choose("" if open_site() == site else site)
    _, _, before, _ = st.session_state.get(THERE) or (0.0, 0.0, 0, "")
    st.session_state[THERE] = (lon, lat, before + 1, site)


def choose(site: str) -> None:
    """Open the row of a site."""
    st.session_state[OPEN] = site


def _row(site: Record, gates: Record, answered: Answered, *, is_open: bool) -> None:
    rank = int(site["rank"])
    name, lock, forbid = st.columns([3, 1, 1], gap="small", vertical_alignment="center")
    name.button(
        f"**S{rank}** {literal(site['name'] or site['id'])}", key=f"site-row-{rank}",
        on_click=turn, args=(str(site["id"]), site["lon"], site["lat"]), type="tertiary",
        help="Shows it on the map, and what its score is made of.",
    )  # fmt: skip
    with lock:
        hold_button("locked", str(site["id"]), f"S{rank}")
    with forbid:
        hold_button("forbidden", str(site["id"]), f"S{rank}")
    told = f"{_line(site, gates, answered)}{_parts(site, answered) if is_open else ''}"
    kind = " open" if is_open else ""
    st.html(f'<div class="site-row{kind}">{told}</div>')


def _line(site: Record, gates: Record, answered: Answered) -> str:
    score = float(site.get("score") or 0.0)
    gate = isolate(gates.get(site["gate"], site["gate"]))
    locked = " · <em>locked</em>" if site.get("locked") else ""
    return (
        f'<p><progress max="100" value="{score:.0f}" aria-label="Score">{score:.0f}</progress> '
        f"<b>{score:.0f}</b> · {_leave(site, answered)}{minutes(site['time_s'])} min to {gate}{locked}</p>"
        f"<p>Room for {escape(site['room_for'])}{escape(clear_words(site, answered))} · "
        f"{isolate(weakest(site))}</p>"
    )


def _leave(site: Record, answered: Answered) -> str:
    """Return by when the vehicles leave a site for their gate, "" where no way is clear then."""
    over = (site.get("movement") or {}).get("hand_over")
    return f"leave by <b>{clock(over['leave_by'], answered.zone)}</b>, " if over else ""


def weakest(site: Record) -> str:
    """Return in words the part of a score that takes most of it."""
    lost = [
        (part["weight"] * (100.0 - part["points"]), part["words"])
        for part in site.get("parts") or []
        if part["points"] is not None and part["weight"]
    ]
    most, told = max(lost, default=(0.0, ""), key=lambda one: one[0])
    return f"weakest: {told}" if most > 0 else FULL


def _parts(site: Record, answered: Answered) -> str:
    parts = site.get("parts") or []
    kept = [part for part in parts if _is_kept(part)]
    rows = [
        (
            escape(part["label"]), isolate(part["words"]), _number(part["points"]),
            _weight(part),
        )
        for part in sorted(parts, key=lambda part: -part["weight"]) if not _is_kept(part)
    ]  # fmt: skip
    table = grid(
        "What the score is made of", ("Criterion", "Here", "Points", "Weight"), rows, "..nn"
    )
    musts = "".join(f"<li>{isolate(part['words'])}</li>" for part in kept)
    held = (
        f"<details><summary>{len(kept)} things that bar a site: none does here</summary>"
        f"<ul>{musts}</ul></details>"
    )
    told = f'<p>{isolate(site["why"])}</p><div class="short">{table}</div>{held if kept else ""}'
    return moving(site, answered.zone) + told


def _is_kept(part: Record) -> bool:
    """Tell whether a part only bars: a site that is told keeps it, it has no points."""
    return bool(part["hard"] and not part["off"] and not part["weight"])


def _weight(part: Record) -> str:
    if part["off"]:
        return "off"
    return f"{part['weight']:g}" if part["weight"] or not part["hard"] else "must"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.0f}"


def out_rows(answered: Answered, below: Callable[[Record], None]) -> None:
    """Draw the candidates that are not among the sites, each with why, the open one as a site's."""
    forbidden = answered.asked.sites.forbidden
    out = sorted(answered.document["staging_out"] or [], key=lambda one: _place_of(one, forbidden))
    if not out:
        return
    known = {str(one["id"]) for one in out}
    wanted = open_site() in known or bool(known & {*forbidden})
    with st.expander(f"Not suggested: {len(out)}", expanded=wanted, key="site-out"):
        for place, one in enumerate(out[:MOST_OUT]):
            _out(one, place)
            if str(one["id"]) == open_site():
                below(one)
        if rest := _by_reason(out[MOST_OUT:]):
            table = grid("Others, further away", ("Why", "Not suggested"), rest)
            st.html(f'<div class="short">{table}</div>')


def _place_of(one: Record, forbidden: Collection[str]) -> tuple[bool, bool, float]:
    """Return where a candidate stands: what was asked for, then who comes next, then the nearest."""
    asked = one["locked"] or one["id"] in forbidden
    return not asked, one["score"] is None, -(one["score"] or 0.0)


def _by_reason(out: Sequence[Record]) -> list[tuple[str, str]]:
    """Return a row for each reason with how many fall out by it and which."""
    named: dict[str, list[str]] = {}
    for one in out:
        named.setdefault(one["why"], []).append(isolate(one["name"] or one["id"]))
    return [(f"{isolate(why)} ({len(names)})", ", ".join(names)) for why, names in named.items()]


def _out(one: Record, place: int) -> None:
    name, lock, forbid = st.columns([3, 1, 1], gap="small", vertical_alignment="center")
    name.button(
        literal(one["name"] or one["id"]), key=f"site-out-{place}", on_click=turn,
        args=(str(one["id"]), one["lon"], one["lat"]), type="tertiary",
        help="Shows it on the map, to be tried elsewhere.",
    )  # fmt: skip
    with lock:
        hold_button("locked", str(one["id"]), f"out-{place}")
    with forbid:
        hold_button("forbidden", str(one["id"]), f"out-{place}")
    st.html(f'<div class="site-row"><p>{isolate(one["why"])}</p></div>')
