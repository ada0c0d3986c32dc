"""Free text that must not be kept, and free text that may."""

from __future__ import annotations

import pytest

from planner.layers.privacy import found


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("call 503-555-0142", "a telephone number"),
        ("Tel. +49 6221 555 010", "a telephone number"),
        ("(503) 555 0142 after six", "a telephone number"),
        ("write to gate.desk@example.org", "an e-mail address"),
        ("gate.desk (at) example.org", "an e-mail address"),
        ("seen by @somebody", "a handle"),
        ("see https://example.org/x", "a web address"),
        ("van HD-AB 1234 parked", "a number plate"),
        ("grey AB12 CDE", "a number plate"),
        ("plate: 7ABC123", "a number plate"),
        ("lives at 12 Oak Lane", "a home address"),
        ("1420 SW Main Street", "a home address"),
        ("Hauptstraße 17a", "a home address"),
        ("Rua do Campo 12", "a home address"),
    ],
)
def test_note_with_personal_data_is_found(text: str, sign: str) -> None:
    assert sign in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "200 to 300 people, calm",
        "from 2026-03-02 08:00 to 10:00",
        "from 02.03.2026 08:00",
        "08.00-10.00 both lanes",
        "SW 3rd Avenue between Main and Salmon",
        "two lanes of four shut, bus 12 diverted",
        "permit covers plaza only",
    ],
)
def test_plain_note_is_left_alone(text: str) -> None:
    assert found(text) == ()


def test_name_may_be_an_address_but_no_contact() -> None:
    assert found("100 Market Street", note=False) == ()
    assert found("desk 503-555-0142", note=False) == ("a telephone number",)
