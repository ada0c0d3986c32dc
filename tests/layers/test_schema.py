"""The schemas say nothing of persons, and the page of the documentation says what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.layers.schema import LAYERS, Kind
from planner.layers.schema_page import schema_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema.md"
FORBIDDEN = ("person", "group", "organi", "cause", "claim", "view", "actor", "slogan", "label")


def test_schema_page_is_up_to_date() -> None:
    remedy = "write it anew: PAGE.write_text(schema_page())"
    assert PAGE.read_text(encoding="utf-8") == schema_page(), remedy


@pytest.mark.parametrize("layer", list(LAYERS))
def test_no_column_names_a_person_group_cause_or_view(layer: str) -> None:
    assert [name for name in LAYERS[layer].names if name.startswith(FORBIDDEN)] == []


def test_zones_have_no_typed_name() -> None:
    assert "name" not in LAYERS["zones"].names


@pytest.mark.parametrize("layer", list(LAYERS))
def test_columns_begin_with_the_id_and_each_says_what_it_means(layer: str) -> None:
    schema = LAYERS[layer]
    assert schema.names[0] == "id"
    assert all(column.meaning for column in schema.columns)
    assert all(column.choices for column in schema.columns if column.kind is Kind.CHOICE)


def test_only_the_notes_of_zones_and_corrections_are_free_text() -> None:
    notes = [(s.name, c.name) for s in LAYERS.values() for c in s.columns if c.kind is Kind.NOTE]
    assert notes == [("zones", "note"), ("corrections", "note")]
