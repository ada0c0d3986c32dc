"""Whom each candidate site would trouble, by the criteria that nobody can switch off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.staging.criteria import BY_NAME

if TYPE_CHECKING:
    from planner.staging.scene import Scene

DO_NO_HARM = (
    "crowd_ways", "march_ahead", "emergency_way", "hospital", "school", "rescue", "transit_ground",
)  # fmt: skip
"""Criteria that hold wherever vehicles wait, by name, in the order in which they are told."""


def harms(scene: Scene) -> list[str]:
    """Return for each candidate in words whom it would trouble first, "" where nobody.

    Parameters
    ----------
    scene
        The candidates; their ways and minutes do not matter.
    """
    said = [""] * scene.n
    for name in DO_NO_HARM:
        row = BY_NAME[name]
        if row.measure is None:
            continue
        found = row.measure(scene)
        for site in np.flatnonzero(row.fails(found.values, found.limit)).tolist():
            said[site] = said[site] or found.say(site)
    return said
