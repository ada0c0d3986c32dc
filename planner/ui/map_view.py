"""The map of the app: one element that draws in the browser, tells what was touched."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.drawing import map_css, map_js
from planner.briefing.leaflet import leaflet_css, leaflet_js
from planner.ui.own_files import own_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOOLS = ("polygon", "line", "circle", "point", "edit", "move")
"""What may be offered for drawing; ``edit`` reshapes, moves, removes what has a geometry, ``move``
drags a mark that has ``drag``."""

KEPT = 3
"""Cities whose packed form is kept."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What the reader did on the map.

    Attributes
    ----------
    step
        Slider step at rest as the reader chose it, None while untouched.
    origin
        Gateway whose ways are shown, "" for first choices of all.
    picked
        Layer and id of a mark just clicked; gone at the next rerun.
    drawn
        Just drawn, as ``tool`` (polygon, line, circle, point, reshape, move, remove), ``id`` of
        what was changed or None, ``geometry`` (GeoJSON, lon/lat) or None; gone at the next rerun.
    """

    step: int | None = None
    origin: str = ""
    picked: tuple[str, str] | None = None
    drawn: dict[str, Any] | None = None


def send_city(base: dict[str, Any], *, key: str) -> None:
    """Send a base map to the browser, once: Streamlit knows it again by its hash.

    Parameters
    ----------
    base
        From ``planner.briefing.basemap.base_map``.
    key
        The city's name for ``map_view``; the same through every edit, since view, switches
        and chosen side are kept in the browser under it.
    """
    _element("planner_city")(key=_id("city", key), data=_packed_city(key, base))


def map_view(
    overlay: dict[str, Any],
    *,
    city: str,
    key: str,
    height: int = 600,
    slider: bool = False,
    tools: Sequence[str] = (),
    shown: str = "",
    look: str = "",
) -> Touch:
    """Draw the map and return what was touched on it.

    Parameters
    ----------
    overlay
        From ``planner.briefing.overlay.overlay``. A mark with a ``geometry`` (GeoJSON) can be
        edited by mouse; also taken are ``draft``, a geometry not saved yet, and ``chosen``, the
        (layer, id) whose handles are shown once it changes, and ``there``, a place (lon, lat, any
        number) the map goes to once it changes.
    city
        Key under which the base map was sent.
    key
        Of the element, unlike any other on the page.
    height
        Most pixels of the whole element, its bars included; where the window ends earlier, it is
        lower, but not below 400.
    slider
        Whether to show the times of ``overlay["risk"]``; a change of its ``selected`` moves it.
    tools
        Some of ``TOOLS``; with any, clicks on marks are told as ``picked``.
    shown
        Gateway whose ways to show; "" leaves it to the reader.
    look
        Maps of one look share their centre and zoom from page to page.
    """
    name = _id("map", key)
    heard = st.session_state.get(name) or {}
    data = {
        "overlay": {name: value for name, value in overlay.items() if name != "risk"},
        "selected": overlay["risk"]["selected"], "steps": _send_steps(overlay["risk"], key), "city": city, "height": height, "slider": slider,
        "tools": [tool for tool in TOOLS if tool in tools], "shown": shown, "look": look,
        "heard": {"step": heard.get("step"), "origin": heard.get("origin")},
    }  # fmt: skip
    said = _element("planner_map")(
        key=name,
        data=_packed(_text(data)),
        default={"step": None, "origin": ""},
        on_step_change=_heard,
        on_origin_change=_heard,
        on_picked_change=_heard,
        on_drawn_change=_heard,
    )
    return _touch(said)


def _send_steps(risk: dict[str, Any], key: str) -> str:
    """Send the risk of a day, which is long, apart from what moves with the slider."""
    steps = _text({name: value for name, value in risk.items() if name != "selected"})
    mark = hashlib.sha256(steps.encode()).hexdigest()[:16]
    packed = _packed(f'{{"key":"{mark}","risk":{steps}}}')
    _element("planner_steps")(key=_id("steps", key), data=packed)
    return mark


def rested(key: str) -> int | None:
    """Return the step at which the slider of a map came to rest since the last rerun, if it did.

    To be asked before the map is drawn, so that the page can be drawn for that step at once.
    """
    name = _id("map", key)
    step, turn = _step((st.session_state.get(name) or {}).get("step"))
    # Coming to rest where it rested before is a move too: each one has a number of its own.
    if turn is None or turn == st.session_state.get(f"{name}-turn"):
        return None
    st.session_state[f"{name}-turn"] = turn
    return step


def turned(key: str) -> str | None:
    """Return the gateway chosen on a map since the last rerun, None where none was.

    To be asked before the map is drawn, as ``rested``.
    """
    name = _id("map", key)
    origin = (st.session_state.get(name) or {}).get("origin") or None
    if origin == st.session_state.get(f"{name}-origin"):
        return None
    st.session_state[f"{name}-origin"] = origin
    return None if origin is None else str(origin)


def _touch(said: Any) -> Touch:
    """Return what the browser sent, as far as it makes sense."""
    picked, drawn = said.get("picked"), said.get("drawn")
    step, _ = _step(said.get("step"))
    return Touch(
        step,
        str(said.get("origin") or ""),
        (str(picked[0]), str(picked[1])) if isinstance(picked, list) and len(picked) == 2 else None,
        drawn if isinstance(drawn, dict) and isinstance(drawn.get("tool"), str) else None,
    )


def _step(value: Any) -> tuple[int | None, int | None]:
    """Return the slider's step with the number of its move."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int) for v in value):
        return value[0], value[1]
    return None, None


def _heard() -> None:
    """Let Streamlit know that the value is wanted."""


def _id(part: str, key: str) -> str:
    # Streamlit's own names are set apart by two underscores, which a key may hold.
    return f"{part}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=8)
def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), 5, mtime=0)


_cities: dict[str, tuple[dict[str, Any], bytes]] = {}


def _packed_city(key: str, base: dict[str, Any]) -> bytes:
    known = _cities.get(key)
    if known is None or known[0] is not base:
        text = f'{{"key":{json.dumps(key)},"base":{_text(base)}}}'
        known = base, gzip.compress(text.encode(), 5, mtime=0)
        for old in list(_cities)[: max(len(_cities) - KEPT + 1, 0)]:
            _cities.pop(old, None)
        _cities[key] = known
    return known[1]


@cache
def _element(name: str) -> Callable[..., Any]:
    """Return one of the three elements: the city with all the code, the steps, the map."""
    from streamlit.components.v2 import component

    code = own_file("doors.js")
    if name == "planner_city":
        style = json.dumps(leaflet_css() + map_css() + own_file("app_map.css"))
        code += "\n".join(
            (leaflet_js(), map_js(), own_file("editor.js"), own_file("app_map.js"),
             f"plannerApp.open({style});")
        )  # fmt: skip
    made: Callable[..., Any] = component(name, js=f"{code}\nexport default {name};\n")
    return made
