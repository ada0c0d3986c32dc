"""Rules on a choice of sites for several facilities: room, demand, minutes, figures added again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from planner.verify.allowed import is_own, is_private
from planner.verify.document import NotNegative, Record, Seconds, Site, Time
from planner.verify.sites import disturbances
from planner.verify.table import DOCUMENT, Failure, Verification, judged, verify

if TYPE_CHECKING:
    from planner.verify.facts import Facts

ROUNDING_MIN = 0.06
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as the caller knows it.

    Attributes
    ----------
    vehicles
        By facility.
    most
        Sites at most.
    objective, minutes
        What is best; under ``coverage`` a vehicle counts within so many minutes.
    fixed, forbidden
        Ids of sites.
    split
        Whether vehicles of one facility may wait at several sites.
    """

    vehicles: Mapping[str, int]
    most: int
    objective: str
    minutes: int
    fixed: frozenset[str]
    forbidden: frozenset[str]
    split: bool


class Drive(Record):
    """Vehicles of one facility at a site, and their drive to a gate."""

    facility: str
    vehicles: int = Field(ge=1)
    depart: Time
    arrive: Time

    @property
    def seconds(self) -> int:
        """How long it takes, waits included."""
        return round((self.arrive - self.depart).total_seconds())


class Opened(Site):
    """A site that is opened."""

    vehicles: int = Field(ge=0)
    spare: int
    serves: list[Drive]


class Figures(Record):
    """What the choice takes."""

    vehicles: int
    placed: int
    vehicle_min: NotNegative
    mean_s: Seconds
    worst_s: Seconds


class Facility(Record):
    """A facility whose vehicles wait somewhere."""

    id: str
    vehicles: int
    placed: int
    worst_s: Seconds | None
    reason: str | None


class OutSite(Record):
    """A site that cannot be used."""

    id: str


class Robust(Record):
    """The sites whose worst variation is best; who waits where, where they are no chosen ones."""

    sites: list[str] | None
    same: bool = True
    placed: Any = None


class Chosen(Record):
    """The document as far as it is checked here."""

    feasible: bool
    arrive_by: Any
    profile: Any
    facilities: list[Facility] = Field(min_length=1)
    sites: list[Opened]
    figures: Figures | None
    sites_out: list[OutSite] = Field(default_factory=list)
    robust: Robust | None = None


@dataclass(frozen=True, eq=False)
class ChoiceCase:
    """A choice, what was asked, what is known."""

    chosen: Chosen
    asked: Asked
    facts: Facts

    @property
    def drives(self) -> list[tuple[Opened, Drive]]:
        """Every drive with the site it begins at."""
        return [(site, drive) for site in self.chosen.sites for drive in site.serves]


Found = Iterator[tuple[str, str]]
WHOLE = "choice"


def sites_asked(case: ChoiceCase) -> Found:
    """Demand no more sites than asked for, each once, known, those fixed, none forbidden."""
    yield from _as_asked(case, [site.id for site in case.chosen.sites])


def _as_asked(case: ChoiceCase, ids: list[str]) -> Found:
    if len(ids) > case.asked.most:
        yield WHOLE, f"opens {len(ids)} sites, {case.asked.most} were asked for"
    yield from ((one, "is opened twice") for one, many in Counter(ids).items() if many > 1)
    if ids:
        yield from ((one, "was to be opened") for one in sorted(case.asked.fixed - set(ids)))
    yield from ((one, "is forbidden") for one in sorted(case.asked.forbidden & set(ids)))
    yield from ((one, "is not in the layer") for one in ids if one not in case.facts.site_ground)


def robust_placed(case: ChoiceCase) -> Found:
    """Demand that the sites at which vehicles are placed are those told for when reports are wrong."""
    robust = case.chosen.robust
    if robust is not None and robust.sites and not robust.same and isinstance(robust.placed, dict):
        sites = robust.placed.get("sites")
        ids = {str(one.get("id")) for one in sites or [] if isinstance(one, dict)}
        if ids != set(robust.sites):
            yield WHOLE, f"places vehicles at {sorted(ids)}, told are {sorted(robust.sites)}"
    if robust is not None and robust.sites and robust.same:
        own = {site.id for site in case.chosen.sites}
        if own != set(robust.sites):
            yield WHOLE, "calls the sites for when reports are wrong the chosen ones: they are not"


