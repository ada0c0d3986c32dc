"""What makes a good place to wait: the table of criteria."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.staging import harm_measures, measures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from planner.staging.scene import Measured, Scene

MOST_WEIGHT = 10.0
"""Greatest weight that can be asked for; weights count against each other."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a site is judged by: one row of the table, one function that measures it.

    Attributes
    ----------
    name
        As typed in ``--site-weight NAME=N``.
    label
        As people read it.
    unit
        Of the measure.
    full, none
        Measure from which on a site gets 100 points, and up to which it gets none; which of the
        two is greater tells what is better.
    weight
        How much its points count in the score where nobody asks for another weight.
    limit
        A site whose measure is worse falls out; None: it is weighed only.
    lacking
        What is told of sites that fall out by it.
    measure
        Measures every candidate at once; None: looked for when the rest is known, best first.
    source
        Where its numbers come from.
    fixed
        Whether nobody can switch it off.
    """

    name: str
    label: str
    unit: str
    full: float
    none: float
    weight: float
    source: str
    measure: Callable[[Scene], Measured] | None
    limit: float | None = None
    lacking: str = ""
    fixed: bool = False

    @property
    def better(self) -> str:
        """Which measures are better: "low" or "high"."""
        return "low" if self.full < self.none else "high"

    @property
    def hard(self) -> bool:
        """Whether a site can fall out by it."""
        return self.limit is not None

    def points(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0 to 100 for each measure, nan where it is not known."""
        share = (np.asarray(values, float) - self.none) / (self.full - self.none)
        return 100.0 * np.clip(share, 0.0, 1.0)

    def fails(self, values: NDArray[np.float64], limit: float | None = None) -> NDArray[np.bool_]:
        """Return whether each measure is worse than the limit; one that is not known is not."""
        limit = self.limit if limit is None else limit
        values = np.asarray(values, float)
        if limit is None:
            return np.zeros(values.shape, bool)
        worse: NDArray[np.bool_] = values > limit if self.better == "low" else values < limit
        return worse


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "risk", "free of risk in its whole window", "risk", 0.0, 1.0, 0.0,
        "model.md: any reported risk or closure on the ground or at the door counts",
        measures.risk, limit=0.0, fixed=True,
        lacking="risk or a closure at the site in the window",
    ),
    Criterion(
        "way_clear", "a clear way to a gate", "ways", 1.0, 0.0, 0.0,
        "model.md: clear is below clear_below", measures.way_clear, limit=1.0, fixed=True,
        lacking="no clear way from the site to a gate",
    ),
    Criterion(
        "leave", "this vehicle may use it in its whole window", "of 1", 1.0, 0.0, 0.0,
        "data-in.md: access, height, hours, longest stay; what cannot be read bars", measures.leave, limit=1.0,
        fixed=True, lacking="access, height, hours or longest stay bar this vehicle",
    ),
    Criterion(
        "clear_share", "clear in the variations", "share", 1.0, 0.5, 2.0,
        "limit: the share asked for; points: assumption", measures.clear_share,
        limit=0.9, lacking="too seldom clear in the variations",
    ),
    Criterion(
        "room", "room, and room to grow", "of those asked", 2.0, 1.0, 2.0,
        "assumption: twice the room leaves a lane free", measures.room, limit=1.0,
        lacking="no room for the vehicles asked for",
    ),
    Criterion(
        "exits", "separate ways in and out", "m shared", 0.0, 150.0, 3.0,
        "decision 11: a block at the door may be shared", None, limit=150.0,
        lacking="no two separate ways out to two gateways",
    ),
    Criterion(
        "gate_minutes", "minutes to the nearest gate", "min", 1.0, 15.0, 4.0,
        "assumption: about five minutes, here 71 points, are good; each one nearer is better",
        measures.gate_minutes,
    ),
    Criterion(
        "all_gates", "minutes to the furthest gate", "min", 4.0, 18.0, 1.0,
        "assumption: three minutes more than to the nearest", measures.all_gates,
    ),
    Criterion(
        "haven", "minutes to a haven", "min", 3.0, 12.0, 1.0,
        "assumption; straight there, by a free road", measures.haven,
    ),
    Criterion(
        "lit", "lit at night", "share", 1.0, 0.0, 1.0, "OpenStreetMap lit=*; weight: assumption",
        measures.lit,
    ),
    Criterion(
        "surface", "firm ground", "share", 1.0, 0.0, 1.0,
        "OpenStreetMap surface=*; points: assumption", measures.surface,
    ),
    Criterion(
        "sight", "out of sight of crowds", "m", 250.0, 50.0, 2.0,
        "assumption: lettering is read to 250 m; behind buildings counts as out of sight",
        harm_measures.sight,
    ),
    Criterion(
        "crowd_ways", "off the ways by which a crowd leaves", "m to spare", 0.0, -20.0, 0.0,
        "assumption: all streets within 100 m, then the shortest walks to 6 stops near by",
        harm_measures.crowd_ways, limit=0.0, fixed=True,
        lacking="on a way by which a crowd leaves",
    ),
    Criterion(
        "march_ahead", "off the way of a march", "m to spare", 0.0, -20.0, 0.0,
        "the march as reported, from the window's start to its end", harm_measures.march_ahead,
        limit=0.0, fixed=True, lacking="on the way of a march",
    ),
    Criterion(
        "emergency_way", "off ways kept for emergency vehicles", "m to spare", 0.0, -5.0, 0.0,
        "OpenStreetMap; 5 m: assumption", harm_measures.emergency_way, limit=0.0, fixed=True,
        lacking="on or before a way kept for emergency vehicles",
    ),
    Criterion(
        "hospital", "clear of hospitals and their ways in", "m to spare", 0.0, -30.0, 0.0,
        "OpenStreetMap; 30 m, at an emergency ward 50 m: assumption", harm_measures.hospital,
        limit=0.0, fixed=True, lacking="in front of a hospital",
    ),
    Criterion(
        "school", "clear of schools in their hours", "m to spare", 0.0, -50.0, 0.0,
        "OpenStreetMap; 50 m on weekdays from 7 to 17: assumption", harm_measures.school,
        limit=0.0, fixed=True, lacking="in front of a school",
    ),
    Criterion(
        "rescue", "clear of fire and ambulance stations", "m to spare", 0.0, -30.0, 0.0,
        "OpenStreetMap; 30 m: assumption", harm_measures.rescue, limit=0.0, fixed=True,
        lacking="in front of a fire or ambulance station",
    ),
    Criterion(
        "transit_ground", "clear of bus stations and taxi stands", "m to spare", 0.0, -10.0, 0.0,
        "OpenStreetMap; 10 m: assumption", harm_measures.transit_ground, limit=0.0, fixed=True,
        lacking="at a bus station or taxi stand",
    ),
    Criterion(
        "public_parking", "car parks near by that stay open to the public", "share", 0.75, 0.0, 1.0,
        "assumption: those within 300 m; a quarter may be taken", harm_measures.public_parking,
    ),
)  # fmt: skip
"""In the order in which a site is told why it falls out."""

BY_NAME: Mapping[str, Criterion] = {row.name: row for row in CRITERIA}

EXITS = next(i for i, row in enumerate(CRITERIA) if row.measure is None)
"""Row of the one criterion that costs a search a site."""

LEAVE = next(i for i, row in enumerate(CRITERIA) if row.name == "leave")
"""Row of the one criterion whose words tell who may not use a site, and why."""
