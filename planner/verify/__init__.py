"""The independent check of a plan."""

from planner.verify.facts import Crowd, Demands, Facts, Limits
from planner.verify.gates import leaves_by
from planner.verify.stops import STOP_RULES
from planner.verify.support import SUPPORT_RULES
from planner.verify.table import (
    PLAN_RULES,
    ROUTE_RULES,
    SITE_RULES,
    Failure,
    Verification,
    verify,
)

__all__ = [
    "PLAN_RULES",
    "ROUTE_RULES",
    "SITE_RULES",
    "STOP_RULES",
    "SUPPORT_RULES",
    "Crowd",
    "Demands",
    "Facts",
    "Failure",
    "Limits",
    "Verification",
    "leaves_by",
    "verify",
]
