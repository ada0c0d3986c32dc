"""What both engines' environments read, with nothing of either: lines, stretches of a way."""

from __future__ import annotations

from itertools import accumulate

SLACK, SLACK_S = 0.02, 3.0
"""A stretch is slower than need be by more than this share and these seconds."""


def windows(seconds: list[float], stretch: float) -> list[tuple[int, int]]:
    """Return stretches of places passed at some seconds: up to a length, each from half of it on."""
    found, next_from = [], 0.0
    for first, since in enumerate(seconds):
        if since < next_from:
            continue
        last = max(i for i, until in enumerate(seconds) if until - since <= stretch)
        if last > first:
            found.append((first, last))
            next_from = since + stretch / 2
        if last == len(seconds) - 1:
            break
    return found


def decode(shape: str) -> list[tuple[int, int]]:
    """Return the line of an encoded polyline of six digits, in millionths of a degree."""
    numbers, value, shift = [], 0, 0
    for char in shape:
        bits = ord(char) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return list(zip(accumulate(numbers[1::2]), accumulate(numbers[::2]), strict=True))
