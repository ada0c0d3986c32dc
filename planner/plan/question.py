"""The question a plan answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from planner.errors import InputError
from planner.layers.clock import parse_time
from planner.plan.wishes.asked import Wishes, fault
from planner.risk.parameters import CALMEST, FASTEST, RiskParameters
from planner.risk.worlds import MAX_WORLDS
from planner.staging.site_wishes import SiteWishes

if TYPE_CHECKING:
    from datetime import tzinfo

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails


MOST_SEED = 2**63 - 1

MEANT: Mapping[str, str] = MappingProxyType({
    "worlds": f"give a whole number of variations from 0 (none) to {MAX_WORLDS:,}",
    "seed": "give a whole number from 0 up",
    "sites": "give at most 40 locked and 40 forbidden ids of staging sites, each of 1 to 160 letters",
    "clear_share": "give a share of the variations above 0 and at most 1, such as 0.9",
})  # fmt: skip
"""What may be asked for, where the type alone does not say it."""


BALANCED = "balanced"
TRADES = ("fastest", BALANCED, "calmest")
"""What may be asked of minutes against exposure."""


class Question(BaseModel):
    """Which facility, by when, with what: all that a plan depends on beside the workspace."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    facility: str = Field(description="Id of the facility to reach.")
    arrive: AwareDatetime = Field(description="Time by which to be at a gate.")
    profile: Literal["car", "van", "bus", "foot", "wheelchair"] = Field(
        "car", description="Who travels: the roads are read for them."
    )
    quiet: bool = Field(
        True, description="Spare streets near schools and hospitals, and those where people live."
    )
    trade: Literal["fastest", "balanced", "calmest"] = Field(
        "balanced",
        description="Minutes against exposure: nothing, risk_aversion or an hour for a minute.",
    )
    vehicles: int = Field(10, ge=1, le=1000, description="Vehicles a staging site must hold.")
    staging_before_min: int = Field(
        90, ge=0, le=720, description="Minutes before the arrival a site must stay free of risk."
    )
    staging_after_min: int = Field(
        60, ge=0, le=720, description="Minutes after the arrival a site must stay free of risk."
    )
    worlds: int = Field(
        0, ge=0, le=MAX_WORLDS, description="Simulated variations of the reports; 0: none."
    )
    seed: int = Field(0, ge=0, le=MOST_SEED, description="Number the variations are drawn from.")
    clear_share: float = Field(
        0.9, gt=0, le=1, description="Share of variations in which the robust way must stay clear."
    )
    support_minutes: int = Field(
        10, ge=1, le=60, description="Minutes within which stops for the crew are told."
    )
    wishes: Wishes = Field(
        Wishes(), description="What is asked of the ways in: gate, streets, places."
    )
    sites: SiteWishes = Field(
        SiteWishes(), description="What is asked of the places to wait: weights, sites."
    )
    parameters: RiskParameters = Field(
        default_factory=RiskParameters, description="Numbers of the risk model."
    )

    @property
    def arrive_utc(self) -> datetime:
        """The arrival time in UTC, to the whole second."""
        return self.arrive.astimezone(UTC).replace(microsecond=0)

    @property
    def worth(self) -> float:
        """Minutes of travel that a minute of exposure is worth under the trade asked for."""
        own = self.parameters.risk_aversion
        return {"fastest": min(FASTEST, own), "calmest": max(CALMEST, own)}.get(self.trade, own)

    @property
    def staging_window(self) -> tuple[datetime, datetime]:
        """UTC times between which a staging site must stay free of risk."""
        when = self.arrive_utc
        return (
            when - timedelta(minutes=self.staging_before_min),
            when + timedelta(minutes=self.staging_after_min),
        )


def ask(facility: str, arrive: str, timezone: tzinfo, **rest: object) -> Question:
    """Return the question of a facility and an ISO time, naive times in the workspace's zone.

    Raises
    ------
    InputError
        The time cannot be read, or a number is out of range.
    """
    return _asked({"facility": facility, "arrive": parse_time(arrive, timezone), **rest})


def read_wishes(given: Mapping[str, object]) -> Wishes:
    """Return the planner's hand from its parts as typed.

    Raises
    ------
    InputError
        There are too many, or one is too long.
    """
    try:
        return Wishes(**given)  # type: ignore[arg-type]  # pydantic checks
    except ValidationError as error:
        raise InputError(f"the question cannot be asked: {_faults(error)}") from error


def asked_again(question: Question, **changed: object) -> Question:
    """Return a question with something else asked.

    Raises
    ------
    InputError
        A number is out of range.
    """
    return _asked({name: getattr(question, name) for name in Question.model_fields} | changed)


def _asked(fields: dict[str, object]) -> Question:
    try:
        return Question(**fields)  # type: ignore[arg-type]  # pydantic checks
    except ValidationError as error:
        raise InputError(f"the question cannot be asked: {_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    """Return in words what cannot be asked, each once."""
    hand = error.title == Wishes.__name__
    told = [
        f"wishes: {fault(e['loc'], e['type'], e['input'], e['msg'])}"
        if hand or e["loc"][:1] == ("wishes",)
        else _told(e)
        for e in error.errors()
    ]
    return "; ".join(dict.fromkeys(told))


def _told(error: ErrorDetails) -> str:
    """Return a fault in words; one of ours says itself what, which and what to do."""
    ours = error.get("ctx", {}).get("error")
    if isinstance(ours, InputError):
        return str(ours)
    return _fault(str(error["loc"][0]), error["input"], error["msg"])


def _fault(name: str, given: object, otherwise: str) -> str:
    """Return in words what a part of a question must be; ``otherwise`` where that is not known."""
    part = Question.model_fields.get(name)
    if part is None:
        return f"{name}: there is no such part; there are {', '.join(Question.model_fields)}"
    return f"{name} {given!r}: {_meant(name, part) or otherwise}"


def _meant(name: str, part: FieldInfo) -> str:
    """Return what a part of a question may be, "" where its type and limits do not say."""
    called = part.annotation
    if name in MEANT:
        return MEANT[name]
    if get_origin(called) is Literal:
        return f"it must be one of {', '.join(repr(one) for one in get_args(called))}"
    low, high = (next((getattr(m, end) for m in part.metadata if hasattr(m, end)), None)
                 for end in ("ge", "le"))  # fmt: skip
    whole = "a whole number" if called is int else "a number"
    return "" if low is None or high is None else f"it must be {whole} from {low} to {high}"