def robust_sites(case: ChoiceCase) -> Found:
    """Demand of the sites told for when reports are wrong: as asked, usable, clear as reported."""
    ids = (case.chosen.robust and case.chosen.robust.sites) or []
    yield from _as_asked(case, ids)
    out = {one.id for one in case.chosen.sites_out}
    for one in ids:
        ground = case.facts.site_ground.get(one)
        if one in out:
            yield one, "is told for when reports are wrong, and told as not usable"
        for disturbed in [] if ground is None else disturbances(case.facts, ground):
            yield one, f"is told for when reports are wrong, and lies {disturbed}"


def room_kept(case: ChoiceCase) -> Found:
    """Demand that no site holds more than it has room for, and that its counts add up."""
    for site in case.chosen.sites:
        held = sum(drive.vehicles for drive in site.serves)
        if held > site.room_for:
            yield site.id, f"holds {held} vehicles, it has room for {site.room_for}"
        if (site.vehicles, site.spare) != (held, site.room_for - held):
            yield site.id, f"says {site.vehicles} vehicles and {site.spare} to spare, it is {held}"


def own_ground(case: ChoiceCase) -> Found:
    """Demand that ground closed to the public serves the facility alone on which it lies."""
    for site, drive in case.drives:
        private = is_private(case.facts, site.id)
        if private and not is_own(case.facts, site.id, drive.facility):
            yield site.id, f"is closed to the public, and not on the ground of {drive.facility}"


def area_known(case: ChoiceCase) -> Found:
    """Demand the area that the layer has."""
    frame = case.facts.staging_sites
    if frame is None:
        return
    area = dict(zip(frame["id"].astype(str), frame["capacity_m2"], strict=True))
    for site in case.chosen.sites:
        if abs(float(area.get(site.id, -1.0)) - site.area_m2) > 1.0:
            yield site.id, f"says {site.area_m2:.0f} m2, the layer has {area.get(site.id)}"


def everyone_placed(case: ChoiceCase) -> Found:
    """Demand each facility's vehicles once: all of them, but under coverage; together if asked."""
    told = {one.id: one for one in case.chosen.facilities}
    placed: dict[str, list[int]] = defaultdict(list)
    for site, drive in case.drives:
        placed[drive.facility].append(drive.vehicles)
        if drive.facility not in case.asked.vehicles:
            yield site.id, f"holds vehicles of {drive.facility!r}, which was not asked about"
    if not case.chosen.feasible and not any(one.reason for one in told.values()):
        yield WHOLE, "is called infeasible without a reason"
    for key, vehicles in case.asked.vehicles.items():
        count, one = sum(placed[key]), told.get(key)
        if one is None or (one.vehicles, one.placed) != (vehicles, count):
            yield key, f"has {count} of {vehicles} vehicles placed, the document says otherwise"
            continue
        if count > vehicles or (
            case.chosen.feasible and case.asked.objective != "coverage" and count < vehicles
        ):
            yield key, f"has {count} of {vehicles} vehicles placed"
        if case.chosen.feasible and count < vehicles and not one.reason:
            yield key, "has vehicles without a place, and no reason"
        if not case.asked.split and (len(placed[key]) > 1 or count not in (0, vehicles)):
            yield key, "has its vehicles apart, they were to wait together"


def minutes_kept(case: ChoiceCase) -> Found:
    """Demand that under coverage every vehicle placed is near enough."""
    if case.asked.objective == "coverage":
        for site, drive in case.drives:
            if drive.seconds > case.asked.minutes * MINUTE_S:
                yield (
                    site.id,
                    f"is {drive.seconds} s from {drive.facility}, {case.asked.minutes} min were asked",
                )


