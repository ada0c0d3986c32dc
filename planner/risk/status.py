"""Whether a zone is reported at a moment, not yet, or no more."""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

from planner.risk.zones import read_zones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from geopandas import GeoDataFrame

    from planner.risk.parameters import RiskParameters
    from planner.risk.reported import Report, Zone


class Status(StrEnum):
    """What a zone is at a moment."""

    REPORTED = "reported"
    NOT_YET = "not yet"
    EXPIRED = "expired"


def report_span(report: Report, parameters: RiskParameters) -> tuple[int, int]:
    """Return the seconds from and to which a report counts: soft edges included, until aged."""
    last = report.end_s + report.soft_s
    if report.ages_from_s is not None:
        last = min(last, report.ages_from_s + ceil(3600 * parameters.ageing_tau_h))
    return report.start_s - report.soft_s, last


def expires_s(zone: Zone, parameters: RiskParameters) -> int:
    """Return the second from which nothing of a zone is left, unless it is seen again."""
    return max(report_span(report, parameters)[1] for report in zone.reports)


def status_at(zone: Zone, second: int, parameters: RiskParameters) -> Status:
    """Return the status of a zone at a second.

    It is expired once the window of each of its reports is over, soft edge included, or the
    report has aged to nothing; not yet, while one is still to come and none counts.
    """
    return _status((report_span(report, parameters) for report in zone.reports), second)


def _status(spans: Iterable[tuple[int, int]], second: int) -> Status:
    ahead = False
    for first, last in spans:
        if first <= second < last:
            return Status.REPORTED
        ahead |= second < first
    return Status.NOT_YET if ahead else Status.EXPIRED


def statuses(
    frame: GeoDataFrame, when: datetime, *, epsg: int, parameters: RiskParameters
) -> dict[str, tuple[Status, int]]:
    """Return of each row's zone its status at an aware time, and seconds until it expires, by row id.

    Parameters
    ----------
    frame
        The zones layer in EPSG ``epsg``.

    Raises
    ------
    CrsError, GeometryError, InputError
        As ``read_zones``.
    """
    zones, _ = read_zones(frame, when, epsg=epsg, parameters=parameters)
    return {
        report.id: (status_at(zone, 0, parameters), expires_s(zone, parameters))
        for zone in zones
        for report in zone.reports
    }
