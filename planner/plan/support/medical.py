"""The medical block of a plan, with the fields of the public form ICS 206; unknown ones empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Record = dict[str, Any]

NO = "no"
"""Of a hospital: it takes no emergencies. Nobody who is hurt is sent there."""

HOSPITALS = 5
"""Rows of the form that are filled."""


def medical(
    document: Record,
    havens: Sequence[Record],
    first_aid: Collection[str],
    *,
    since: str,
    until: str,
) -> Record:
    """Return the block; what nobody knows is None, for a pen on the printed page.

    Parameters
    ----------
    document
        The plan: its name, its staging sites.
    havens
        As ``support`` tells them.
    first_aid
        Ids of the staging sites that are first-aid sites.
    since, until
        Operational period, ISO.
    """
    stations = [
        {"id": site["id"], "name": site["name"], "lon": site["lon"], "lat": site["lat"],
         "contact": None, "paramedics": None}
        for site in document["staging"] if site["id"] in first_aid
    ]  # fmt: skip
    hospitals = [
        _hospital(one) for one in havens
        if one["kind"] == "hospital" and one["emergency"] != NO
    ]  # fmt: skip
    return {
        "incident": document["facility_name"], "since": since, "until": until,
        "aid_stations": stations, "transportation": [], "hospitals": hospitals[:HOSPITALS],
        "procedures": None, "aviation": None,
        "prepared_by": "Medical unit leader", "approved_by": "Safety officer",
    }  # fmt: skip


def _hospital(haven: Record) -> Record:
    """Return a row of the form: only what the map tells."""
    return {
        "id": haven["id"], "name": haven["name"], "lon": haven["lon"], "lat": haven["lat"],
        "address": None, "contact": None, "state": haven["state"], "ground_s": haven["time_s"],
        "emergency": haven["emergency"],
        "air_min": None, "trauma_centre": None, "burn_centre": None, "helipad": None,
    }  # fmt: skip
