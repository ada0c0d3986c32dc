"""The app: one question, five pages, one way to start."""

from __future__ import annotations

import streamlit as st

from planner.briefing.drawing import asset
from planner.errors import PlannerError
from planner.ui import answers, briefing, layers, routes, situation, staging, start, sure
from planner.ui.own_files import own_file
from planner.ui.pages import FIRST, TITLES
from planner.ui.words import literal

DRAWN_BY = {
    "situation": situation.page,
    "routes": routes.page,
    "staging": staging.page,
    "layers": layers.page,
    "briefing": briefing.page,
    "start": start.page,
}


def main() -> None:
    """Draw the page that is asked for."""
    st.set_page_config(page_title="Ways in", page_icon="🧭", layout="wide")
    st.html(f"<style>{style()}</style>")
    chosen = st.navigation(
        [
            st.Page(DRAWN_BY[path], title=title, url_path=path, default=path == FIRST)
            for path, title in TITLES.items()
        ],
        position="top",
    )
    st.session_state["unfinished"] = st.session_state[sure.UNSURE] = None
    try:
        chosen.run()
        # Last on the page, so that the first choices are drawn before the work on the rest begins.
        if st.session_state["unfinished"] is not None:
            answers.finish(st.session_state["unfinished"])
        else:
            sure.begin()
    except PlannerError as error:
        st.error(literal(error))


def style() -> str:
    """Return the app's style sheet; its tables look as those of the briefing do."""
    own = own_file("app.css")
    return f".tables{{{asset('tables.css')}}}\n{own}"


if __name__ == "__main__":
    main()
