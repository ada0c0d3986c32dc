"""Who travels: one table of profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class TurnCosts(NamedTuple):
    """Seconds of movements at junctions; all are assumptions."""

    straight: float = 0.5
    slight: float = 1.0
    near: float = 2.5
    far: float = 5.0
    sharp: float = 2.0
    u_turn: float = 20.0
    signal: float = 8.0
    stop: float = 4.0
    give_way: float = 2.0
    onto_larger: float = 3.0
    across_larger: float = 4.0
    roundabout: float = 2.0
    gate: float = 10.0


@dataclass(frozen=True)
class Profile:
    name: str
    exempt: tuple[str, ...]
    restriction_keys: tuple[str, ...]
    on_foot: bool
    turn_costs: TurnCosts
    turns_round: bool = True


CAR = Profile("car", ("motorcar", "motor_vehicle", "vehicle"), ("restriction", "restriction:vehicle", "restriction:motor_vehicle",
                      "restriction:motorcar"), False, TurnCosts())
PROFILES = {"car": CAR}
