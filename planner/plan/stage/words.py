"""The sentences of a choice of sites."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan.words import clock, minutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from planner.plan.stage.choice import Chosen
    from planner.plan.stage.ground import Laid
    from planner.staging.choice_help import Help

Record = dict[str, Any]

MINUTE_S = 60


def counted(number: int, what: str, many: str = "") -> str:
    """Return a number with its noun, of which ``many`` is the plural where that takes no s.

    >>> counted(1, "site"), counted(2, "site"), counted(2, "facility", "facilities")
    ('1 site', '2 sites', '2 facilities')
    """
    return f"{number} {what if number == 1 else many or what + 's'}"


def listed(names: Sequence[str]) -> str:
    """Return names as one reads them aloud.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])


def exact(seconds: float) -> str:
    """Return minutes with their seconds, where whole minutes would be just missed or just kept.

    >>> exact(367.0), exact(300.0), exact(40.2)
    ('6 min 7 s', '5 min', '41 s')
    """
    whole, rest = divmod(math.ceil(seconds), MINUTE_S)
    return " ".join([f"{whole} min"] * bool(whole) + [f"{rest} s"] * bool(rest or not whole))


def headline(document: Record) -> str:
    """Return the first line: which sites, how near; or who finds no place, what helps."""
    where = listed([f"{site['name']} ({site['vehicles']})" for site in document["sites"]])
    figures, asked = document["figures"], counted(document["sites_asked"], "site")
    short = [
        f"{one['name']} ({one['vehicles'] - one['placed']})"
        for one in document["facilities"] if one["reason"]
    ]  # fmt: skip
    helped = [one["text"] for one in document["help"]]
    would = f" {helped[0][0].upper()}{helped[0][1:]} would be enough." if helped else ""
    if figures is None:
        many = sum(one["vehicles"] for one in document["facilities"])
        text = f"No choice of {asked} holds all {counted(many, 'vehicle')}"
        if document["objective"] == "coverage":
            text = f"No vehicle can wait within {document['minutes']} min at {asked}"
        why = [one["reason"] for one in document["facilities"] if one["reason"]]
        said = f": {why[0]}" if len(why) == 1 else ""
        return f"{text}; no place for {listed(short)}{said}.{would}"
    at = clock(document["arrive_by"])
    if document["objective"] == "coverage":
        text = (
            f"{figures['placed']} of {counted(figures['vehicles'], 'vehicle')} wait within "
            f"{document['minutes']} min of their gate at {at}: {where}"
        )
        return f"{text}; not {listed(short)}.{would}" if short else f"{text}."
    furthest = exact(figures["worst_s"])
    if document["objective"] == "p-center":
        return f"No vehicle waits more than {furthest} from its gate at {at}: {where}."
    return (
        f"{counted(figures['vehicles'], 'vehicle')} wait {exact(figures['mean_s'])} from their "
        f"gate at {at} on average, {furthest} at most: {where}."
    )


def site_words(site: Record) -> str:
    """Return who waits at a site, how far, how much room is left."""
    if not site["serves"]:
        return "open because it was asked for; nobody waits here"
    served = [
        f"{one['vehicles']} for {one['facility_name']}, {minutes(one['time_s'] + one['wait_s'])} to "
        f"{one['entrance_name']}"
        for one in site["serves"]
    ]
    left = f"room for {counted(site['spare'], 'vehicle')} more" if site["spare"] else "then full"
    return f"{'; '.join(served)}; {left}"


class _Lacks(NamedTuple):
    """A facility whose vehicles do not all find a place."""

    laid: Laid
    chosen: Chosen
    f: int

    @property
    def seconds(self) -> NDArray[np.float64]:
        """float64[s]; drives from the sites that are not forbidden."""
        free = np.full(len(self.chosen.ask.room), 0.0)
        free[list(self.chosen.ask.forbidden)] = np.inf
        found: NDArray[np.float64] = self.chosen.ask.seconds[self.f] + free
        return found


def facility_reason(laid: Laid, chosen: Chosen, f: int) -> str | None:
    """Return why not all vehicles of a facility find a place, None where they do."""
    if not chosen.left[f]:
        return None
    return next(said for rule in _REASONS for said in rule(_Lacks(laid, chosen, f)))


