"""What ``planner diff`` does: two plans compared, in words, as JSON or GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from planner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Record = dict[str, Any]

INFEASIBLE, OUR_FAULT = 3, 1
KEPT = (
    "id", "origin", "name", "label", "role", "entrance", "leave_by", "exposure_min", "clear",
    "what", "sentence",
)  # fmt: skip
"""Fields of a way or place that are properties of its feature."""

ONE_OF_TWO = (
    "give two files of planner plan --json, or --workspace, --facility, --arrive and --since"
)


def diff_files(files: Sequence[Path], *, form: str) -> int:
    """Compare two plans from files."""
    from planner.plan.diff.compare import diff
    from planner.plan.diff.read import read_plan

    before, after = (read_plan(path) for path in files)
    return _print(diff(before, after), before, after, form=form)


def diff_since(
    target: Path, facility: str, arrive: str, asked: dict[str, Any], *, since: str, form: str
) -> int:
    """Compare the plan as known earlier with the one of now."""
    from planner.layers.workspace import Workspace
    from planner.plan.diff.since import compared, earlier_plan
    from planner.plan.make import make_plan
    from planner.plan.question import ask
    from planner.tuning import parameters_of

    workspace = Workspace.open(target)
    question = ask(
        facility, arrive, workspace.timezone, **asked, parameters=parameters_of(workspace)
    )
    earlier = earlier_plan(workspace, question, since)
    made = make_plan(workspace, question)
    return _print(compared(earlier, made.document), earlier.document, made.document, form=form)


def diff_either(files: Sequence[Path], history: dict[str, Any], asked: dict[str, Any],
                *, form: str) -> int:  # fmt: skip
    """Compare two files, or two states of a workspace: what was given tells which.

    Raises
    ------
    InputError
        Both were given, or neither in full.
    """
    told = {name: value for name, value in history.items() if value is not None}
    # A workspace may be named once for all commands, by the environment.
    named = [f"--{name}" for name in told if name != "workspace"]
    if files and named:
        raise InputError(f"{', '.join(named)} beside files: {ONE_OF_TWO}")
    if len(files) == 2:
        return diff_files(files, form=form)
    missing = [f"--{name}" for name in history if name not in told]
    if files or missing:
        count = "one file only" if len(files) == 1 else f"{len(files)} files"
        what = count if files else f"{', '.join(missing)} missing"
        raise InputError(f"{what}: {ONE_OF_TWO}")
    return diff_since(told["workspace"], told["facility"], told["arrive"], asked,
                      since=told["since"], form=form)  # fmt: skip


def diff_text(found: Record) -> str:
    """Return a comparison as lines: first line, the two plans, what changed, what did not."""
    from planner.plan.diff.told import name_of

    lines = [found["headline"]]
    for which in ("before", "after"):
        plan = found[which]
        lines.append(f"{which:<7}{plan['called']}: {name_of(plan['headline'], most=None)}")
    lines += [f"note: {said}" for said in found["caveats"]]
    first = [row for row in found["changes"] if row["of_note"]]
    for title, kinds in (("", False), ("other ways", True)):
        told = [row["sentence"] for row in first if (row["kind"] == "way") == kinds]
        lines += ["", *[title] * bool(title), *told] if told else []
    return "\n".join([*lines, "", found["unchanged"]]).rstrip()


def diff_features(found: Record, before: Record, after: Record) -> Record:
    """Return the ways of both plans, and the places that changed, as GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [*_ways(before, after), *_places(found, before, after)],
    }


def _ways(before: Record, after: Record) -> Iterator[Record]:
    from planner.plan.diff.compare import old_ways

    for way in old_ways(before, after):
        yield _feature("before", "way", way, way["geometry"])
    for origin in after["origins"]:
        for way in origin["routes"]:
            yield _feature("after", "way", way | {"origin": origin["id"]}, way["geometry"])


def _places(found: Record, before: Record, after: Record) -> Iterator[Record]:
    from planner.plan.diff.places import PLACES

    for row in found["changes"]:
        if row["kind"] not in PLACES or not row["of_note"]:
            continue
        for which, plan in (("before", before), ("after", after)):
            place = next((p for p in plan[PLACES[row["kind"]].rows] if p["id"] == row["id"]), None)
            if place is not None:
                point = {"type": "Point", "coordinates": [place.get("lon"), place.get("lat")]}
                shape = place.get("geometry") or point
                told = {"what": row["what"], "sentence": row["sentence"]}
                yield _feature(which, row["kind"], place | told, shape)


def _feature(which: str, kind: str, of: Record, shape: Any) -> Record:
    facts = {key: of[key] for key in KEPT if key in of}
    told = {"plan": which, "kind": kind} | facts
    return {"type": "Feature", "geometry": shape, "properties": told}


def _print(found: Record, before: Record, after: Record, *, form: str) -> int:
    if form == "json":
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif form == "geojson":
        typer.echo(json.dumps(diff_features(found, before, after), ensure_ascii=False))
    else:
        typer.echo(diff_text(found))
    if not found["after"]["verified"]:
        return OUR_FAULT
    return 0 if found["after"]["feasible"] else INFEASIBLE
