"""Where on a way a drawn line lies, on circles drawn with many close nodes."""

from __future__ import annotations

import numpy as np

from planner.verify.trace import Way, trace_on


def circle(points: int, radius_m: float, extra: float | None = None) -> Way:
    """A closed way, counter-clockwise from due east; ``extra`` adds a node at an angle."""
    angles = np.linspace(0, 2 * np.pi, points + 1)[:-1]
    if extra is not None:
        angles = np.sort(np.append(angles, extra))
    angles = np.append(angles, angles[0])
    xy = radius_m * np.column_stack([np.cos(angles), np.sin(angles)])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    nodes = (*range(len(xy) - 1), 0)
    return Way(1, {"highway": "residential", "junction": "roundabout"}, nodes, xy, along)


def test_line_over_the_first_node_of_a_circle_keeps_its_ends() -> None:
    """From node 49 over node 0 to node 1, half a metre each: two stretches, true ends."""
    way = circle(50, 50 * 0.5 / (2 * np.pi))
    before, after = trace_on(way, way.xy[[49, 50, 1]])
    assert way.nodes[before.first_node] == 49
    assert way.nodes[before.last_node] == way.nodes[after.first_node] == 0
    assert way.nodes[after.last_node] == 1
    assert before.direction == after.direction == 1


def test_line_against_the_drawing_over_the_first_node_keeps_its_ends() -> None:
    """The same driven the other way is told as driven the other way."""
    way = circle(50, 50 * 0.5 / (2 * np.pi))
    stretches = trace_on(way, way.xy[[1, 0, 49]])
    assert [s.direction for s in stretches] == [-1, -1]
    assert way.nodes[stretches[-1].last_node] == 49


def test_line_ends_at_the_nearer_of_two_nodes_a_hand_apart() -> None:
    """Nodes 10 and 11 are 3 cm apart; a line from 0 to 11 does not end at 10."""
    way = circle(20, 10.0, extra=np.pi + 0.003)
    (stretch,) = trace_on(way, way.xy[:12])
    assert way.nodes[stretch.last_node] == 11
