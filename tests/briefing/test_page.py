"""What a briefing holds, and what it must not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing, write_briefing
from planner.errors import InputError, StoreError
from tests.briefing.test_lines import decode
from tests.briefing.toy import ARRIVE, ToyPlan, toy_background, toy_plan

if TYPE_CHECKING:
    from pathlib import Path


def island(page: str, name: str) -> Any:
    """Return the data of one JSON island."""
    found = re.search(rf'id="data-{name}">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def text_of(page: str) -> str:
    """Return the words of a page, without scripts, styles and tags."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_first_line_is_the_headline(plan: ToyPlan, page: str) -> None:
    heading = re.search(r"<h1.*?</h1>", page)
    assert heading
    assert re.sub("<[^>]*>", "", heading[0]) == plan.document["headline"]


def test_page_names_no_other_host(page: str) -> None:
    # Scripts are left out: Leaflet's holds a link it shows nowhere here.
    data = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    data = re.sub(r"url\((data:[^)]*|#default#VML)\)", "", data)
    data = data.replace('href="#tables"', "")

    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!data:)""", data)
    assert "url(" not in data
    assert "@import" not in data
    assert not re.search(r"<script[^>]*src", page)


def test_policy_allows_the_pages_own_scripts_alone(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    allowed = set(re.findall(r"'sha256-([^']*)'", policy[1]))
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    made = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}

    assert made == allowed
    assert "default-src 'none'" in policy[1]
    assert "connect-src 'none'" in policy[1]


def test_same_plan_same_bytes(plan: ToyPlan) -> None:
    pages = [render_briefing(plan, toy_background(), now=ARRIVE) for _ in range(2)]

    assert pages[0] == pages[1]


def test_marking_stands_at_head_and_foot(page: str) -> None:
    assert re.search(r"<header.*?TLP:AMBER\+STRICT.*?</header>", page)
    assert re.search(r"<footer.*?TLP:AMBER\+STRICT.*?</footer>", page)
    assert '@top-right{content:"TLP:AMBER+STRICT"' in page
    assert '@bottom-right{content:"TLP:AMBER+STRICT"' in page


@pytest.mark.parametrize("marking", ["TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT"])
def test_closed_markings_carry_the_plan(plan: ToyPlan, marking: str) -> None:
    words = text_of(render_briefing(plan, {}, marking=marking))

    for kept in ("North gate", "South gate", "Car park Avenue 12", "07:51", "A2", "Avenue 8"):
        assert kept in words


def test_unknown_marking_is_refused_with_the_known_ones(plan: ToyPlan) -> None:
    with pytest.raises(InputError, match="TLP:AMBER"):
        render_briefing(plan, {}, marking="SECRET")


def test_choke_points_never_reach_a_briefing(page: str) -> None:
    assert "Choke Lane" not in page


def test_no_way_through_is_said_first_with_reason_and_time() -> None:
    page = render_briefing(toy_plan(feasible=False), {})
    words = text_of(page)

    assert words.index("No way through") < words.index("Legend")
    assert "every gate is inside a reported assembly" in words
    assert "Opens Fri 2 Mar 2096 10:15" in words


def test_no_way_through_is_followed_by_what_to_do_instead() -> None:
    """On the first page the place, the walk, other hours; street by street below."""
    page = render_briefing(toy_plan(feasible=False), {})
    words = text_of(page)
    words = re.sub(r" ([,;.:)])", r"\1", words)
    box = words[words.index("What to do instead") : words.index("Legend")]

    for told in (
        "Quay car park, be there by 07:57 (from A)", "on foot to West door",
        "From B: no clear way leads to a place to stop", "arrive by 06:50 at North gate",
        "or from Fri 2 Mar 2096 10:15 on at North gate", "North gate at 08:02", "Mill Lane (tram)",
        "Timetables are not known here", "Stay inside until 10:20",
    ):  # fmt: skip
        assert told in box
    below = words[words.index("Ways in") :]
    assert "Drive to Quay car park, street by street" in below
    assert "On foot to West door, street by street" in below


def test_hostile_names_of_a_stop_are_words_alone() -> None:
    hostile = "</script><img src=x onerror=alert(1)>{{7*7}}"
    page = render_briefing(toy_plan(lambda text: f"{text} {hostile}", feasible=False), {})

    assert "Quay car park" in page
    assert "<img src=x" not in page
    assert "{{7*7}}" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_a_marking_without_the_plan_holds_no_stop() -> None:
    page = render_briefing(toy_plan(feasible=False), {}, marking="TLP:GREEN")

    assert "Quay car park" not in page
    assert "What to do instead" not in page


def test_failed_check_is_said_before_the_map() -> None:
    fault = {"id": "gw-1:primary", "rule": "closure", "detail": "drives through c1"}
    failed = {"passed": False, "checked": 8, "failures": [fault]}
    words = text_of(render_briefing(toy_plan(verification=failed), {}))

    assert words.index("found faults") < words.index("Legend")
    assert "drives through c1" in words


def test_stale_banner_waits_until_the_plan_ends(plan: ToyPlan) -> None:
    fresh = render_briefing(plan, {}, now=ARRIVE)
    stale = render_briefing(plan, {}, now=ARRIVE + timedelta(hours=1))

    assert re.search(r'<div id="stale" role="alert" hidden>', fresh)
    assert re.search(r'<div id="stale" role="alert">', stale)


def test_tables_tell_parameters_sources_and_credit(page: str) -> None:
    words = text_of(page)

    assert "assumption" in words
    assert "MISP" in words
    assert "© OpenStreetMap contributors (ODbL" in words
    assert "BSD 2-Clause" in words
    assert "8 routes and sites were walked again" in words
    assert "assembly is lawful" in words


def test_grade_is_told_with_both_codes(page: str) -> None:
    assert "B3: usually reliable, possibly true" in text_of(page)


def test_slider_holds_the_arrival_and_the_march_moves(page: str) -> None:
    risk = island(page, "overlay")["risk"]

    assert risk["times"][risk["selected"]] == "08:00"
    assert risk["state"][risk["selected"]] != risk["state"][-1]
    levels = {part["level"] for state in risk["states"] for part in state["risk"]}
    assert 5 in levels
    assert levels <= {1, 2, 3, 4, 5}


def test_empty_layers_make_a_page() -> None:
    page = render_briefing(toy_plan(zones=[], closures=[], staging=[], gates=[], notices=[]), {})

    assert "No assembly or other friction is reported" in page


def test_base_map_holds_each_street_once(page: str) -> None:
    roads = {road["kind"]: decode(road["lines"]) for road in island(page, "base")["roads"]}

    assert set(roads) == {"minor", "secondary", "primary"}
    assert len(roads["primary"]) == 3
    assert all(len(line) == 2 for line in roads["primary"])


def test_file_is_written_whole(plan: ToyPlan, out: Path) -> None:
    assert write_briefing(plan, {}, out) == out
    assert out.read_text("utf-8").endswith("</html>\n")
    assert [p.name for p in out.parent.iterdir()] == ["brief.html"]


def test_unwritable_place_is_told(plan: ToyPlan, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="choose a folder"):
        write_briefing(plan, {}, tmp_path / "absent" / "brief.html")


def test_page_is_small(plan: ToyPlan, page: str) -> None:
    assert len(page.encode()) < 2_000_000 + 15 * len(plan.network.shape_xy)