def _no_gate(one: _Lacks) -> Iterator[str]:
    gates, problem = one.laid.gates[one.f], one.laid.problem
    if not gates:
        yield "it has no gate for these vehicles"
    elif all(problem.gate_nodes[g] < 0 for g in gates):
        yield "none of its gates is near a street that can be reached"
    elif not len(problem.gates(gates).node):
        frame = one.laid.prepared.ground.gates.iloc[list(gates)]
        hours = ", ".join(f"{row.name} {row.opens}-{row.closes}" for row in frame.itertuples())
        yield f"none of its gates is open then ({hours})"


def _stuck(one: _Lacks) -> Iterator[str]:
    if one.chosen.stuck:
        told = [f"{one.laid.sites['name'].iloc[s]} ({one.laid.out[s]})" for s in one.chosen.stuck]
        yield f"a site to be opened in any case cannot be used: {listed(told)}"


def _no_site(one: _Lacks) -> Iterator[str]:
    usable = one.laid.usable
    if not usable.any():
        yield f"none of the {counted(len(usable), 'site')} near can be used"
    elif not np.isfinite(one.chosen.ask.seconds[one.f]).any():
        yield f"no clear way leads to it from any of the {int(usable.sum())} usable sites"


def _too_far(one: _Lacks) -> Iterator[str]:
    limit, nearest = one.chosen.ask.limit_s, float(one.seconds.min(initial=np.inf))
    if not np.isfinite(nearest):
        yield "a clear way leads to it only from sites that are forbidden"
    elif nearest > limit:
        yield f"no site is within {int(limit) // MINUTE_S} min; the nearest needs {exact(nearest)}"


def _too_small(one: _Lacks) -> Iterator[str]:
    ask, demand = one.chosen.ask, int(one.chosen.ask.demand[one.f])
    near = np.isfinite(one.seconds) & (one.seconds <= ask.limit_s)
    largest = int(ask.room[near].max(initial=0))
    if not ask.split and largest < demand:
        within = " near enough" if np.isfinite(ask.limit_s) else ""
        rows = np.flatnonzero(near & (ask.room == largest))
        guess = ", a size that is assumed" * all(_is_guess(one.laid, int(s)) for s in rows)
        name = one.laid.sites["name"].iloc[rows[0]] if len(rows) else ""
        yield (
            f"no site{within} has room for {demand} vehicles; the largest, {name}, has {largest}{guess}"
            f"{_together(ask.room[near])}"
        )


def _together(room: NDArray[np.int64]) -> str:
    """Return what several sites hold between them, "" of a single one."""
    held = room[room > 0]
    which = "both" if len(held) == 2 else f"all {len(held)}"
    return f"; {which} together have {int(held.sum())}" if len(held) > 1 else ""


def _too_few(one: _Lacks) -> Iterator[str]:
    ask, demand = one.chosen.ask, int(one.chosen.ask.demand[one.f])
    near = np.isfinite(one.seconds) & (one.seconds <= ask.limit_s)
    if ask.split and int(ask.room[near].sum()) < demand:
        largest = int(ask.room[near].max(initial=0))
        yield (
            f"the sites that can be used have not the room for {demand} vehicles; the largest has "
            f"{largest}{_together(ask.room[near])}"
        )


def _taken(one: _Lacks) -> Iterator[str]:
    yield f"{counted(one.chosen.ask.most, 'site')} cannot hold them beside the others"


_REASONS: tuple[Callable[[_Lacks], Iterator[str]], ...] = (
    _no_gate, _stuck, _no_site, _too_far, _too_small, _too_few, _taken,
)  # fmt: skip


def help_record(one: Help, laid: Laid, stuck: Sequence[int] = ()) -> Record:
    """Return one thing that would let all vehicles wait, with its words.

    Parameters
    ----------
    one, laid
        The help, what it is about.
    stuck
        Fixed sites that cannot be used: it is of no help while they are fixed.
    """
    names = [str(laid.sites["name"].iloc[s]) for s in stuck] if one.kind != "not_fixed" else []
    also = f" (with {listed(names)} not fixed)" if names else ""
    frame = laid.prepared.ground.layers.facility if one.kind == "fewer_vehicles" else laid.sites
    parts = [
        {"id": str(frame["id"].iloc[row]), "name": str(frame["name"].iloc[row]), "vehicles": many}
        for row, many in one.parts
    ]
    return {
        "kind": one.kind, "amount": one.amount, "sites": one.sites or None, "parts": parts,
        "text": _TEXTS[one.kind](one, parts, laid) + also,
    }  # fmt: skip


