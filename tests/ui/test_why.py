"""Why, and the message to staff, on the pages of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.plan.staff import text_of
from planner.plan.why.words import first_choice
from planner.scenario import ARRIVE, FACILITY
from tests.ui.conftest import settle, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    Start = Callable[..., AppTest]


def test_why_stands_in_one_line_and_messages_can_be_copied(open_app: Start, bundled: Path) -> None:
    """The rest of why is folded; a code block is what Streamlit gives a copy button."""
    workspace = Workspace.open(bundled)
    document = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone)).document
    app = settle(open_app(bundled, site=FACILITY, at=ARRIVE))
    told = words(app)
    assert f"Why: {first_choice(document)[0]}" in told
    assert all(text in told for text in document["explanations"])
    app = turn_to(app, "routes")
    told = {text.split(";")[0] for origin in document["origins"]
            for text in [origin["message"]["text"]]}  # fmt: skip
    assert [block.value.split(";")[0] in told for block in app.code] == [True]
    app = turn_to(app, "briefing")
    assert [block.value.split(";")[0] for block in app.code] == [text_of(document).split(";")[0]]
