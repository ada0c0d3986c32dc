"""A day hour by gate: what coming in, what leaving is like at each."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan.day.table import gate_quality, gate_state

if TYPE_CHECKING:
    from planner.plan.day.told import Reported, Told

LEVELS = ("clear", "slow", "exposed", "not clear", "no way", "shut")
"""From best to worst; slow and exposed ways are clear, as the best times measure it."""

NO_MINUTES = ("no way", "shut")
"""Levels of hours at some time of which nobody comes or leaves: no minutes are told of them."""

LEVEL_OF = {"not clear": 3, "in part": 3, "no way": 4, "shut": 5}


def heat(into: tuple[Reported, Told], out: tuple[Reported, Told]) -> dict[str, Any]:
    """Return the day by hour, gate, direction: each cell is the worst of its hour's times."""
    about, told = into
    seconds = [*(slot.arrive for slot in about.sheet.slots), _end_of(about, told)]
    hours = [list(run) for _, run in groupby(range(len(told.edges) - 1),
                                             key=lambda s: told.edges[s][:13] + told.edges[s][19:])]  # fmt: skip
    return {
        "hours": [told.edges[slots[0]] for slots in hours],
        "rows": [
            {
                "gate": row.id, "gate_name": row.name, "direction": direction,
                "cells": _cells(side, g, hours, _open_all(about, g, hours, seconds)),
            }
            for g, row in enumerate(about.gates.itertuples())
            for direction, side in (("arrive", into), ("leave", out))
        ],
    }  # fmt: skip


def _end_of(about: Reported, told: Told) -> int:
    return about.risk.field.seconds(datetime.fromisoformat(told.edges[-1]))


def _open_all(about: Reported, gate: int, hours: list[list[int]], seconds: list[int]) -> list[bool]:
    """Return by hour whether a gate is open throughout it, whatever the times asked about."""
    spans = about.doors[gate].hours
    return [
        any(a <= seconds[slots[0]] and seconds[slots[-1] + 1] <= b for a, b in spans)
        for slots in hours
    ]


def _cells(
    side: tuple[Reported, Told], gate: int, hours: list[list[int]], is_open: list[bool]
) -> list[dict[str, Any]]:
    about, told = side
    found = gate_quality(told, gate)
    minutes = told.minutes[gate]
    ever = np.isfinite(minutes).any(axis=1)
    levels = []
    for s in range(minutes.shape[1]):
        state = gate_state(about, told, gate, s, ever)
        level = LEVEL_OF.get(state)
        if level is None:
            level = 2 if not found.calm[s] else 1 if not found.quick[s] else 0
        levels.append(level)
    cells = []
    for slots, whole in zip(hours, is_open, strict=True):
        own = minutes[:, slots]
        there = np.isfinite(own)
        exposed = told.exposure[gate][:, slots][there]
        worst = LEVELS[max(levels[s] for s in slots)] if whole else "shut"
        has = there.any() and worst not in NO_MINUTES
        cells.append({
            "minutes": round(float(own[there].mean()), 1) if has else None,
            "exposure_min": round(float(exposed.max()), 2) if has else None,
            "level": worst,
        })  # fmt: skip
    return cells
