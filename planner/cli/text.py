"""What a terminal shows, as plain lines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from planner.cli.crew import support_lines
from planner.cli.onward import beside_lines, onward_of, stop_directions, stop_features
from planner.cli.scores import room_lines, site_lines
from planner.layers.schema import LAYERS
from planner.network.profiles import PROFILES
from planner.plan.directions.speech import speech_of
from planner.plan.doubt.variations import clear_in
from planner.plan.pace.names import NAMES, with_pace
from planner.plan.paths import quiet_notices
from planner.plan.trades import option_line, told_options
from planner.plan.why.words import first_choice
from planner.plan.words import best_origin, clock, dated, held, in_hand, latest, minutes
from planner.risk.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopandas import GeoDataFrame

    from planner.initialise import InitReport
    from planner.layers.workspace import Workspace
    from planner.network.corrections import Corrected
    from planner.network.graph import Network
    from planner.renew import UpdateReport


WITHOUT = ("geometry", "legs", "steps", "decision", "trigger", "holds")
"""Fields of a route that are no properties of its feature."""

NO_FACTS = ("ways", "parts", "gates", "movement")
"""The same of a staging site."""

BY_KIND = ("quiet_places", "transit_stops")
"""Static tables told by kind; workspaces made before they were read lack them."""


def plan_words(document: dict[str, Any]) -> str:
    """Return a plan for a terminal: the answer first, then gates, ways, sites, warnings."""
    when = dated(document["arrive_by"])
    who = PROFILES[document["profile"]].title.lower()
    lines = [*first_lines(document), f"arrive by {when}, {document['timezone']}, {who}"]
    lines += [*room_lines(document), ""]
    told = speech_of(document["profile"])
    for gate in document["gates"]:
        hours = f"{gate['opens']}-{gate['closes']}"
        count = len(gate["best_for"])
        best = f", best from {told.many(count)}" if count else ""
        why = f" ({gate['reason']})" if gate["reason"] else ""
        state = f"open {hours}{best}{why}" if gate["open"] else gate["reason"] or f"shut ({hours})"
        state += clear_in(gate, document["ensemble"])
        lines.append(f"gate {gate['name']}: {state}")
    for origin in document["origins"]:
        lines += ["", f"from {origin['name']}"]
        if not origin["routes"]:
            at = (origin["opens_at"] or "")[:16].replace("T", " ")
            opens = f"; opens for arrival at {at}" if at else ""
            lines.append(f"  no way through: {origin['reason']}{opens}")
            lines += onward_of(origin)
        for route in origin["routes"]:
            lines += [f"  {_route(route, document)}"]
            lines += [f"    {route['use_when']}"] if route["use_when"] else []
            lines += [f"    note: {said}" for said in _notes(route)]
        lines += [
            f"  {option_line(option, document['arrive_by'])}" for option in told_options(origin)
        ]
        lines += [f"  how sure: {origin['sure']}"] if origin["sure"] else []
        lines += [f"  unmet: {said}" for said in origin["unmet"]]
    lines += beside_lines(document["advice"])
    lines += stop_directions(document)
    lines += _directions(document)
    lines += ["", *site_lines(document)]
    lines += support_lines(document["support"])
    lines += [_zone(row) for row in document["zones"]]
    lines += _varied(document)
    lines += [f"why: {said}" for said in (*first_choice(document), *document["explanations"])]
    lines += [f"choke point: {point['text']}" for point in document["choke_points"] or []]
    lines += [f"note: {said}" for said in document["notices"]]
    lines += [f"warning: {said}" for said in document["warnings"]]
    check = document["verification"]
    lines.append(
        f"checked: {check['checked']} routes and sites, "
        f"{'all pass' if check['passed'] else str(len(check['failures'])) + ' failures'}"
    )
    inputs = document["provenance"]["inputs"]
    lines.append(f"roads: {inputs['roads']}, extract {inputs['extract_date'] or 'of unknown date'}")
    return "\n".join(lines)


def first_lines(document: dict[str, Any]) -> list[str]:
    """Return the answer, what was asked of it, how often it holds, as far as there is any."""
    ensemble, wishes, trade = document["ensemble"], document["wishes"], document["trade"]
    return [
        document["headline"], *([wishes["text"]] if wishes else []),
        *([trade["text"]] if trade["text"] else []),
        *([ensemble["sentence"]] if ensemble else []),
    ]  # fmt: skip


def _varied(document: dict[str, Any]) -> list[str]:
    """Return what was varied of the reports."""
    return [f"varied: {said}" for said in (document["ensemble"] or {}).get("varied", [])]


def _zone(row: dict[str, Any]) -> str:
    """Return a zone in words: what it is at the arrival."""
    weight = f", weight {row['presence_at_arrival']:.2f}" * (row["status"] == "reported")
    since = f" {dated(row['expires_at'])}" * (row["status"] == "expired")
    told = f", {len(row['reports'])} reports" * (len(row["reports"]) > 1)
    return f"zone {row['id']}: {row['status']}{since}{weight}{told}: {row['label']}"


def _directions(document: dict[str, Any]) -> list[str]:
    """Return the directions of the best primary, the one of the first line."""
    origin = best_origin(document)
    if origin is None:
        return []
    route = origin["routes"][0]
    lines = ["", f"street by street, {NAMES[route['role']]} from {origin['name']}"]
    lines += [f"  {clock(step['at'])}  {step['text']}" for step in route["steps"]]
    if route["decision"]:
        lines.append(f"  {route['decision']['text']}")
    return [*lines, *([f"  {latest(route)}"] if latest(route) else [])]


def _route(route: dict[str, Any], document: dict[str, Any]) -> str:
    streets = ", ".join(route["streets"][-4:])
    total = minutes(route["time_s"] + route["wait_s"])
    clear = "clear" if route["clear"] else f"risk {route['max_risk']:.2f}"
    often = clear_in(route, document["ensemble"]).removeprefix(", ")
    clear += f" ({often})" if often else ""
    return (
        f"{with_pace(route['role'])}: {route['entrance_name']}: "
        f"leave by {clock(route['leave_by'])}{in_hand(route)}{held(route)}, {total}, "
        f"{route['length_m'] / 1000:.1f} km, {route['exposure_min']:.1f} min exposure, "
        f"{clear}{_shared(route)}{_quiet(route)}; ... {streets}"
    )


def _notes(route: dict[str, Any]) -> list[str]:
    """Return what is noted of a way beside what its line tells: a ferry, a gate off the road."""
    told = quiet_notices(route)
    return [one for one in route["notices"] if one not in told and not one.startswith("not clear")]


def _shared(route: dict[str, Any]) -> str:
    """Return how much of a way lies on the first choice; of that itself nothing is told."""
    share = route["shared_with_primary"]
    return "" if route["role"] == "primary" else f", shared {share:.0%}"


def _quiet(route: dict[str, Any]) -> str:
    """Return the quiet streets a route uses, in words."""
    return "".join(f", {metres:.0f} m of quiet streets: {kind}"
                   for kind, metres in route["quiet_m"].items())  # fmt: skip


def init_report(report: InitReport) -> str:
    """Return what a new workspace holds, a line a layer, zeros included; what was dropped."""
    lines = [f"{report.path.name}: {report.settings.name}, {report.settings.timezone}"]
    lines += _by_layer(report.counts)
    lines += [f"  {count:>8} {kind}" for kind, count in report.drops.items()]
    lines += [f"warning: {said}" for said in report.warnings]
    return "\n".join(lines)


def _by_layer(counts: Mapping[str, int]) -> list[str]:
    """Return a line for each thing counted, its kinds behind it.

    >>> _by_layer({"arcs": 7, "facilities": 3, "facilities: police": 3, "facilities: prison": 0})
    ['         7 arcs', '         3 facilities: 3 police, 0 prison']
    """
    lines: dict[str, str] = {}
    for name, count in counts.items():
        layer, _, kind = name.partition(": ")
        if kind and layer in lines:
            lines[layer] += f"{',' if ':' in lines[layer] else ':'} {count} {kind}"
        else:
            lines[name] = f"  {count:>8} {name}"
    return list(lines.values())


def update_report(report: UpdateReport) -> str:
    """Return what became of the rows by layer, what was dropped, and what to know."""
    lines = [f"{report.path.name}: roads and map renewed, {report.settings.source_name}"]
    for layer, done in report.layers.items():
        told = ", ".join(f"{count} {what}" for what, count in done.items())
        lines.append(f"  {layer}: {told}")
    lines += [f"  {count:>8} {kind}" for kind, count in report.drops.items()]
    lines += [f"warning: {said}" for said in report.warnings]
    return "\n".join(lines)


def holdings(
    workspace: Workspace, network: Network, dropped: Mapping[str, int], credit: str
) -> str:
    """Return the settings, rows by layer, and how the roads were read."""
    settings = workspace.settings
    lines = [
        f"{settings.name}: {settings.timezone}, EPSG:{settings.epsg}, edit {workspace.version}",
        f"roads from {settings.source_name}, extract {settings.extract_date or 'of unknown date'}, "
        + credit,
        f"  {network.counts['arcs']:>8} directed arcs, {network.n_nodes} nodes",
    ]
    lines += [f"  {len(workspace.layer(name)):>8} {name}" for name in LAYERS]
    lines += [_kinds(workspace, name) for name in BY_KIND if name in workspace.statics()]
    lines += [f"  {count:>8} {kind}" for kind, count in network.counts.items()]
    lines += [f"  {count:>8} {kind}" for kind, count in dropped.items()]
    return "\n".join(lines)


def zones_now(found: Mapping[str, tuple[Status, int]], now: datetime) -> list[str]:
    """Return how many rows of the zones layer are reported, to come, expired, and which expired."""
    if not found:
        return []
    count = Counter(str(status) for status, _ in found.values())
    told = ", ".join(f"{count[status]} {status}" for status in Status if count[status])
    lines = [f"zones at {now:%Y-%m-%d %H:%M}: {told}"]
    for key, (status, left_s) in sorted(found.items()):
        if status == Status.EXPIRED:
            lines.append(f"  expired {now + timedelta(seconds=left_s):%Y-%m-%d %H:%M}: {key}")
    return lines


def _kinds(workspace: Workspace, table: str) -> str:
    kinds = workspace.static(table)["kind"].value_counts()
    said = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return f"  {kinds.sum():>8} {table}{': ' * bool(said)}{said}"


def corrections(rows: GeoDataFrame, made: Corrected) -> list[str]:
    """Return every correction of the road map, with the road it is about."""
    return [
        f"correction {row.id}: {row.kind.replace('_', ' ')}, "
        + (made.matched.get(row.id) or f"matches no road: {made.unmatched.get(row.id, '')}")
        for row in rows.itertuples()
    ]


def features(document: dict[str, Any]) -> dict[str, Any]:
    """Return routes, stops and staging sites of a plan as a GeoJSON FeatureCollection."""
    made = []
    for origin in document["origins"]:
        beside = (origin["robust"] or {}).get("route")
        for route in [*origin["routes"], *([beside] if beside else [])]:
            facts = {k: v for k, v in route.items() if k not in WITHOUT}
            made.append(_feature(route["geometry"], {"origin": origin["id"]} | facts))
        made += [_feature(*pair) for pair in stop_features(origin, WITHOUT)]
    for site in document["staging"]:
        point = {"type": "Point", "coordinates": [site["lon"], site["lat"]]}
        made.append(_feature(point, {k: v for k, v in site.items() if k not in NO_FACTS}))
        over = (site.get("movement") or {}).get("hand_over")
        if over:
            facts = {k: v for k, v in over.items() if k not in WITHOUT}
            made.append(_feature(over["geometry"], {"site": site["id"]} | facts))
    return {"type": "FeatureCollection", "features": made}


def _feature(geometry: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": facts}
