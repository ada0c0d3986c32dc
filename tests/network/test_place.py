"""A place by its name: what is asked for, and what is said when it cannot be had."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import requests
import shapely

from planner.errors import InputError, NetworkError
from planner.network import place as place_module
from planner.network.place import fetch_place
from planner.network.sources import read_roads
from tests.network.drawing import ROAD, at, write_osm

if TYPE_CHECKING:
    from pathlib import Path

OUTLINE = shapely.box(9.0, 50.0, 9.15, 50.05)  # two parts wide


class Servers:
    """Stand in for the public servers; each answer is a body or an exception."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def post(self, _url: str, *, data: dict[str, str], **_more: Any) -> requests.Response:
        self.asked.append(data["data"])
        body = self.answers.pop(0)
        if isinstance(body, Exception):
            raise body
        answer = requests.Response()
        answer.status_code = body if isinstance(body, int) else 200
        answer.raw = io.BytesIO(b"" if isinstance(body, int) else body)
        return answer


def _stub(monkeypatch: pytest.MonkeyPatch, servers: Servers, found: Any = OUTLINE) -> None:
    def geocode(_name: str) -> gpd.GeoDataFrame:
        if isinstance(found, Exception):
            raise found
        return gpd.GeoDataFrame(geometry=[found], crs=4326)

    settings = SimpleNamespace(
        use_cache=True, overpass_url="http://localhost/api", requests_timeout=5,
        http_user_agent="test", requests_kwargs={},
    )  # fmt: skip
    monkeypatch.setitem(
        sys.modules, "osmnx", SimpleNamespace(settings=settings, geocode_to_gdf=geocode)
    )
    monkeypatch.setattr(requests, "post", servers.post)
    monkeypatch.setattr(place_module.time, "sleep", lambda _: None)


def _body(folder: Path, way: int) -> bytes:
    nodes = {i: at(100.0 * i, 0.0) for i in range(1, 4)}
    rule = (7, [("w", 1, "from"), ("n", 2, "via"), ("w", 1, "to")],
            {"type": "restriction", "restriction": "no_u_turn"})  # fmt: skip
    ways = [(1, [1, 2], ROAD), (way, [2, 3], ROAD)]
    text = write_osm(folder / f"{way}.osm", nodes, ways, relations=[rule]).read_bytes()
    meta = b'<note>ODbL</note><meta osm_base="2026-01-02T03:04:05Z"/>'
    return text.replace(b"<node", meta + b"<node", 1)


def test_parts_of_a_place_become_one_file_with_turn_restrictions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Servers(_body(tmp_path, 8), _body(tmp_path, 9))
    _stub(monkeypatch, servers)
    told: list[str] = []
    path = fetch_place("Toy, Town", tmp_path, tell=told.append)
    extract = read_roads(path)
    assert path.name == "toy_town.osm.pbf"
    assert extract.way_id.tolist() == [1, 8, 9]
    assert [rule.id for rule in extract.restrictions] == [7]
    assert extract.extract_date == "2026-01-02T03:04:05Z"
    assert told == ["Looking for Toy, Town", "Downloading part 1 of 2", "Downloading part 2 of 2"]
    assert all('rel(bw.roads)["type"="restriction"]' in question for question in servers.asked)
    assert "[bbox:50.000000,9.000000,50.050000,9.075000]" in servers.asked[0]
    assert sys.modules["osmnx"].settings.use_cache


def test_a_box_asks_only_for_its_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = Servers(_body(tmp_path, 8))
    _stub(monkeypatch, servers)
    fetch_place("Toy", tmp_path, within=(9.0, 50.0, 9.02, 50.02))
    assert len(servers.asked) == 1


def test_a_busy_server_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = Servers(429, 504, _body(tmp_path, 8))
    _stub(monkeypatch, servers, shapely.box(9, 50, 9.01, 50.01))
    fetch_place("Toy", tmp_path)
    assert len(servers.asked) == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (requests.ConnectionError("no route"), "is this machine offline"),
        (requests.Timeout("slow"), "is this machine offline"),
        (400, "refused or is busy"),
        (b"<html>busy</html>", "web page"),
        (b"<osm><remark> runtime error: Query timed out </remark></osm>", "gave up"),
    ],
)
def test_what_the_server_fails_in_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, words: str
) -> None:
    _stub(monkeypatch, Servers(answer), shapely.box(9, 50, 9.01, 50.01))
    with pytest.raises(NetworkError, match=words):
        fetch_place("Toy", tmp_path)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (ValueError("nothing found"), "add the region or country"),
        (TypeError("no polygon"), "add the region or country"),
        (shapely.box(5, 45, 15, 55), "too large"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Any, words: str
) -> None:
    _stub(monkeypatch, Servers(), found)
    with pytest.raises(InputError, match=words):
        fetch_place("Atlantis", tmp_path)


def test_a_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmnx", None)
    with pytest.raises(InputError, match=r"pip install 'planner\[online\]'"):
        fetch_place("Toy", tmp_path)
