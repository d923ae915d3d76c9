"""
Operations of the test double, where they are not of a single venue: rules, faults, snapshots, ...
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.errors import Conflict, Unprocessable
from exsim.faults.kinds import PROXY
from exsim.services.front.carrier import IVenue
from exsim.services.front.fleet import begun
from exsim.services.front.lists import venue_by_venue
from exsim.services.operations import scripts

if TYPE_CHECKING:
    from exsim.services.front.control import Front


async def create_rule(front: Front, arguments: Any, body: ds.NewRule) -> dr.Rule:
    """At its venue."""
    made: dr.Rule = await front.fleet.only(body.venue).ask("create_rule", arguments, body)
    return made


async def replace_rule(front: Front, arguments: ds.RulePlaceArguments, body: ds.NewRule) -> dr.Rule:
    """At its venue."""
    other: dr.Rule = await front.fleet.only(body.venue).ask("replace_rule", arguments, body)
    return other


async def list_rules(front: Front, arguments: ds.RulesArguments, body: None) -> Any:
    """Venue by venue, and in each in the order they are asked."""
    return await _of_venues(front, "list_rules", arguments)


async def list_behaviours(front: Front, arguments: ds.RulesArguments, body: None) -> Any:
    """Venue by venue."""
    return await _of_venues(front, "list_behaviours", arguments)


async def list_scenarios(front: Front, arguments: ds.RulesArguments, body: None) -> Any:
    """Venue by venue."""
    return await _of_venues(front, "list_scenarios", arguments)


async def _of_venues(front: Front, operation: str, arguments: Any) -> Any:
    if arguments.venue is not None:
        return await front.route(operation, arguments, None)
    return await venue_by_venue(front.fleet, operation, arguments)


async def clear_rules(front: Front, arguments: ds.OneVenueArguments, body: None) -> dr.Cleared:
    """Of one venue, or of all if all are there."""
    return await _cleared(front, "clear_rules", arguments)


async def _cleared(front: Front, operation: str, arguments: ds.OneVenueArguments) -> dr.Cleared:
    if arguments.venue is not None:
        cleared: dr.Cleared = await front.route(operation, arguments, None)
        return cleared
    found = await front.fleet.each(operation, [arguments] * len(front.fleet.venues))
    return dr.Cleared(sum(one.cleared for one in found))


async def reset_scenarios(front: Front, arguments: ds.OneVenueArguments, body: None) -> None:
    """Of one venue, or of all if all are there."""
    if arguments.venue is not None:
        await front.route("reset_scenarios", arguments, None)
    else:
        await front.fleet.each("reset_scenarios", [arguments] * len(front.fleet.venues))


async def create_fault(front: Front, arguments: Any, body: ds.NewFault) -> dr.Fault:
    """At the venue of its session or endpoint, under a name that no other venue has."""
    fleet = front.fleet

    async def create() -> Any:
        venue, given = await _placed(front, body)
        venue = venue or fleet.only(None)
        if given.name is not None:
            await fleet.check_free("fault", given.name, venue)
        return await venue.ask("create_fault", arguments, given)

    return await fleet.naming.run(lambda: begun(create()))


async def replace_fault(front: Front, arguments: ds.FaultArguments, body: ds.NewFault) -> dr.Fault:
    """At the venue that it is of."""
    venue, name = await front.fleet.one("fault", arguments.fault)
    place, given = await _placed(front, body)
    if place not in (None, venue):
        raise Unprocessable(f"venue: this fault is of {venue.venue}, and stays there")
    other: dr.Fault = await venue.ask("replace_fault", replace(arguments, fault=name), given)
    return other


async def _placed(front: Front, body: ds.NewFault) -> tuple[IVenue | None, ds.NewFault]:
    """Where a fault is to be, if it says so, and what it is of by the names of that venue."""
    fleet = front.fleet
    venue, given = fleet.only(body.venue) if body.venue else None, body
    for kind in ("session", "endpoint"):
        if (getattr(given, kind) or "").startswith(PROXY):
            found, name = await fleet.one("proxy", getattr(given, kind).removeprefix(PROXY))
            venue, given = venue or found, replace(given, **{kind: PROXY + name})
        elif getattr(given, kind) is not None:
            found, name = await fleet.one(kind, getattr(given, kind))
            venue, given = venue or found, replace(given, **{kind: name})
    return venue, given


async def list_fault_kinds(front: Front, arguments: s.PageArguments, body: None) -> Any:
    """They are the same everywhere."""
    return await front.fleet.venues[0].ask("list_fault_kinds", arguments)


async def list_faults(front: Front, arguments: ds.FaultsArguments, body: None) -> Any:
    """Venue by venue."""
    return await _of_venues(front, "list_faults", arguments)


async def clear_faults(front: Front, arguments: ds.OneVenueArguments, body: None) -> dr.Cleared:
    """Of one venue, or of all if all are there."""
    return await _cleared(front, "clear_faults", arguments)


async def list_scripts(front: Front, arguments: s.PageArguments, body: None) -> Any:
    """They are files of this machine."""
    after = parse_cursor(arguments.after, 1)
    items = [each for each in scripts.listed(front.settings.scripts) if each[0] > after]
    return page(items, 1, arguments.limit)


async def run_script(front: Front, arguments: ds.ScriptArguments, body: None) -> dr.ScriptRun:
    """It asks what any client could ask here."""
    return await scripts.run(front, front.reactor, front.settings.scripts, arguments.script)


async def list_snapshots(front: Front, arguments: s.PageArguments, body: None) -> Any:
    """Each venue has those of the same names."""
    return await front.fleet.venues[0].ask("list_snapshots", arguments)


async def take_snapshot(
    front: Front, arguments: ds.SnapshotArguments, body: ds.NewSnapshot
) -> dr.Snapshot:
    """Of each venue; that of the first one is told."""
    venues = front.fleet.venues
    if body.at is not None and len(venues) > 1:
        raise Conflict("each venue has a process and a journal of its own: leave out `at`")
    found = await front.fleet.each("take_snapshot", [arguments] * len(venues), body)
    taken: dr.Snapshot = found[0]
    return taken


async def restore_snapshot(
    front: Front, arguments: ds.SnapshotArguments, body: None
) -> dr.Snapshot:
    """Of each venue."""
    venues = front.fleet.venues
    found = await front.fleet.each("restore_snapshot", [arguments] * len(venues))
    restored: dr.Snapshot = found[0]
    return restored


async def delete_snapshot(front: Front, arguments: ds.SnapshotArguments, body: None) -> None:
    """Of each venue."""
    await front.fleet.each("delete_snapshot", [arguments] * len(front.fleet.venues))


async def verify_messages(front: Front, arguments: Any, body: ds.Verify) -> Any:
    """At one venue: what came near, and the conversation, are of one journal."""
    fleet = front.fleet
    if body.venue is not None or len(fleet.venues) == 1:
        return await fleet.only(body.venue).ask("verify_messages", arguments, body)
    having = [] if body.session is None else await fleet.having("session", body.session)
    if len(having) != 1:
        raise Conflict(
            "each venue has a process and a journal of its own: say at which venue messages are"
            " expected, or of which session that only one of them has"
        )
    return await having[0].ask("verify_messages", arguments, body)


HANDLERS: dict[str, Callable[[Front, Any, Any], Coroutine[Any, Any, Any]]] = {
    "create_rule": create_rule,
    "replace_rule": replace_rule,
    "list_rules": list_rules,
    "list_behaviours": list_behaviours,
    "list_scenarios": list_scenarios,
    "clear_rules": clear_rules,
    "reset_scenarios": reset_scenarios,
    "create_fault": create_fault,
    "replace_fault": replace_fault,
    "list_fault_kinds": list_fault_kinds,
    "list_faults": list_faults,
    "clear_faults": clear_faults,
    "list_scripts": list_scripts,
    "run_script": run_script,
    "list_snapshots": list_snapshots,
    "take_snapshot": take_snapshot,
    "restore_snapshot": restore_snapshot,
    "delete_snapshot": delete_snapshot,
    "verify_messages": verify_messages,
}
"""By name."""
