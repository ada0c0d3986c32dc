"""The folium scaffold of a sealed page's map; what stands on it comes as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import folium
    from branca.element import Element

VIEW: dict[str, Any] = {"zoom_snap": 0.25, "zoom_delta": 0.5, "max_zoom": 19, "min_zoom": 9}


@dataclass(frozen=True, slots=True)
class MapParts:
    """A folium map in pieces a sealed page can hold.

    Attributes
    ----------
    html
        The map's element.
    script
        The map's script, without any request.
    names
        Script variable of the map (``map``).
    """

    html: str
    script: str
    names: dict[str, str]


def build_map(home: tuple[float, float]) -> folium.Map:
    """Build an empty folium map: folium compiles text as a template, so it gets none.

    Parameters
    ----------
    home
        Longitude, latitude of its middle.
    """
    import folium

    return folium.Map(
        location=[home[1], home[0]], zoom_start=15, tiles=None, control_scale=True, **VIEW
    )


def map_parts(built: folium.Map) -> MapParts:
    """Render a folium map without its links to other hosts; same map, same bytes.

    The map must not be rendered again afterwards: folium adds to it while rendering.
    """
    root: Any = built.get_root()
    root.render()
    order = {element._id: f"{place:x}" for place, element in enumerate(_walk(root))}  # noqa: SLF001 - no public way

    def renamed(text: str) -> str:
        # folium names things at random; a plan's bytes must depend on the plan alone.
        return re.sub(r"_([0-9a-f]{32})\b", lambda m: "_" + order.get(m[1], m[1]), text)

    names = {"map": renamed(built.get_name())}
    return MapParts(renamed(root.html.render()), renamed(root.script.render()), names)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for part in ("header", "html", "script"):
        if hasattr(element, part) and hasattr(getattr(element, part), "_children"):
            yield from _walk(getattr(element, part))
    for child in element._children.values():  # noqa: SLF001 - no public way
        yield from _walk(child)
