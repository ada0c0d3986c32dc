"""The way from one page to another, by the path in its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

TITLES = {
    "situation": "Situation",
    "routes": "Routes",
    "staging": "Staging",
    "layers": "Layers",
    "briefing": "Briefing",
    "start": "Start",
}
FIRST = "situation"


def page_at(path: str) -> StreamlitPage:
    """Return a page to link to; Streamlit knows it by its path, whoever draws it."""
    return st.Page(_drawn_by_main, title=TITLES[path], url_path=path, default=path == FIRST)


def turn_to(path: str) -> None:
    """Leave this page for another."""
    st.switch_page(page_at(path))


def _drawn_by_main() -> None:
    """Stand in for a page; never called."""
