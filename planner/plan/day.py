"""The risk of one whole day, for a map that shows every hour of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from planner.layers.crs import to_metric
from planner.network.store import load_network
from planner.risk.build import Obstacles, build_risk
from planner.risk.parameters import RiskParameters

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network
    from planner.risk.build import Risk


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC times at which a local day begins and ends: 23 to 25 hours apart.

    >>> from datetime import date
    >>> from zoneinfo import ZoneInfo
    >>> [f"{t:%d %H}" for t in day_bounds(date(2026, 10, 25), ZoneInfo("Europe/Berlin"))]
    ['24 22', '25 23']
    """
    first = datetime.combine(day, time(), zone)
    last = datetime.combine(day + timedelta(days=1), time(), zone)
    return first.astimezone(UTC), last.astimezone(UTC)


def day_risk(
    workspace: Workspace, day: date, parameters: RiskParameters | None = None
) -> tuple[Network, Risk]:
    """Return the roads and their risk through a local day, whatever site is asked for."""
    network = load_network(workspace)
    epsg = network.epsg
    start, end = day_bounds(day, workspace.timezone)
    known = workspace.statics()
    shapes = [
        list(to_metric(workspace.static(name), epsg).geometry) if name in known else []
        for name in ("buildings", "water")
    ]
    risk = build_risk(
        network,
        to_metric(workspace.layer("zones"), epsg),
        to_metric(workspace.layer("closures"), epsg),
        obstacles=Obstacles(*shapes),
        parameters=parameters or RiskParameters(),
        start=start,
        end=end,
    )
    return network, risk
