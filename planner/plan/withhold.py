"""The independent check put to a plan: what does not verify is withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import Point

from planner.plan import words
from planner.plan.document import served
from planner.plan.no_way.advice import advise
from planner.plan.pace.names import NAMES
from planner.plan.staff import message
from planner.plan.support.record import without
from planner.plan.trades import trade_record
from planner.plan.why.causes import explanations
from planner.plan.wishes.asked import point_in
from planner.staging.candidates import vehicle_m2
from planner.verify import Crowd, Demands, Facts, Limits, verify
from planner.verify.message import message_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.network.osm import Extract
    from planner.plan.facts import Answer
    from planner.verify.streets import Streets


def verified(
    document: dict[str, Any],
    extract: Extract,
    answer: Answer,
    streets: Streets | None = None,
    *,
    headline: Callable[[dict[str, Any]], str] = words.headline,
    afoot: Mapping[str, Facts] | None = None,
) -> dict[str, Any]:
    """Return the document with its verification; a failed route or site is taken out of it.

    Parameters
    ----------
    document
        The plan as written.
    extract
        The raw roads.
    answer
        What the plan was written from: its frames and clocks are what the check reads.
    streets
        The raw roads as former checks have looked them up.
    headline
        Writes the first line anew, should something be taken out.
    afoot
        What the check reads of who walks from a stop, by profile.
    """
    facts = plain_facts(extract, answer, streets)
    outcome = verify(document, facts, afoot)
    document = document | {"verification": outcome.to_json()}
    failed = {failure.id for failure in outcome.failures}
    if not failed:
        return document
    why = {failure.id: failure.rule for failure in outcome.failures}
    origins = [_without(_stopless(origin, failed), failed, why) for origin in document["origins"]]
    origins = [_told(document, origin, failed) for origin in origins]
    document = document | {
        "origins": origins,
        "gates": [gate | served(gate["id"], origins) for gate in document["gates"]],
        **_reasons_left(document, origins),
        "trade": trade_record(document | {"origins": origins}, answer.question),
        "feasible": any(o["routes"] for o in origins),
        "staging": [moves_kept(s, failed) for s in document["staging"] if s["id"] not in failed],
        "support": without(document.get("support"), failed),
        "warnings": [
            *document["warnings"],
            f"{len(failed)} routes or sites did not pass the independent check and are withheld",
        ],
    }
    document["advice"] = advise(document, _beside(document, failed))
    return document | {"headline": headline(document)}


def moves_kept(site: dict[str, Any], failed: set[str]) -> dict[str, Any]:
    """Return a site without the movement of which the way to the gate, or the fallback, failed."""
    moved = site.get("movement")
    over = moved and moved["hand_over"]
    to = moved and moved["fallback"]
    gone = (over and over["id"] in failed) or (to and to["site"] in failed)
    return site | {"movement": None} if gone else site


def _reasons_left(document: dict[str, Any], origins: list[dict[str, Any]]) -> dict[str, Any]:
    """Return why ways are what they are, and which pass what, for those that are still told."""
    gone = {
        after["id"] for before, after in zip(document["origins"], origins, strict=True)
        if before["routes"] and not after["routes"]
    }  # fmt: skip
    why = document["why"] and [one for one in document["why"] if one["origin"] not in gone]
    left = {route["id"] for origin in origins for route in origin["routes"]}
    wishes = document["wishes"] and document["wishes"] | {
        "passes": {key: at for key, at in document["wishes"]["passes"].items() if key in left}
    }
    return {"why": why, "explanations": explanations(why, origins), "wishes": wishes}


def _beside(document: dict[str, Any], failed: set[str]) -> dict[str, Any]:
    """Return what stands beside the advice, less the walks that failed."""
    before = document["advice"] or {}
    transit = before.get("transit")
    kept = transit and [stop for stop in transit if stop["walk"]["id"] not in failed]
    return {"transit": kept, "gates": before.get("gates"), "inside": before.get("inside")}


def _stopless(origin: dict[str, Any], failed: set[str]) -> dict[str, Any]:
    """Return an origin without its stop where that, the drive to it or the walk failed."""
    stop = origin.get("stop")
    ways = [stop["drive"], stop["walk"], stop["wheelchair"]] if stop else []
    return origin | {"stop": None} if any(way and way["id"] in failed for way in ways) else origin


def plain_facts(extract: Extract, answer: Answer, streets: Streets | None = None) -> Facts:
    """Return what the check reads: raw roads, frames, polygons and clocks."""
    risk, question = answer.risk, answer.question
    when = risk.field.when
    return Facts(
        extract=extract,
        entrances=answer.layers.entrances,
        closures=answer.layers.closures,
        crowds=[
            Crowd(f.zone_id, when(f.start_s), when(f.end_s), f.kept_clear, f.presence)
            for f in risk.footprints
        ],
        epsg=answer.problem.network.epsg,
        timezone=answer.layers.settings.timezone,
        limits=Limits(
            block_presence=question.parameters.block_presence,
            clear_below=question.parameters.clear_below,
            vehicle_m2=vehicle_m2(answer.question.profile),
            early_s=question.parameters.early_arrival_s,
            site_ways=0 if "exits" in question.sites.off else 2,
        ),
        holding_places=list(answer.sites.to_crs(4326).geometry),
        staging_sites=answer.layers.staging_sites,
        staging_window=question.staging_window,
        streets=streets,
        demands=_demands(answer),
        support_stops=answer.layers.support_stops,
        facilities=answer.layers.facility,
    )


def _told(document: dict[str, Any], origin: dict[str, Any], failed: set[str]) -> dict[str, Any]:
    """Return an origin whose message is that of the routes left, None where it failed itself."""
    if origin["message"] is None or message_id(origin["id"]) in failed:
        return origin | {"message": None}
    return origin | {"message": message(document, origin)}


def _demands(answer: Answer) -> Demands | None:
    """Return what was demanded of the ways, as typed, with the places as their layers hold them."""
    if not answer.hand.wishes:
        return None
    wishes, layers = answer.question.wishes, answer.layers
    places = {
        str(key): shape
        for layer in (layers.support_stops, layers.staging_sites)
        for key, shape in zip(layer["id"], layer.geometry, strict=True)
    }
    points = {text: point for text in wishes.via if (point := point_in(text))}
    return Demands(
        wishes.gate,
        tuple((text, Point(points[text]) if text in points else places[text])
              for text in wishes.via),
        wishes.avoid,
    )  # fmt: skip


def _without(origin: dict[str, Any], failed: set[str], why: dict[str, str]) -> dict[str, Any]:
    if origin["id"] in failed:
        failed = failed | {r["id"] for r in origin["routes"]}
    kept = [r for r in origin["routes"] if r["id"] not in failed]
    gone = [r for r in origin["routes"] if r["id"] in failed]
    origin = origin | {"options": [
        o for o in origin["options"] if not {o["id"], o["same_as"]} & failed
    ]}  # fmt: skip
    if not gone:
        return origin
    if gone[0]["role"] == "primary":
        # Alternates are measured against the primary: without it none can be vouched for.
        gone, kept = origin["routes"], []
    said = [
        f"{NAMES[r['role']]} withheld: it did not pass the check "
        f"{why.get(r['id'], 'of its first choice')!r}"
        for r in gone
    ]
    left = {r["id"] for r in kept}
    kept = [_within(route, left) for route in kept]
    changed = origin | {"routes": kept, "unmet": origin["unmet"] + said}
    if not kept:
        changed |= {"feasible": False, "options": [], "reason": said[0]}
    return changed


def _within(route: dict[str, Any], left: set[str]) -> dict[str, Any]:
    """Return a route whose words speak of no way that is not told."""
    if (route.get("decision") or {}).get("to", route["id"]) not in left:
        route = route | {"decision": None}
    if not left.issuperset((route.get("trigger") or {}).get("instead_of", ())):
        route = route | {"trigger": None, "use_when": None}
    return route
