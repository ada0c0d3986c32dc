"""Streets of addresses on which nothing could be put."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.street_names import likeness

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.plan.facts import Answer


def address_notices(answer: Answer) -> list[str]:
    """Return in words the street of the facility, or of an offered site, that was not found near.

    Of gates each way tells it itself.
    """
    network = answer.stops.network
    notices = []
    for site in answer.staging:
        if answer.stops.site_named[site.row] < 0:
            row = answer.sites.iloc[site.row]
            taken = sorted(_streets(network, int(answer.stops.sites[site.row])))
            road = " and ".join(taken) or "a road without a name"
            notices.append(f"{row['street']} was not found near {row['name']}: it opens to {road}")
    facility = answer.layers.facility.iloc[0]
    street, gates = str(facility["street"] or ""), answer.stops.gates[answer.stops.gates >= 0]
    reached = {name for node in gates.tolist() for name in _streets(network, node)}
    if street and len(gates) and not any(likeness(street, name) for name in reached):
        notices.append(f"no gate lies on {street}, the street of the address of {facility['name']}")
    return notices


def _streets(network: Network, node: int) -> set[str]:
    arcs = np.flatnonzero((network.head == node) | (network.tail == node))
    return {network.names[name] for name in np.unique(network.name[arcs])} - {""}
