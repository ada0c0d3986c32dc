"""The documentation page of the profiles, written from their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.network.country import LIMITS
from planner.network.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.network.profiles import Profile

_INTRO = """# Profiles

Written from `planner/network/profiles.py` by `planner.network.profiles_page`; do not edit by hand.

A profile says who travels. Sources: EU, Council Directives 96/53/EC (sizes) and 92/6/EEC (speed
limiters); OSRM, R5 and Valhalla, the public profiles of these routers; D8, Weidmann 1993. A number
without one of these is an *assumption*; `profiles.py` says which beside each.
"""

_RULES = """## Rules of the road

- **Access.** Of the access keys the last one tagged decides; `:forward` and `:backward` bind one
  direction. `destination`, `customers`, `delivery` and `private`, `permit` let a route end there,
  never pass. A way restricted at some hours only is taken as restricted all day: one may always
  end there, and no route passes where it would be barred an hour later.
- **Hours.** `no @ (hours)` shuts a way, `yes @ (hours)` opens it, by the local clock; sizes in a
  condition are compared with the profile, words such as `bus` name it or another. What cannot be
  read or known, as `wet` or `permit_holder`, is taken at its strictest: what forbids holds at all
  times, what frees at none. So for turn restrictions, gates and limits of size; each is counted.
  School holidays are not known; the sun rises at 07:00 and sets at 19:00.
- **Footways** and the like let a vehicle in only where a key of its own says so, not `private`.
  **Tracks** and **ferries** need any access tag. Nobody walks on a motorway or trunk road, or on a
  cycleway, unless `foot` or a pavement is tagged.
- **Fords** are passed on foot; others need a tag of their own: the water may stand high that day.
- **Reversible** ways are open in the direction told for the hour, otherwise in neither.
- **Barriers.** Gates are passed unless locked, private or outside their opening hours. An access
  tag for all opens no bollard.
- **Speed** is what is posted, else what `maxspeed:type`, `source:maxspeed`, `zone:maxspeed` or
  `zone:traffic` imply, else that of the class; never above the cap of the class, nor what surface,
  smoothness, tracktype, a ford or a narrow road allow. Default limits are known for {countries}.
  A ferry takes the `duration` tagged, where all of it is drawn; its timetable is not known.
- **Sizes.** A posted limit below the size of the profile shuts the way, with `:conditional` at the
  hours told. A limit that names the profile (`maxweight:bus`) stands in for the one for all.
"""

_ROWS: Mapping[str, Callable[[Profile], str]] = {
    "access keys": lambda p: _code(p.access_keys),
    "one-way keys": lambda p: _code(p.oneway_keys),
    "freed by `except=`": lambda p: _code(sorted(p.exempt)),
    "needs an access tag": lambda p: _code(sorted(p.needs_leave)),
    "needs a tag of its own": lambda p: _code(sorted(p.needs_own_leave)),
    "never on `service=`": lambda p: _code(sorted(p.shut_services)),
    "height, width, length, m": lambda p: _numbers(p.size[:3]),
    "weight, axle load, t": lambda p: _numbers(p.size[3:]),
    "top speed, km/h": lambda p: f"{p.top_kmh:g}",
    "share of the limit kept up": lambda p: f"{p.speed_factor:g}",
    "gates": lambda p: ", ".join(p.gate_kinds),
    "turns round": lambda p: "at any dead end" if p.turns_round else "at turning circles",
}


def profiles_page() -> str:
    """Return the page in Markdown."""
    parts = [_INTRO, _table(_ROWS)]
    parts.append("## Seconds at a junction\n")
    costs = next(iter(PROFILES.values())).turn_costs
    parts.append(_table({name: _cost(name) for name in costs._fields}))
    parts.append(
        "## Speed by class, km/h\n\nWithout a limit; with one at most the second number.\n"
    )
    classes = {name: None for p in PROFILES.values() for name in p.speeds}
    parts.append(_table({f"`{name}`": _speed(name) for name in classes}))
    parts.append(_RULES.format(countries=", ".join(sorted(LIMITS))))
    return "\n".join(parts)


def _table(rows: Mapping[str, Callable[[Profile], str]]) -> str:
    titles = " | ".join(profile.title for profile in PROFILES.values())
    lines = [f"| | {titles} |", "|---" * (len(PROFILES) + 1) + "|"]
    lines += [
        f"| {title} | {' | '.join(cell(profile) for profile in PROFILES.values())} |"
        for title, cell in rows.items()
    ]
    return "\n".join(lines) + "\n"


def _cost(name: str) -> Callable[[Profile], str]:
    return lambda profile: f"{getattr(profile.turn_costs, name):g}"


def _speed(name: str) -> Callable[[Profile], str]:
    def cell(profile: Profile) -> str:
        if name not in profile.speeds:
            return "–"
        speed = profile.speeds[name]
        return f"{speed.default:.3g}" + (f", {speed.cap:g}" if speed.cap > speed.default else "")

    return cell


def _code(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "–"


def _numbers(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" if number else "–" for number in numbers)
