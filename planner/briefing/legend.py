"""The legend, which is also where layers are switched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.away import LAYER
from planner.briefing.earlier import LAYER as EARLIER
from planner.briefing.hand import HAND, hand_marks
from planner.briefing.no_way import LAYER as HALTS
from planner.briefing.no_way import halts
from planner.briefing.own import LAYER as OWN
from planner.briefing.words import KINDS, ROBUST, STAYS_CLEAR
from planner.network.profiles import CAR, PROFILES
from planner.plan.levels import LEVELS
from planner.plan.pace.names import NAMES
from planner.plan.reach import MINUTES
from planner.plan.zones import current
from planner.staging.support import HAVENS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.briefing.marking import Marking
    from planner.briefing.marks import Mark
    from planner.plan import Plan
    from planner.plan.diff.since import Changed

PLAN_LAYERS = (
    "routes", "gates", "staging", "stagingWays", "approved", "gateways", LAYER, HALTS, EARLIER, OWN,
    HAND,
)  # fmt: skip
OFF_AT_FIRST = ("stagingWays", "stops", LAYER, EARLIER)
ON_PAPER = (LAYER,)
MARKS = {"primary": "A", "alternate": "A2", "contingency": "A3", "emergency": "A4"}


def layers_in(
    plan: Plan, document: dict[str, Any], marking: Marking, *, city: Iterable[Mark] = (),
    changed: Changed | None = None,
) -> set[str]:  # fmt: skip
    """Return the layers that the map of a document has something for.

    ``city`` are the marks of the base map, ``changed`` what changed since an earlier plan.
    """
    beside = {
        "zones": current(document),
        "closures": document["closures"],
        "staging": document["staging"] or (document.get("several") or {}).get("sites") or (),
        "stagingWays": document["staging"],
        HALTS: halts(document),
        "gates": document["gates"],
        "routes": [origin for origin in document["origins"] if origin["routes"]],
        "gateways": document["origins"],
        "approved": plan.access_routes.index,
        HAND: hand_marks(document),
        "havens": [kind for kind in plan.support_stops["kind"] if kind in HAVENS],
        "risk": document["zones"],
        LAYER: plan.walked,
        OWN: document.get("own") or (),
        EARLIER: changed.ways if changed else (),
    }
    return {
        key for key, rows in beside.items()
        if len(rows) and (marking.carries_plan or key not in PLAN_LAYERS)
    } | {str(mark["layer"]) for mark in city}  # fmt: skip


def legend(document: dict[str, Any], shown: set[str]) -> str:
    """Return what each sign on the map means, with a box to hide it."""
    kinds = [row.get("kind") or "" for row in current(document)]
    on_foot = PROFILES[document.get("profile") or CAR.name].on_foot
    look = "origin afoot" if on_foot else "origin"
    rows = "".join(
        f'<div class="key"><label><input type="checkbox" data-layer="{key}"'
        f"{'' if key in OFF_AT_FIRST else ' checked'}{' data-paper' if key in ON_PAPER else ''}> <b>{title}</b></label>{signs}</div>"
        for key, title, signs in _rows(
            dict.fromkeys(kinds), origin=look, robust=_has_robust(document)
        )
        if key in shown
    )
    return f'<div class="legend"><h2 class="hidden">Legend, with layers to switch</h2>{rows}</div>'


def _has_robust(document: dict[str, Any]) -> bool:
    return any((origin.get("robust") or {}).get("route") for origin in document["origins"])


def _zones(kinds: Iterable[str]) -> str:
    """Return the signs of what is reported."""
    # The page's script copies the picture of each kind from the map.
    signs = "".join(
        _sign(f'<i class="zone-sign z-{kind}"></i>', KINDS[kind].lower())
        for kind in kinds
        if kind in KINDS
    )
    return signs + _sign('<i class="dots"></i>', "place") + _sign('<i class="hatch"></i>', "crowd")


def _rows(kinds: Iterable[str], *, origin: str, robust: bool) -> list[tuple[str, str, str]]:
    levels = "".join(
        _sign(f'<i class="lv lv{n}">{n}</i>', text) for n, text in enumerate(LEVELS, 1)
    )
    ways = "".join(
        _sign(_stroke(f"r-{role}"), f"{place} ({MARKS[role]})") for role, place in NAMES.items()
    )
    ways += _sign(_stroke(f"r-{ROBUST}"), f"{STAYS_CLEAR} (AR)") * robust
    gates = _sign('<i class="gate open"><b>✓</b></i>', "open") + _sign(
        '<i class="gate shut"><b>✕</b></i>', "shut"
    )
    near = "".join(
        _sign(f'<i class="near near-{n}"></i>', f"{m} min") for n, m in enumerate(MINUTES)
    )
    return [
        ("risk", "Risk", levels),
        ("routes", "Ways in", ways),
        (OWN, "Planner's own way", _sign(_stroke("own"), "")),
        ("zones", "Reported", _zones(kinds)),
        ("gates", "Gates", gates),
        (LAYER, "On foot", near),
        (EARLIER, "Before", _sign(_stroke("earlier"), "first choices then")),
        (
            "staging",
            "Staging",
            _sign('<i class="staging">S1</i>', "best first")
            + _sign(_stroke("onward"), "to the gate")
            + _sign(_stroke("fallback"), "to its fallback"),
        ),
        ("stagingWays", "Ways out", _sign(_stroke("out"), "of staging")),
        (
            HALTS,
            "Where to stop",
            _sign('<i class="halt">Stop</i>', "")
            + _sign(_stroke("drive"), "drive")
            + _sign(_stroke("walk"), "on foot"),
        ),
        *_places(origin),
    ]


def _places(origin: str) -> list[tuple[str, str, str]]:
    """Return the rows of what stands on the map whatever the way."""
    havens = "".join(
        _sign(f'<i class="haven">{text[0].upper()}</i>', text)
        for text in ("hospital", "police", "fire")
    )
    return [
        ("closures", "Closed roads", _sign('<i class="bar"></i>', "")),
        ("gateways", "Where ways begin", _sign(f'<i class="{origin}">A</i>', "")),
        ("approved", "Approved routes", _sign(_stroke("approved"), "")),
        (
            HAND,
            "As asked",
            _sign('<i class="via">V1</i>', "pass")
            + _sign(_stroke("avoid"), "left alone")
            + _sign(_stroke("prefer"), "preferred"),
        ),
        ("havens", "Havens", havens),
        ("quiet", "Quiet places", _sign('<i class="calm"></i>', "school, hospital")),
        ("stops", "Public transport", _sign('<i class="stop">T</i>', "stop")),
    ]


def _sign(picture: str, text: str) -> str:
    return f'<span class="sign">{picture} {text}</span>'


def _stroke(kind: str) -> str:
    return (
        f'<svg width="40" height="10" aria-hidden="true"><line class="{kind}" x1="2" x2="38" '
        'y1="5" y2="5"/></svg>'
    )
