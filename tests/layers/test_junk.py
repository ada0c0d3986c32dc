"""Whatever is typed or sent, the answer is a list of faults, never a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.layers.check import check
from planner.layers.files import read_layer
from planner.layers.schema import LAYERS
from tests.layers.conftest import BOUNDS, ZONE, zones

if TYPE_CHECKING:
    from pathlib import Path

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.datetimes(),
    st.sampled_from(["2026-03-02T08:00", "march", "C", "200", "-1", "1e400", "24:00", "NaN"]),
)
WORDS = st.sampled_from(
    ["type", "FeatureCollection", "Feature", "features", "geometry", "coordinates", "Point",
     "Polygon", "GeometryCollection", "geometries", "properties", "id", "crs", "name", "kind"],
)  # fmt: skip
JSON = st.recursive(
    st.one_of(WORDS, JUNK.filter(lambda value: not hasattr(value, "year"))),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=25,
)
QUICK = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def outcome(path: Path) -> str:
    """Return what came of reading a file; anything but a row or a refusal escapes."""
    try:
        return f"{len(read_layer(path, 'gateways', timezone=ZONE).frame)} rows"
    except InputError as error:
        return str(error)


@QUICK
@given(st.dictionaries(st.sampled_from(LAYERS["zones"].names), JUNK))
def test_any_cell_is_kept_or_told(cells: dict[str, Any]) -> None:
    checked = check(zones(**cells), "zones", timezone=ZONE, bounds=BOUNDS)
    assert bool(checked.faults) == (len(checked.frame) == 0)
    assert all(fault.problem and fault.remedy for fault in checked.faults)


@QUICK
@given(JSON, st.lists(JSON, max_size=3))
def test_any_json_is_read_or_refused(tmp_path: Path, document: Any, features: list[Any]) -> None:
    path = tmp_path / "rows.geojson"
    for content in (document, {"type": "FeatureCollection", "features": features}):
        path.write_text(json.dumps(content))
        assert outcome(path)


@QUICK
@given(st.binary(max_size=200) | st.text(alphabet='id,lonat;"\n\r\t 0-9', max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes | str) -> None:
    for suffix in (".csv", ".geojson", ".gpkg"):
        path = tmp_path / f"rows{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert outcome(path)


def test_ten_thousand_faulty_rows_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,lon,lat\n" + "x,200,45\n" * 10_000)
    with pytest.raises(InputError) as caught:
        read_layer(path, "gateways", timezone=ZONE)
    assert len(caught.value.faults) == 19_999  # type: ignore[attr-defined]  # of a SchemaError
    assert "and 18999 more" in str(caught.value)
