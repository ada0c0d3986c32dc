"""Worlds: what the reported zones may truly be, drawn within what was stated of them.

A world is one reading of all reports: in it a zone is there, wholly and between two sharp
moments, or it is not there at all. How often it is there is its presence weight of grade,
corroboration included, aged to the moment asked about: that a weight may serve as a share is an
assumption. Closures are certain and stand outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError
from planner.risk.presence import belief_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.risk.parameters import RiskParameters
    from planner.risk.zones import Zone

MAX_WORLDS = 10_000

PLACES = 64
"""Variants of a zone whose place is in doubt: each has a place and a size of its own."""

SIZES = 8
"""Variants of a zone of which only the size is in doubt, and of any march: its street is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What `n` worlds make of one zone, by `k` variants of its place and size.

    Attributes
    ----------
    lot
        float64[n] in [0, 1); the zone is there in a world when this lies below its share.
    start_s, end_s
        int64[n]; when it begins and ends, seconds after the epoch.
    pace
        float64[n]; factor on the speed of a march.
    variant
        int32[n]; the variant a world has.
    shift_m
        float64[k, 2]; metres east and north of where it was drawn.
    size
        float64[k]; people.
    """

    zone: Zone
    lot: NDArray[np.float64]
    start_s: NDArray[np.int64]
    end_s: NDArray[np.int64]
    pace: NDArray[np.float64]
    variant: NDArray[np.int32]
    shift_m: NDArray[np.float64]
    size: NDArray[np.float64]

    def there(self, second: int, parameters: RiskParameters) -> NDArray[np.bool_]:
        """Return in which worlds, bool[n], the zone exists, its report aged to a second."""
        return self.lot < share_at(self.zone, second, parameters)

    def is_there(self, world: int, second: int, parameters: RiskParameters) -> bool:
        """Tell the same of one world."""
        return bool(self.lot[world] < share_at(self.zone, second, parameters))


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """Some worlds, in a fixed order: the first of many are the same as those of few."""

    n: int
    seed: int
    parameters: RiskParameters
    draws: tuple[Draws, ...]


def share_at(zone: Zone, second: int, parameters: RiskParameters) -> float:
    """Return the share of worlds in which a zone exists, its report aged to a second."""
    return belief_at(zone, second, parameters)


def draw_worlds(zones: Sequence[Zone], n: int, seed: int, parameters: RiskParameters) -> Worlds:
    """Return `n` worlds; every zone draws from a stream of its own, named by seed and id.

    Parameters
    ----------
    zones
        As reported, metric.
    n
        1 to 10,000.
    seed
        Whole number >= 0; the same seed draws the same worlds.

    Raises
    ------
    InputError
        The number of worlds or the seed is out of range.
    """
    if not 1 <= n <= MAX_WORLDS:
        raise InputError(f"worlds: {n} were asked for; give 1 to {MAX_WORLDS:,}")
    if seed < 0:
        raise InputError(f"worlds: the seed is {seed}; give 0 or more")
    return Worlds(n, seed, parameters, tuple(_draws(z, n, seed, parameters) for z in zones))


def variants_of(zone: Zone) -> int:
    """Return how many variants of place and size stand for the doubt about a zone."""
    sized = SIZES if zone.size_high > zone.size_low else 1
    if zone.kind == "march":
        return sized
    drawn_area = zone.geometry.geom_type in ("Polygon", "MultiPolygon")
    return PLACES if zone.place_error_m > 0 or drawn_area else sized


def stream(seed: int, zone: str, what: str) -> np.random.Generator:
    """Return the random numbers of one quantity of one zone."""
    name = blake2b(f"{zone}\n{what}".encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(name, "big")])


def _draws(zone: Zone, n: int, seed: int, parameters: RiskParameters) -> Draws:
    def drawn(what: str) -> np.random.Generator:
        return stream(seed, zone.id, what)

    k = variants_of(zone)
    # The window is soft outside what was stated, as presence is: the two agree on average.
    early, late = (np.floor(drawn(w).random(n) * (zone.soft_s + 1)) for w in ("start", "end"))
    slack = parameters.march_speed_error
    strata = (drawn("stratum").permutation(k) + drawn("size").random(k)) / k
    rounds = drawn("variant")
    variant = np.concatenate([rounds.permutation(k) for _ in range(-(-n // k))])[:n]
    return Draws(
        zone,
        lot=drawn("there").random(n),
        start_s=(zone.start_s - early).astype(np.int64),
        end_s=(zone.end_s + late).astype(np.int64),
        pace=1 + slack * (2 * drawn("pace").random(n) - 1),
        variant=variant.astype(np.int32),
        shift_m=zone.place_error_m * drawn("place").standard_normal((k, 2)),
        size=zone.size_low + (zone.size_high - zone.size_low) * strata,
    )