def _is_guess(laid: Laid, s: int) -> bool:
    """Tell whether the size of a candidate is assumed, so that it may well have the room."""
    return "assumed" in str(laid.sites["kind"].iloc[s])


def _room(one: Help, parts: list[Record], laid: Laid) -> str:
    named = [
        f"{part['name']} ({part['vehicles']})" if len(parts) > 1 else part["name"]
        for part in parts
    ]  # fmt: skip
    text = f"room for {counted(one.amount, 'vehicle')} more at {listed(named)}"
    guess = any(_is_guess(laid, s) for s, _ in one.parts)
    return text + " (a size is assumed there: measure it, correct it in the layer)" * guess


def _fewer(one: Help, parts: list[Record], _: Laid) -> str:
    text = f"{counted(one.amount, 'vehicle')} fewer"
    if len(parts) > 2:
        return f"{text} at {len(parts)} facilities together"
    named = [f"{p['name']} ({p['vehicles']})" if len(parts) > 1 else p["name"] for p in parts]
    return f"{text} for {listed(named)}"


_TEXTS: dict[str, Callable[[Help, list[Record], Laid], str]] = {
    "split": lambda *_: "letting the vehicles of one facility wait at several sites",
    "more_sites": lambda one, *_: (
        f"{counted(one.amount, 'site')} more ({one.sites} in all)"
    ),
    "split_and_more_sites": lambda one, *_: (
        f"letting the vehicles of one facility wait apart at {one.sites} sites in all"
    ),
    "not_forbidden": lambda _, parts, __: f"{listed([p['name'] for p in parts])} not forbidden",
    "not_fixed": lambda _, parts, __: f"{listed([p['name'] for p in parts])} not fixed",
    "longer": lambda one, _, laid: (
        f"{-(-one.amount // MINUTE_S)} instead of {laid.asked.minutes} min"
    ),
    "more_sites_and_longer": lambda one, _, laid: (
        f"{one.sites} sites in all within {-(-one.amount // MINUTE_S)} instead of "
        f"{laid.asked.minutes} min"
    ),
    "more_room": _room,
    "more_sites_and_room": lambda one, parts, laid: (
        f"{one.sites} sites in all with {_room(one, parts, laid)}"
    ),
    "fewer_vehicles": _fewer,
}  # fmt: skip


def robust_told(record: Record, laid: Laid) -> list[str]:
    """Return what holds of the choice in variations of the reports, and what would be better."""
    names = dict(zip(laid.sites["id"], laid.sites["name"], strict=True))
    of, holds = record["worlds"], record["holds_in"]
    whole = (
        "as many find a place"
        if laid.asked.objective == "coverage"
        else "all vehicles find a place"
    )
    said = [f"{whole} at these sites in {holds} of {of} variations of the reports"
            f"{_at_worst(record['worst'], record, laid)}"]  # fmt: skip
    said += [f"{names[key]} is under risk in {many} of {of}"
             for key, many in record["lost_in"].items() if many]  # fmt: skip
    if record["hopeless"]:
        said.append(
            f"in {record['hopeless']} of {of} no choice of {counted(laid.asked.sites, 'site')} does"
        )
    if not record["in_time"]:
        said.append("which sites are best where the reports are most wrong was not found in time")
    elif record["sites"] is None:
        said.append(f"no choice of {counted(laid.asked.sites, 'site')} holds in all the others")
    elif record["same"]:
        said.append("no other sites are better where the reports are most wrong")
    else:
        where = listed([names[key] for key in record["sites"]])
        said.append(
            f"better where the reports are most wrong: {where}"
            f"{_at_worst(record['sites_worst'], record, laid)}"
        )
    return said


def _at_worst(figure: float | None, record: Record, laid: Laid) -> str:
    """Return what a choice comes to in the worst variation that counts, in words."""
    if figure is None:
        return ""
    mean_s = figure * MINUTE_S / laid.asked.vehicles
    told = {
        "s": f"no vehicle more than {exact(figure)} away",
        "vehicles": f"{counted(round(figure), 'vehicle')} near enough",
        "vehicle-minutes": f"{minutes(mean_s)} away on average",
    }
    return f", at worst {told[record['unit']]}"
