"""What is known of places beside where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.street_names import ALIKE, OTHER, SAME, likeness, named_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network

NAME_M = {SAME: 0.0, ALIKE: 10.0, OTHER: 100.0}
"""Assumption: how much nearer a street of another name than the address's must be.

A street of the address that is this much further than the nearest road is not near.
"""

NO_NAME_M = 20.0
"""Assumption: the same for roads without a name, such as the drive of a house."""

HINT_SHARE = 0.2
"""What counts of both where only the name of the place speaks of a street (assumption)."""


class About(NamedTuple):
    """What is known of `k` places beside where they are; empty where nothing is.

    Attributes
    ----------
    streets
        The street of each one's address, "" unknown.
    names
        What each is called; a name that holds that of a street prefers it, untold.
    site
        The outline they all belong to: restricted roads that touch it are its own.
    """

    streets: Sequence[str] = ()
    names: Sequence[str] = ()
    site: BaseGeometry | None = None

    def without(self, places: NDArray[np.int64]) -> About:
        """Return the same with the streets of some places not told."""
        streets = ["" if i in places else street for i, street in enumerate(self.streets)]
        return self._replace(streets=streets)

    def asked(self) -> NDArray[np.int64]:
        """Return the places whose street is told."""
        return np.flatnonzero([bool(street) for street in self.streets])

    def is_on_one_of(self, place: int, arc: NDArray[np.int64], network: Network) -> bool:
        """Tell whether one of the arcs is on the street of a place's address."""
        streets = np.unique(network.name[arc])
        return any(self._likeness(place, network.names[street]) for street in streets)

    def handicap_m(
        self, place: NDArray[np.int64], arc: NDArray[np.int64], network: Network
    ) -> NDArray[np.float64]:
        """Return float64[q]: the metres that an arc's name adds for a place, row by row."""
        metres = np.zeros(len(arc))
        if not any(self.streets) and not self.names:
            return metres
        for one in np.unique(place).tolist():
            rows = np.flatnonzero(place == one)
            streets, back = np.unique(network.name[arc[rows]], return_inverse=True)
            like = [self._likeness(one, network.names[street]) for street in streets]
            if any(like) or self._street(one):
                cost = np.where(streets != 0, [NAME_M[value] for value in like], NO_NAME_M)
                metres[rows] = cost[back] * (1.0 if self._street(one) else HINT_SHARE)
        return metres

    def named(self, arc: NDArray[np.int64], network: Network) -> NDArray[np.int8]:
        """Return int8[k] for the arc each place was put on: 1 on its street, -1 on another's."""
        named = np.zeros(len(arc), np.int8)
        for place in np.flatnonzero(arc >= 0).tolist():
            street = network.names[network.name[arc[place]]]
            if street and self._likeness(place, street):
                named[place] = 1
            elif street and self._street(place):
                named[place] = -1
        return named

    def _street(self, place: int) -> str:
        return self.streets[place] if self.streets else ""

    def _likeness(self, place: int, street: str) -> int:
        asked = self._street(place)
        if asked:
            return likeness(asked, street)
        return SAME if self.names and named_in(street, self.names[place]) else OTHER
