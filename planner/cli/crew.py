"""Stops for the crew, havens, the medical block, as plain lines."""

from __future__ import annotations

from typing import Any


def support_lines(support: dict[str, Any] | None) -> list[str]:
    """Return what keeps a crew going; nothing where nobody looked."""
    if support is None:
        return []
    lines = ["", f"for the crew, within {support['minutes']} min by clear ways"]
    if not support["gates_open"]:
        lines.append("  every gate is shut then: minutes are those from a gate that is opened")
    lines += [f"  {stop['kind']:<8} {stop['text']}" for stop in support["stops"]]
    lines += [f"  {none['kind']:<8} {none['text']}" for none in support["none"]]
    lines += [f"haven {haven['text']}" for haven in support["havens"]]
    if not support["havens"]:
        lines.append(
            "haven: no hospital, police or fire station is told; add them to support_stops"
        )
    return lines
