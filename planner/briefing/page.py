"""One sealed HTML file: what a reader needs, without any request leaving it."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.briefing.basemap import base_map
from planner.briefing.body import body
from planner.briefing.drawing import asset, map_css, map_js
from planner.briefing.escape import escape, island
from planner.briefing.leaflet import leaflet_css, leaflet_js
from planner.briefing.legend import layers_in
from planner.briefing.map import MapParts, build_map, map_parts
from planner.briefing.marking import Marking, parse_marking
from planner.briefing.overlay import overlay
from planner.briefing.reader import readable
from planner.briefing.steps import risk_steps, worst_step
from planner.briefing.words import moment
from planner.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.plan import Plan
    from planner.plan.diff.since import Changed

DEFAULT_MARKING = "TLP:AMBER+STRICT"


def render_briefing(
    plan: Plan,
    background: Mapping[str, Any],
    *,
    marking: str = DEFAULT_MARKING,
    now: datetime | None = None,
    base: dict[str, Any] | None = None,
    changed: Changed | None = None,
) -> str:
    """Return the briefing of a plan as one HTML text.

    Parameters
    ----------
    plan
        A ``Plan``.
    background
        Frames ``buildings``, ``water``, ``green`` in EPSG:4326; each may be absent or empty.
    marking
        A TLP 2.0 label; GREEN and CLEAR leave out routes, gates, staging and times.
    now
        Time of rendering, the clock's by default.
    base
        A base map made before, instead of drawing ``background`` anew.
    changed
        What changed since an earlier plan; a marking without routes leaves it out.

    Raises
    ------
    InputError
        The marking is unknown, or Leaflet's package is missing.
    """
    mark = parse_marking(marking)
    document = readable(plan.document, mark)
    zone = ZoneInfo(document["timezone"])
    steps = risk_steps(plan, zone) if mark.carries_plan else worst_step(plan, zone)
    centre = (document["facility_lon"], document["facility_lat"])
    parts = map_parts(build_map(centre))
    changed = changed if mark.carries_plan else None
    drawn = overlay(plan, document, steps, zone=zone, changed=changed)
    city = base or base_map(plan.network, background, centre=centre)
    data = {
        "base": city,
        "overlay": drawn,
        "names": parts.names,
        "page": _page_facts(document, mark),
    }
    when = now or datetime.now(UTC)
    shown = layers_in(plan, document, mark, city=city.get("marks") or (), changed=changed)
    inside = body(
        plan, document, drawn, parts.html, shown=shown, marking=mark, now=when,
        changed=changed,
    )  # fmt: skip
    return _seal(document, mark, inside, parts, data)


def write_briefing(
    plan: Plan,
    background: Mapping[str, Any],
    path: str | Path,
    *,
    marking: str = DEFAULT_MARKING,
    changed: Changed | None = None,
) -> Path:
    """Write the briefing to a file, whole or not at all; return its path.

    Raises
    ------
    StoreError
        The file cannot be written.
    InputError
        The marking is unknown, or Leaflet's package is missing.
    """
    target = Path(path)
    text = render_briefing(plan, background, marking=marking, changed=changed)
    part = target.with_name(target.name + ".part")
    try:
        part.write_text(text, "utf-8")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"{target} cannot be written ({error.strerror}); choose a folder that exists "
            "and that you may write to."
        ) from error
    return target


def _page_facts(document: dict[str, Any], mark: Marking) -> dict[str, Any]:
    return {"validUntil": document.get("valid_until") if mark.carries_plan else None}


def _seal(
    document: dict[str, Any], mark: Marking, inside: str, parts: MapParts, data: dict[str, Any]
) -> str:
    scripts = [leaflet_js(), map_js(), parts.script, asset("page.js")]
    scripts = [_inline(text) for text in scripts]
    style = leaflet_css() + map_css() + asset("tables.css") + asset("page.css")
    style += _print_marking(document, mark)
    title = f"{mark} {document['facility_name']}: ways in"
    islands = "".join(island(f"data-{name}", value) for name, value in data.items())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n"
        f"<body>{inside}\n{islands}\n"
        + "\n".join(f"<script>{text}</script>" for text in scripts)
        + "</body></html>\n"
    )


def _inline(script: str) -> str:
    # A script element's text is not entity-decoded: only these two could end or distort it.
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: list[str]) -> str:
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _print_marking(document: dict[str, Any], mark: Marking) -> str:
    """Return the margins of a printed page: marking, end of validity, page number."""
    box = (
        f'{{content:"{mark}";font:bold 12pt sans-serif;color:{mark.colour};'
        "background:#000;width:54mm;text-align:center;height:18pt;margin:auto 0}"
    )
    until = document.get("valid_until") if mark.carries_plan else None
    valid = f"Valid until {moment(until, ZoneInfo(document['timezone']))}" if until else ""
    small = "font:8pt sans-serif;color:#1d2733;margin:auto 0"
    return (
        f"@page{{@top-right{box}@bottom-right{box}"
        f'@bottom-left{{content:"{valid}";{small}}}'
        f'@bottom-center{{content:"Page " counter(page) " of " counter(pages);{small}}}}}'
    )
