"""Text for Streamlit's Markdown."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: object) -> str:
    r"""Return text that Streamlit's Markdown shows as it is.

    >>> literal("$x$ :red[a]")
    '\\$x\\$ \\:red\\[a\\]'
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))
