"""What a driver is told, on streets drawn by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.plan.directions import phrases
from planner.plan.directions.junctions import Course
from tests.plan.drawn import drive, problem_of, roads, street, texts, told
from tests.town import make_network, town_streets

TOWN = make_network(town_streets())
AROUND = ((0.0, 0.0), (0.0, 100.0), (0.0, 200.0), (100.0, 200.0), (200.0, 200.0), (200.0, 300.0))


def ring(radius: float = 20.0, points: int = 8) -> list[tuple[float, float]]:
    """A circle around (0, 0) from due south, the way one drives it on the right."""
    angles = -np.pi / 2 + 2 * np.pi * np.arange(points) / points
    return [
        (round(radius * float(np.cos(a)), 3), round(radius * float(np.sin(a)), 3)) for a in angles
    ]


def test_way_through_the_town_is_told_street_by_street() -> None:
    assert texts(TOWN, *AROUND) == [
        "Start north on Avenue 0, 200 m",
        "Turn right onto Street 3, 200 m",
        "Turn left onto Avenue 2, 100 m",
        "Arrive: North gate",
    ]


def test_steps_say_where_when_how_far() -> None:
    steps = told(TOWN, *AROUND)
    assert [s["turn"] for s in steps] == ["depart", "right", "left", "arrive"]
    assert [s["street"] for s in steps] == ["Avenue 0", "Street 3", "Avenue 2", "Avenue 2"]
    assert [s["toward"] for s in steps] == ["north", "east", "north", "north"]
    assert [s["at"][11:19] for s in steps] == ["07:59:10", "07:59:30", "07:59:50", "08:00:00"]
    assert [(s["time_s"], s["length_m"]) for s in steps] == [
        (20, 200),
        (20, 200),
        (10, 100),
        (0, 0),
    ]


def test_street_that_bends_is_not_a_turn() -> None:
    bend = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0))
    assert texts(roads(street(*bend, name="Bow")), *bend) == [
        "Start east on Bow, 200 m", "Arrive: North gate",
    ]  # fmt: skip


def test_bend_is_a_turn_where_another_street_leads_on() -> None:
    bend = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0))
    network = roads(street(*bend, name="Bow"), street((100.0, 0.0), (200.0, 0.0), name="Arrow"))
    assert texts(network, *bend)[1] == "Turn left, staying on Bow, 100 m"


def test_access_road_beside_a_bend_is_no_other_street() -> None:
    bend = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0))
    lane = street((100.0, 0.0), (200.0, 0.0), kind="service")
    assert len(texts(roads(street(*bend, name="Bow"), lane), *bend)) == 2


def test_link_between_streets_is_part_of_the_turn() -> None:
    """A slip lane of 42 m cuts the corner: one right turn, not two half ones."""
    places = ((0.0, 0.0), (100.0, 0.0), (130.0, -30.0), (130.0, -200.0))
    network = roads(
        street((0.0, 0.0), (100.0, 0.0), (300.0, 0.0), name="A"),
        street(*places[1:3], kind="primary_link"),
        street((130.0, 100.0), (130.0, -30.0), (130.0, -200.0), name="B"),
    )
    steps = told(network, *places)
    assert [s["turn"] for s in steps] == ["depart", "right", "arrive"]
    assert steps[1]["text"] == "Turn right onto B, 200 m"
    assert steps[1]["length_m"] == pytest.approx(212.4, abs=0.1)


def test_unnamed_piece_of_a_street_is_not_told() -> None:
    places = ((0.0, 0.0), (200.0, 0.0), (240.0, 0.0), (400.0, 0.0))
    network = roads(
        street(*places[:2], name="A"), street(*places[1:3]), street(*places[2:], name="A")
    )
    assert texts(network, *places)[0] == "Start east on A, 400 m"


@pytest.mark.parametrize(("length", "steps"), [(150.0, 2), (900.0, 3)])
def test_name_that_changes_straight_ahead_is_told_when_it_lasts(length: float, steps: int) -> None:
    places = ((0.0, 0.0), (300.0, 0.0), (300.0 + length, 0.0))
    network = roads(street(*places[:2], name="A"), street(*places[1:], name="B"))
    said = texts(network, *places)
    assert len(said) == steps
    assert steps == 2 or said[1] == "Continue onto B, 900 m"


def test_ramp_is_told_with_the_street_it_leads_to() -> None:
    places = ((0.0, 0.0), (500.0, 0.0), (700.0, -60.0), (1000.0, -60.0))
    network = roads(
        street((0.0, 0.0), (500.0, 0.0), (1000.0, 0.0), name="A 1", kind="motorway"),
        street(*places[1:3], kind="motorway_link"),
        street(*places[2:], name="A 2", kind="motorway"),
    )
    assert texts(network, *places) == [
        "Start east on A 1, 500 m",
        "Take the ramp on the right to A 2, 500 m",
        "Arrive: North gate",
    ]


def test_way_straight_on_past_a_ramp_is_not_told() -> None:
    places = ((0.0, 0.0), (500.0, 0.0), (1000.0, 0.0))
    network = roads(
        street(*places, name="A 1", kind="motorway"),
        street((500.0, 0.0), (700.0, -60.0), kind="motorway_link"),
    )
    assert len(texts(network, *places)) == 2


def test_fork_of_a_ramp_is_told() -> None:
    places = ((0.0, 0.0), (300.0, 0.0), (500.0, 60.0))
    network = roads(
        street(*places, kind="motorway_link"),
        street((300.0, 0.0), (500.0, -60.0), kind="motorway_link"),
    )
    assert texts(network, *places)[1] == "Keep left on the ramp, 200 m"


def test_roundabout_is_told_by_its_exit() -> None:
    """In from the south, past the exit east, out to the north."""
    circle = ring()
    network = roads(
        street(*circle, circle[0], one_way=True),
        street((0.0, -200.0), circle[0], name="South Road"),
        street(circle[2], (200.0, 0.0), name="East Road"),
        street(circle[4], (0.0, 200.0), name="North Road"),
    )
    places = ((0.0, -200.0), *circle[:5], (0.0, 200.0))
    steps = told(network, *places)
    assert steps[1]["text"] == "At the roundabout take the 2nd exit onto North Road, 250 m"
    assert len(steps) == 3


def test_roundabout_driven_on_the_left_is_one_too() -> None:
    circle = [(-x, y) for x, y in ring()]
    network = roads(
        street(*circle, circle[0], one_way=True),
        street((0.0, -200.0), circle[0], name="Long Road"),
        street(circle[4], (0.0, 200.0), name="Long Road"),
    )
    said = texts(network, (0.0, -200.0), *circle[:5], (0.0, 200.0))
    assert said[1] == "At the roundabout take the 1st exit, staying on Long Road, 250 m"


def test_one_way_streets_around_a_block_are_no_roundabout() -> None:
    square = ((0.0, 0.0), (80.0, 0.0), (80.0, 80.0), (0.0, 80.0), (0.0, 0.0))
    network = roads(
        street(*square, name="Square", one_way=True), street((0.0, -200.0), (0.0, 0.0), name="In")
    )
    places = ((0.0, -200.0), *square[:3])
    problem = problem_of(network, *places)
    assert Course(problem, drive(problem, *places)).rings == []


def test_hold_is_said_where_one_stands() -> None:
    steps = told(TOWN, *AROUND, waits={(0.0, 200.0): 720}, sites={(0.0, 200.0): "Mill yard"})
    assert steps[1]["text"] == (
        "Hold at Mill yard 12 min until 08:00; then turn right onto Street 3, 200 m"
    )
    assert [s["wait_s"] for s in steps] == [0, 720, 0, 0]
    assert [s["at"][11:16] for s in steps] == ["07:47", "07:47", "07:59", "08:00"]


def test_hold_on_a_street_parts_it() -> None:
    said = texts(TOWN, *AROUND, waits={(0.0, 100.0): 60}, sites={(0.0, 100.0): "Mill yard"})
    assert said[1] == "Hold at Mill yard 1 min until 08:00; then continue on Avenue 0, 100 m"


def test_ferry_is_taken() -> None:
    places = ((0.0, 0.0), (200.0, 0.0), (900.0, 0.0), (1100.0, 0.0))
    network = roads(
        street(*places[:2], name="Quay"), street(*places[1:3], name="Lake line", kind="ferry"),
        street(*places[2:], name="Pier"),
    )  # fmt: skip
    steps = told(network, *places)
    assert [s["turn"] for s in steps] == ["depart", "ferry", "continue", "arrive"]
    assert steps[1]["text"] == "Take the ferry Lake line, 700 m"


def test_turning_back_in_a_dead_end_is_a_u_turn() -> None:
    places = ((0.0, 0.0), (100.0, 0.0), (0.0, 0.0))
    steps = told(roads(street(*places[:2], name="Dead End")), *places)
    assert [s["turn"] for s in steps] == ["depart", "uturn", "arrive"]
    assert steps[1]["text"] == "Make a U-turn on Dead End, 100 m"


@pytest.mark.parametrize(
    ("gate", "ends"),
    [
        ((190.0, 300.0), ", on the left"), ((215.0, 310.0), ", on the right"),
        ((200.0, 330.0), ""), ((201.0, 300.0), ""), ((600.0, 300.0), ""),
    ],
)  # fmt: skip
def test_side_of_the_gate_is_said_where_it_is_clear(gate: tuple[float, float], ends: str) -> None:
    assert texts(TOWN, *AROUND, gate=gate)[-1] == "Arrive: North gate" + ends


def test_street_without_a_name_is_called_by_its_kind() -> None:
    places = ((0.0, 0.0), (200.0, 0.0), (200.0, 200.0))
    for kind, word in (("service", "an access road"), ("residential", "an unnamed street")):
        network = roads(street(*places[:2], name="A"), street(*places[1:], kind=kind))
        assert texts(network, *places)[1] == f"Turn left onto {word}, 200 m"


@pytest.mark.parametrize(
    ("angle", "turn"),
    [(0, "continue"), (21, "continue"), (30, "slight_left"), (-90, "right"),
     (140, "sharp_left"), (-178, "uturn")],
)  # fmt: skip
def test_turn_words_follow_the_angle(angle: float, turn: str) -> None:
    assert phrases.turn_of(angle) == turn


@pytest.mark.parametrize(
    ("length", "text"), [(12, "10 m"), (64, "60 m"), (96, "100 m"), (349, "350 m"), (974, "950 m"),
                         (976, "1.0 km"), (1449, "1.4 km")],
)  # fmt: skip
def test_lengths_are_rounded_as_one_says_them(length: float, text: str) -> None:
    assert phrases.metres(length) == text


def test_zigzag_of_paths_is_told_corner_by_corner() -> None:
    """Taken as one, the corners of a ramp come out on the wrong side."""
    ramp = ((0.0, 0.0), (100.0, 0.0), (100.0, -15.0), (60.0, -20.0), (60.0, -35.0), (105.0, -40.0),
            (110.0, 40.0), (110.0, 240.0))  # fmt: skip
    spurs = [
        street(place, (place[0] + 3.0, place[1] - 40.0), kind="footway") for place in ramp[1:6]
    ]
    first = street(*ramp[:2], name="Quay", kind="footway")
    network = replace(roads(first, street(*ramp[1:], kind="footway"), *spurs), profile="foot")
    assert [step["turn"] for step in told(network, *ramp)][1].endswith("right")


def test_steps_and_paths_are_called_so_and_walkers_turn_back() -> None:
    places = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (300.0, 100.0))
    network = roads(
        street(*places[:2], name="Row", kind="footway"),
        street(*places[1:3], kind="steps"),
        street(*places[2:], kind="path"),
    )
    assert texts(network, *places)[1:3] == [
        "Turn left onto steps, 100 m",
        "Turn right onto a path, 200 m",
    ]
    assert (
        phrases.said("uturn", "Row", stays=True, ramp="", exit_number=0, back="Turn back")
        == "Turn back on Row"
    )
