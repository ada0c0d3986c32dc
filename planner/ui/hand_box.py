"""Your hand: what a planner asks of every way, with what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planner.briefing.hand import cost_of
from planner.plan.wishes.asked import MOST, Wishes
from planner.ui import session
from planner.ui.question import labels_of
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.ui.heading import Answered
    from planner.ui.map_view import Touch

TOOLS = ("point",)

ANY = "Any gate"

POINT = {"via": "Pass there", "avoid": "Leave that road alone", "prefer": "Prefer that road"}
"""What a point on the map may mean."""

MEANT = "hand_point"
"""Where it is kept what a point means."""

STREETS = (
    ("avoid", "Leave alone", "Streets no way may use."),
    ("prefer", "Prefer", "Streets to use where that costs little."),
)

DIGITS = 5
"""Of degrees in the URL: about a metre."""


def hand_box(answered: Answered, touch: Touch) -> None:
    """Draw the wishes open to change, what each costs, a way to drop them all.

    A point just drawn on the map is taken into the question, as the reader said it is meant.
    """
    _take_point(touch)
    wishes, items = answered.asked.wishes, _items(answered)
    with st.expander(f"Your hand: {f'{len(items)} asked' if items else 'nothing asked'}",
                     expanded=bool(wishes), key="hand"):  # fmt: skip
        names = {item["asked"]: item["name"] for item in items}
        left, right = st.columns(2, gap="small")
        with left:
            _gate(answered, wishes)
            places = _places(answered)
            _many("via", "Pass, in this order", [*places, *_others(wishes.via, places)],
                  places | names, "Sites to pass on the way in; for other places use the map.")  # fmt: skip
        with right:
            streets = _streets(answered)
            for kind, label, told in STREETS:
                _many(
                    kind, label, [*streets, *_others(getattr(wishes, kind), streets)], names, told
                )
        if len(answered.plan.access_routes):
            st.toggle("Prefer approved routes", key=_keep("access_routes", wishes.access_routes),
                      on_change=_toggled)  # fmt: skip
        st.radio("A point on the map means", list(POINT), format_func=POINT.__getitem__,
                 horizontal=True, **session.lasting(MEANT, "via"),
                 help="Press Point on the map, then click a road. On a bridge it means the bridge "
                 "alone, else the whole street.")  # fmt: skip
        _costs(answered, items)
        st.button("Drop all", on_click=_drop, disabled=not wishes)


def _take_point(touch: Touch) -> None:
    drawn = touch.drawn or {}
    if drawn.get("tool") != "point" or not isinstance(drawn.get("geometry"), dict):
        return
    lon, lat = drawn["geometry"]["coordinates"][:2]
    kind = st.session_state.get(MEANT, "via")
    before = getattr(_wishes(), kind)
    text = f"{round(float(lon), DIGITS)},{round(float(lat), DIGITS)}"
    if text not in before and len(before) < MOST:
        _change(**{kind: (*before, text)})
        st.rerun()


def _gate(answered: Answered, wishes: Wishes) -> None:
    gates = {
        str(row.id): str(row.name)
        for row in answered.plan.answer.gates.itertuples(index=False)
    }  # fmt: skip
    st.selectbox(
        "End at", ["", *gates], key=_keep("gate", wishes.gate if wishes.gate in gates else ""),
        format_func=lambda key: gates.get(key, ANY), on_change=_gate_chosen,
        help="Every way ends at this gate, within its hours.",
    )  # fmt: skip


def _many(
    kind: str, label: str, options: Sequence[str], names: Mapping[str, str], told: str
) -> None:
    st.multiselect(
        label, list(options), key=_keep(kind, list(getattr(_wishes(), kind))),
        format_func=lambda text: names.get(text, text), on_change=_chosen, args=(kind,),
        max_selections=MOST, placeholder="None", help=told,
    )  # fmt: skip


def _costs(answered: Answered, items: Sequence[dict[str, Any]]) -> None:
    """Say beside each wish what it costs alone."""
    if not items:
        return
    if not answered.whole:
        st.caption("What it costs is being worked out …")
        return
    for item in items:
        unused = len(item["broken_by"])
        beside = f"; {unused} way{'s' * (unused > 1)} without it" if unused else ""
        st.caption(literal(f"{item['told']}: {cost_of(item)}{beside}"))


def _items(answered: Answered) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (answered.document["wishes"] or {"items": []})["items"]
    return items


def _streets(answered: Answered) -> list[str]:
    return sorted({name for name in answered.plan.network.names if name})


def _places(answered: Answered) -> dict[str, str]:
    """Return the name of each site that can be passed, unlike any other."""
    layers = answered.plan.answer.layers
    frames = (layers.staging_sites, layers.support_stops)
    return labels_of(pd.concat([frame[["id", "name"]] for frame in frames]))


def _others(asked: Sequence[str], known: Sequence[str] | Mapping[str, str]) -> list[str]:
    return [text for text in asked if text not in known]


def _keep(name: str, value: Any) -> str:
    """Return the key of a widget that shows what the question holds."""
    key = f"w_hand_{name}"
    st.session_state[key] = value
    return key


def _wishes() -> Wishes:
    return session.shared().wishes


def _change(**fields: Any) -> None:
    session.change(wishes=Wishes(**(_wishes().model_dump() | fields)))


def _gate_chosen() -> None:
    _change(gate=st.session_state["w_hand_gate"] or None)


def _chosen(kind: str) -> None:
    _change(**{kind: tuple(st.session_state[f"w_hand_{kind}"])})


def _toggled() -> None:
    _change(access_routes=bool(st.session_state["w_hand_access_routes"]))


def _drop() -> None:
    session.change(wishes=Wishes())
