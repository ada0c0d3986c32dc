"""What is asked of the places to wait: weights, criteria switched off, sites locked or forbidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.staging.criteria import CRITERIA, MOST_WEIGHT
from planner.staging.site_wishes import MOST, SiteWishes
from planner.ui import session
from planner.ui.words import literal

if TYPE_CHECKING:
    from planner.staging.criteria import Criterion

STEP = 0.5
"""Of a weight."""

OPPOSITE = {"locked": "forbidden", "forbidden": "locked"}

WORDS = {"locked": ("Lock", "Unlock"), "forbidden": ("Forbid", "Allow")}
"""What a button says that asks for it, and one that takes it back."""

HELP = {
    "locked": "Locked: first among the sites unless a hard criterion bars it.",
    "forbidden": "Forbidden: never among the sites.",
}


def hold_button(kind: str, site: str, place: str) -> None:
    """Draw the button that locks or forbids a site, or takes that back."""
    held = getattr(session.shared().sites, kind)
    st.button(
        WORDS[kind][site in held], key=f"{kind}-{place}", on_click=_turn, args=(kind, site),
        disabled=site not in held and len(held) >= MOST, help=HELP[kind], width="stretch",
    )  # fmt: skip


def _turn(kind: str, site: str) -> None:
    sites = session.shared().sites
    held, other = getattr(sites, kind), getattr(sites, OPPOSITE[kind])
    if site in held:
        _put(**{kind: tuple(key for key in held if key != site)})
    else:
        _put(**{kind: (*held, site), OPPOSITE[kind]: tuple(k for k in other if k != site)})


def criteria_box() -> None:
    """Draw a closed box with the weight of every criterion and whether it counts."""
    sites = session.shared().sites
    asked = len({*sites.off, *(name for name, _ in sites.weights)})
    told = f": {asked} changed" if asked else ""
    with st.expander(f"Criteria and weights{told}", key="site-criteria"):
        weights = dict(sites.weights)
        for row in CRITERIA:
            if not row.fixed:
                _criterion(row, weights.get(row.name, row.weight), off=row.name in sites.off)
        always = " · ".join(row.label for row in CRITERIA if row.fixed)
        st.caption(literal(f"Always: {always}. Weights count against each other."))
        st.button("As they were", on_click=_plain, disabled=not asked, key="site-plain")


def _criterion(row: Criterion, weight: float, *, off: bool) -> None:
    left, right = st.columns([1.4, 1], gap="small", vertical_alignment="center")
    st.session_state[f"w_site_on_{row.name}"] = not off
    st.session_state[f"w_site_weight_{row.name}"] = float(weight)
    hard = " (hard)" if row.hard else ""
    left.toggle(
        literal(f"{row.label}{hard}"), key=f"w_site_on_{row.name}", on_change=_switched,
        args=(row.name,), help=literal(f"{row.source}."),
    )  # fmt: skip
    right.slider(
        literal(f"Weight: {row.label}"), 0.0, MOST_WEIGHT, step=STEP, format="%.3g", disabled=off,
        key=f"w_site_weight_{row.name}", label_visibility="collapsed", on_change=_weighed,
        args=(row.name, row.weight),
    )  # fmt: skip


def _switched(name: str) -> None:
    off = set(session.shared().sites.off) - {name}
    _put(off=tuple(off if st.session_state[f"w_site_on_{name}"] else {*off, name}))


def _weighed(name: str, plain: float) -> None:
    weights = dict(session.shared().sites.weights) | {
        name: st.session_state[f"w_site_weight_{name}"]
    }
    if weights[name] == plain:
        del weights[name]
    _put(weights=tuple(weights.items()))


def _plain() -> None:
    _put(weights=(), off=())


def _put(**fields: Any) -> None:
    session.change(sites=SiteWishes(**(session.shared().sites.model_dump() | fields)))
