"""What one reader has chosen: kept for every page, mirrored in the URL."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.plan.wishes.asked import Wishes
from planner.staging.site_wishes import SiteWishes
from planner.ui.question import Shared, from_url, to_url
from planner.ui.shelf import shelf, started_with

if TYPE_CHECKING:
    from collections.abc import Hashable

    from planner.ui.trials import Trials

_ASKED, _WRITTEN, BESIDE = "asked", "written", "in_url"
OPENED = "opened_url"
"""Where what the reader's last own URL said is kept, until the question is changed."""
MAKING = "making"
"""Query parameter of a workspace that is being made, so that a reload finds it again."""


def shared() -> Shared:
    """Return the question as it stands, taking over what the URL says anew.

    A URL is taken when the reader typed or opened it, or went back in the browser; the app's own
    links carry none, and leave the question as it is.
    """
    asked: Shared = st.session_state.get(_ASKED) or Shared(workspace=started_with())
    said = st.query_params.to_dict()
    if _ASKED not in st.session_state and MAKING in said:
        st.session_state[BESIDE] = {MAKING: said[MAKING]}
    if said and said != st.session_state.get(_WRITTEN):
        asked = from_url(said, asked)
        st.session_state[OPENED] = said
    if asked.workspace not in shelf().names():
        asked = replace(asked, workspace=started_with())
    keep(asked)
    return asked


def keep(asked: Shared) -> None:
    """Make a question the reader's own, on this page and in the URL."""
    st.session_state[_ASKED] = asked
    written = to_url(asked) | st.session_state.get(BESIDE, {})
    if st.query_params.to_dict() != written:
        st.query_params.from_dict(written)
    st.session_state[_WRITTEN] = written


def change(**fields: Any) -> None:
    """Change parts of the question; for callbacks, which run before the page is drawn."""
    st.session_state.pop(OPENED, None)
    st.session_state[_ASKED] = replace(st.session_state[_ASKED], **fields)
    st.session_state[_WRITTEN] = st.query_params.to_dict()


def turn_to_workspace(name: str, **asks: Any) -> None:
    """Ask about another workspace: of what was asked of the former only who travels stays."""
    elsewhere = {"facility": "", "arrive": "", "wishes": Wishes(), "sites": SiteWishes()}
    change(**elsewhere | asks | {"workspace": name})


def reader() -> str:
    """Return what tells this reader from others, for as long as the page is open."""
    return str(st.session_state.setdefault("reader", secrets.token_hex(8)))


def give_up(work: Trials[Any, Any], name: str, wanted: Hashable | None) -> None:
    """Give up the work that this reader has kept under a name, unless it is what is wanted now."""
    before = st.session_state.get(name)
    if before not in (None, wanted):
        work.drop(before, reader())
        st.session_state[name] = None


def lasting(name: str, default: Any) -> dict[str, Any]:
    """Return the arguments of a widget whose value outlives a change of page.

    Streamlit forgets a widget's value when its page is left, so it is kept under ``name`` too.
    """
    st.session_state[f"w_{name}"] = st.session_state.get(name, default)
    return {"key": f"w_{name}", "on_change": _remember, "args": (name,)}


def _remember(name: str) -> None:
    st.session_state[name] = st.session_state[f"w_{name}"]
