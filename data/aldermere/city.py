"""One call from a seed to the whole city."""

from __future__ import annotations

from dataclasses import dataclass

from aldermere.layout import lay_out
from aldermere.roads import Roads, pave
from aldermere.rules import Ban, regulate
from aldermere.sites import Built, build

SEED = 20270302


@dataclass(slots=True)
class City:
    """Roads, what stands beside them, and the turn restrictions."""

    roads: Roads
    built: Built
    bans: list[Ban]


def make(seed: int = SEED) -> City:
    """Return the city of a seed."""
    roads = pave(lay_out(seed), seed)
    built = build(roads, seed)
    return City(roads, built, regulate(roads, seed))
