"""Words by who travels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.layers.workspace import Workspace
from planner.network.profiles import PROFILES
from planner.plan.directions.speech import SPEECH
from planner.plan.make import make_plan
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path


def test_every_profile_has_words() -> None:
    assert set(SPEECH) == set(PROFILES)


@pytest.mark.parametrize("profile", ["foot", "wheelchair"])
def test_nobody_on_foot_is_told_of_driving(bundled: Path, profile: str) -> None:
    workspace = Workspace.open(bundled)
    document = make_plan(
        workspace, ask(FACILITY, ARRIVE, workspace.timezone, profile=profile)
    ).document

    said = [document["headline"], *document["notices"], *document["warnings"]]
    for origin in document["origins"]:
        said += [origin["reason"] or "", *origin["unmet"]]
        for route in origin["routes"]:
            said += [*route["notices"], *(step["text"] for step in route["steps"])]
    wrong = [
        text for text in said for word in ("driv", "gateway", "U-turn", "vehicle") if word in text
    ]
    assert wrong == []
    assert document["verification"]["passed"]
    assert document["staging"] == []
