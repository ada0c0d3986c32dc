"""Encoded lines come back within half a grid step."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from planner.briefing.lines import ALPHABET, SCALE, encode_lines, encode_lonlat
from tests.briefing.toy import EPSG, lonlat


def decode(text: str) -> list[list[tuple[float, float]]]:
    """Decode as the page's script does, written anew."""
    values, value, shift = [], 0, 0
    for character in text:
        digit = ALPHABET.index(character)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            values.append(value)
            value, shift = 0, 0
    parts, x, y, at = [], 0, 0, 0
    while at < len(values):
        part = []
        for k in range(values[at]):
            dx, dy = values[at + 1 + 2 * k : at + 3 + 2 * k]
            x += (dx >> 1) ^ -(dx & 1)
            y += (dy >> 1) ^ -(dy & 1)
            part.append((x / SCALE, y / SCALE))
        at += 1 + 2 * values[at]
        parts.append(part)
    return parts


points = st.lists(
    st.tuples(st.integers(-36_000_000, 36_000_000), st.integers(-18_000_000, 18_000_000)),
    min_size=1, max_size=8, unique=True,
)  # fmt: skip


@given(st.lists(points, min_size=1, max_size=5))
def test_lines_come_back(parts: list[list[tuple[int, int]]]) -> None:
    lonlat = np.array([p for part in parts for p in part]) / SCALE
    part = np.repeat(np.arange(len(parts)), [len(p) for p in parts])

    found = decode(encode_lonlat(lonlat, part))

    assert [len(p) for p in found] == [len(p) for p in parts]
    np.testing.assert_allclose([p for part in found for p in part], lonlat, atol=1e-9)


def test_points_on_one_grid_spot_are_written_once() -> None:
    line = np.array([[1.0, 1.0], [1.000001, 1.0], [1.1, 1.0]])

    assert len(decode(encode_lonlat(line, np.zeros(3, np.int64)))[0]) == 2


def test_a_polygon_with_a_hole_is_two_rings() -> None:
    shell = [(524000, 5040000), (524100, 5040000), (524100, 5040100), (524000, 5040100)]
    hole = [(524040, 5040040), (524060, 5040040), (524060, 5040060)]

    found = decode(encode_lines([Polygon(shell, [hole])], EPSG))

    assert [len(ring) for ring in found] == [5, 4]
    np.testing.assert_allclose(found[0][0], lonlat((0, 0))[0], atol=1 / SCALE)


def test_nothing_is_an_empty_text() -> None:
    assert encode_lines([], EPSG) == ""
