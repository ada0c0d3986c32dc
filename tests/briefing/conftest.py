"""The toy plan as fixtures; it is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.briefing.page import render_briefing
from tests.briefing.toy import ToyPlan, toy_background, toy_plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def plan() -> ToyPlan:
    """A feasible plan from two sides."""
    return toy_plan()


@pytest.fixture(scope="session")
def page(plan: ToyPlan) -> str:
    """Its briefing."""
    return render_briefing(plan, toy_background())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A file to write to."""
    return tmp_path / "brief.html"
