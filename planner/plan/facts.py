"""What a plan is written from: layers, problem, ways, sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.layers.crs import to_metric
from planner.plan.wishes.hand import Hand

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    import numpy as np
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.layers.workspace import Settings
    from planner.network.quiet import QuietStreets
    from planner.plan.question import Question
    from planner.plan.stops import Stops
    from planner.plan.wishes.weigh import Weighed
    from planner.risk.build import Risk
    from planner.routes.answer import OriginAnswer
    from planner.routes.problem import Problem
    from planner.staging.scene import Scene
    from planner.staging.sites import Out, Site


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The frames one facility's plan needs, all in one CRS."""

    settings: Settings
    facility: GeoDataFrame
    entrances: GeoDataFrame
    zones: GeoDataFrame
    closures: GeoDataFrame
    access_routes: GeoDataFrame
    gateways: GeoDataFrame
    staging_sites: GeoDataFrame
    support_stops: GeoDataFrame
    obstacles: dict[str, GeoDataFrame]

    def metric(self, epsg: int) -> Layers:
        """Return the same frames in a metric CRS."""
        names = (
            "facility", "entrances", "zones", "closures", "access_routes", "gateways",
            "staging_sites", "support_stops",
        )  # fmt: skip
        return replace(
            self,
            obstacles={k: to_metric(v, epsg) for k, v in self.obstacles.items()},
            **{name: to_metric(getattr(self, name), epsg) for name in names},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Ways, sites and risk, still as arrays and frames.

    Attributes
    ----------
    layers, metric
        The frames in EPSG:4326 and in the network's metric CRS.
    gates
        Vehicle entrances, metric, in the order of ``problem.gate_nodes``.
    sites
        Candidate sites, metric, in the order of ``stops.sites``.
    to_go
        float64[m]; free-flow seconds to the nearest gate.
    origins
        One answer per gateway.
    staging, staging_dropped, staging_out
        The chosen sites, how many fell out by what, the other candidates.
    scene
        The candidates as the criteria look at them; None where nobody has looked.
    quiet
        Quiet streets, with what sparing them costs where that is asked for; None on foot.
    hand
        What the planner asks of the ways, all of which keep it.
    weighed
        What that costs; None where nothing is asked or nobody has looked.
    """

    question: Question
    layers: Layers
    metric: Layers
    gates: GeoDataFrame
    sites: GeoDataFrame
    stops: Stops
    risk: Risk
    problem: Problem
    to_go: NDArray[np.float64]
    origins: Sequence[OriginAnswer]
    staging: Sequence[Site]
    staging_dropped: Counter[str]
    staging_out: Sequence[Out] = ()
    scene: Scene | None = None
    quiet: QuietStreets | None = None
    hand: Hand = Hand()  # noqa: RUF009 - frozen
    weighed: Weighed | None = None

    @property
    def plain(self) -> Answer:
        """The same facts with the question as it is without wishes."""
        return self if self.weighed is None else replace(self, problem=self.weighed.problem)
