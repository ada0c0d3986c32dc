"""Which gates a vehicle is too large for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.network.profiles import PROFILES

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMITS: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "max_height_m": ("height_m", "m", "high"),
    "max_width_m": ("width_m", "m", "wide"),
    "max_length_m": ("length_m", "m", "long"),
    "max_weight_t": ("weight_t", "t", "heavy"),
})  # fmt: skip
"""Column of a gate, field of a ``Size``, its unit, how one says it."""

QUARTER_MIN = 15
"""Minutes in which so many vehicles pass."""


def too_large(profile: str, row: Any) -> str | None:
    """Return why a traveller does not pass a gate, None where it fits or no limit is known.

    Parameters
    ----------
    row
        A gate, its limits as attributes; NaN or no attribute where unknown.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> too_large("bus", SimpleNamespace(max_height_m=3.2))
    'too small for this vehicle: takes 3.2 m high, a bus or coach is 3.8 m'
    >>> too_large("car", SimpleNamespace(max_height_m=3.2)) is None
    True
    """
    size, title = PROFILES[profile].size, PROFILES[profile].title.lower()
    said = [
        f"takes {limit:g} {unit} {word}, a {title} is {own:g} {unit}"
        for column, (name, unit, word) in LIMITS.items()
        if 0 < (limit := getattr(row, column, np.nan)) < (own := getattr(size, name))
    ]
    return f"too small for this vehicle: {'; '.join(said)}" if said else None


def fitting(profile: str, gates: pd.DataFrame) -> NDArray[np.bool_]:
    """Return bool[g]; the gates that are not too small for a traveller."""
    return np.array([too_large(profile, row) is None for row in gates.itertuples()], bool)


def capacity(row: Any) -> int | None:
    """Return how many vehicles pass a gate in a quarter of an hour; None where that is not known."""
    told = getattr(row, "vehicles_per_15min", np.nan)
    return None if pd.isna(told) else int(told)


def in_slot(row: Any, minutes: int) -> float | None:
    """Return how many vehicles pass a gate in some minutes; None where that is not known.

    >>> from types import SimpleNamespace
    >>> in_slot(SimpleNamespace(vehicles_per_15min=20), 30), in_slot(SimpleNamespace(), 30)
    (40.0, None)
    """
    told = capacity(row)
    return None if told is None else told * minutes / QUARTER_MIN
