"""The documentation page of the commands, written from their help."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

import typer

from planner.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 80

_INTRO = """# Commands

Written from `planner --help` by `planner.cli.help_page`; do not edit by hand. Write it again with

    python -c "from planner.cli.help_page import help_page; print(help_page(), end='')" > docs/commands.md

Data goes to stdout, words to stderr. Exit codes: 0 done and feasible, 3 no way through, 2 bad input,
1 a fault of ours. A time without an offset is in the workspace's zone. Laid out by typer {typer}.
"""


def help_page() -> str:
    """Return the page in Markdown: the help of every command, 80 columns wide."""
    version = ".".join(metadata.version("typer").split(".")[:2])
    parts = [_INTRO.format(typer=version)]
    for words, command in commands():
        with command.make_context(
            " ".join(words), [], resilient_parsing=True,
            terminal_width=WIDTH, max_content_width=WIDTH, color=False,
        ) as context:  # fmt: skip
            text = command.get_help(context).strip()
        title = "#" * min(len(words) + 1, 3)
        parts.append(f"{title} {' '.join(words)}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command by its words, groups before what they hold, in order of declaration.

    The first is the program itself, ``("planner",)``.
    """
    yield from _below(("planner",), typer.main.get_command(app))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below((*words, name), inner)
