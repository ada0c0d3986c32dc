"""Hostile strings become text before folium or a page sees them."""

from __future__ import annotations

import html
import json
import re

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.briefing.escape import escape, island, sentence
from tests.hostile import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_survives_jinja_unchanged(text: str) -> None:
    escaped = escape(text)

    assert jinja2.Template(jinja2.Template(escaped).render()).render() == escaped


@given(st.text())
def test_escaped_text_holds_nothing_special(text: str) -> None:
    assert not re.search(r"[<>\"'`{}\\$]", escape(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_reads_as_typed(text: str) -> None:
    assert html.unescape(escape(text)) == text


def test_control_characters_are_shown_as_unknown() -> None:
    assert escape("a\x00b") == "a\N{REPLACEMENT CHARACTER}b"


@given(st.text())
def test_island_cannot_end_early_and_keeps_its_data(text: str) -> None:
    body = island("x", {"name": text})
    inside = body.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")

    assert "<" not in inside
    assert json.loads(inside) == {"name": text}


def test_sentence_isolates_the_longest_name_first() -> None:
    found = sentence("North gate 2 via 3rd", ["North gate", "North gate 2"])

    assert found == "<bdi>North gate 2</bdi> via 3rd"