def figures_add_up(case: ChoiceCase) -> Found:
    """Demand the figures that the drives give when they are added again."""
    drives = [drive for _, drive in case.drives]
    for one in case.chosen.facilities:
        worst = max((d.seconds for d in drives if d.facility == one.id), default=None)
        if one.worst_s != worst:
            yield one.id, f"is told {one.worst_s} s away at most, it is {worst}"
    figures = case.chosen.figures
    if not drives or figures is None:
        if case.chosen.feasible or figures is not None:
            yield WHOLE, "is called feasible, and nobody waits anywhere"
        return
    placed = sum(drive.vehicles for drive in drives)
    total = sum(drive.vehicles * drive.seconds for drive in drives)
    true = (sum(case.asked.vehicles.values()), placed, max(drive.seconds for drive in drives))
    if (figures.vehicles, figures.placed, figures.worst_s) != true:
        yield WHOLE, f"has vehicles, placed, worst seconds of {true}, told otherwise"
    if abs(figures.vehicle_min - total / MINUTE_S) > ROUNDING_MIN:
        yield WHOLE, f"takes {total / MINUTE_S:.1f} vehicle-minutes, told {figures.vehicle_min}"
    if abs(figures.mean_s - total / placed) > 1:
        yield WHOLE, f"takes {total / placed:.0f} s a vehicle, told {figures.mean_s}"


CHOICE_RULES: Mapping[str, Callable[[ChoiceCase], Found]] = MappingProxyType({
    "sites_asked": sites_asked,
    "robust_sites": robust_sites,
    "robust_placed": robust_placed,
    "room_kept": room_kept,
    "own_ground": own_ground,
    "area_known": area_known,
    "everyone_placed": everyone_placed,
    "minutes_kept": minutes_kept,
    "figures_add_up": figures_add_up,
})  # fmt: skip


def verify_choice(document: Mapping[str, Any], facts: Facts, asked: Asked) -> Verification:
    """Check a choice of sites: every drive and site by the rules of a plan, then the whole.

    Parameters
    ----------
    document
        As JSON values, lon/lat.
    facts
        As for a plan; ``staging_window`` is when the sites must be free.
    asked
        What was asked for.
    """
    try:
        chosen = Chosen.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        return Verification(False, 0, (Failure(WHOLE, DOCUMENT, f"{where}: {first['msg']}"),))
    checked = 0
    failures: list[Failure] = []
    for plan in _plans(document):
        outcome = verify(plan, facts)
        checked += outcome.checked
        failures += outcome.failures
    case = ChoiceCase(chosen, asked, facts)
    for name, rule in CHOICE_RULES.items():
        failures += judged(WHOLE, name, (Failure(who, name, said) for who, said in rule(case)))
    robust = _robust(document, chosen)
    if robust is not None:
        outcome = verify_choice(robust, facts, asked)
        checked += outcome.checked
        failures += [replace(one, id=f"robust:{one.id}") for one in outcome.failures]
    return Verification(not failures, checked, tuple(failures))


def _robust(document: Mapping[str, Any], chosen: Chosen) -> dict[str, Any] | None:
    """Return the sites for when reports are wrong, with who waits there, as a choice of its own."""
    told = chosen.robust
    if told is None or not told.sites or told.same:
        return None
    placed = told.placed if isinstance(told.placed, dict) else {"sites": None}
    return {**document, **placed, "feasible": True, "robust": None}


def _plans(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the sites, then the drives to each facility, as plans in which the sites are origins."""
    about = {key: document[key] for key in ("arrive_by", "profile")} | {"feasible": True}
    facilities = [one["id"] for one in document["facilities"]]
    yield about | {"facility": facilities[0], "feasible": False, "origins": [],
                   "staging": document["sites"]}  # fmt: skip
    for key in facilities:
        origins = [
            {"id": site["id"], "lon": site["lon"], "lat": site["lat"], "feasible": True,
             "routes": [drive]}
            for site in document["sites"] for drive in site["serves"] if drive["facility"] == key
        ]  # fmt: skip
        if origins:
            yield about | {"facility": key, "origins": origins, "staging": []}
