"""The one way a string of a user gets into a page."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# folium compiles what its macros print as a template again, and puts tooltips into
# JavaScript template literals: braces, backticks, backslashes and dollars must not reach it.
_SPECIAL = str.maketrans({"{": "&#123;", "}": "&#125;", "`": "&#96;", "\\": "&#92;", "$": "&#36;"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def escape(text: object) -> str:
    """Return text that HTML, Jinja and a JavaScript template literal all show literally.

    >>> escape("{{7*7}}<b>")
    '&#123;&#123;7*7&#125;&#125;&lt;b&gt;'
    """
    clean = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return html.escape(clean, quote=True).translate(_SPECIAL)


def isolate(text: object) -> str:
    """Return escaped text whose writing direction cannot leak into its surroundings."""
    return f"<bdi>{escape(text)}</bdi>"


def isolate_plain(text: object) -> str:
    """Return text for a place without markup, its writing direction kept to itself."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def sentence(text: str, names: Iterable[str]) -> str:
    """Return an escaped sentence in which each of the names is isolated.

    >>> sentence("North gate via 3rd", ["North gate"])
    '<bdi>North gate</bdi> via 3rd'
    """
    known = sorted({name for name in names if name}, key=len, reverse=True)
    if not known:
        return escape(text)
    parts = re.split("(" + "|".join(re.escape(name) for name in known) + ")", text)
    return "".join(isolate(p) if n % 2 else escape(p) for n, p in enumerate(parts))


def island(name: str, data: object) -> str:
    """Return data as a JSON script element that no content can end early."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    body = body.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" id="{escape(name)}">{body}</script>'
