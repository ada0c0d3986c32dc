"""The independent check of a plan."""

from planner.verify.facts import Crowd, Facts, Limits
from planner.verify.gates import leaves_by
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
    "Crowd",
    "Facts",
    "Failure",
    "Limits",
    "Verification",
    "leaves_by",
    "verify",
]
