"""
Races over REST. One that is armed is rules and faults under its name, and nothing else, so that
whatever lists, removes or resets those does so with it, too.
"""

from __future__ import annotations

from typing import Any

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.rulebook import Rulebook
from exsim.errors import NotFound, Unprocessable
from exsim.faults.book import Faults, kind_of
from exsim.faults.fault import Fault
from exsim.faults.races import RACES, Defect, Move, Race, filled_in, race_of
from exsim.filters import filter_of
from exsim.model.options import read_options
from exsim.model.rules import Rule, parse_steps
from exsim.services.operations.rules import book_of
from exsim.services.simulator import Handler, Simulator

PRIORITY = 2
"""Of a race's rules: before those of faults in orders, and those that say nothing."""


def list_races(simulator: Simulator, arguments: ds.RulesArguments, body: None) -> Any:
    """All races, and what is armed of them."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [(number, race) for number, race in enumerate(RACES, 1) if number > after]
    shown = [(number, view(simulator, race, arguments.venue)) for number, race in items]
    return page(shown, epoch, arguments.limit)


def race(simulator: Simulator, arguments: ds.RaceArguments, body: ds.NewRace) -> dr.Race:
    """Arm a race; what was armed of it for the same session is taken away first."""
    found, book = _found(arguments.race), book_of(simulator, arguments.venue)
    faults = simulator.exchange.misbehaving.faults
    try:
        values = read_options(found.options, _given(found, body))
        rules = _rules(found, body, values)
        made = _faults(found, body, book.venue.name)
        name = _name(found, body.session)
        _forget(book, faults, name)
        seed = book.venue.settings.seed
        for fault in made:
            faults.add(fault, simulator.parts.seed if seed is None else seed)
        for rule in rules:
            book.add(rule)
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    return view(simulator, found, book.venue.name)


def _found(name: str) -> Race:
    try:
        return race_of(name)
    except ValueError as error:
        raise NotFound(str(error)) from None


def _given(found: Race, body: ds.NewRace) -> dict[str, str]:
    """
    The parameters that are given, as text.

    :raises ValueError: when the race has no such parameter.
    """
    known = [option.name for option in found.options]
    for name in body.parameters:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"race {found.name} has no parameter {name[:40]!r}: {has}")
    return {name: str(value) for name, value in body.parameters.items()}


def _name(found: Race, session: str | None) -> str:
    """What the rules and faults of a race are called, or their names begin with."""
    return f"race:{found.name}" + (f"@{session}" if session else "")


def _rules(found: Race, body: ds.NewRace, values: dict[str, Any]) -> list[Rule]:
    """
    :raises ValueError: when the steps make no sense with these parameters.
    """
    rules = []
    for number, move in enumerate(found.moves, 1):
        move = filled_in(move, values, body.times)
        rules.append(
            Rule(
                name=_numbered(_name(found, body.session), number, len(found.moves)),
                when=_when(move, body),
                then=parse_steps(move.then),
                priority=PRIORITY,
                times=int(move.times) if move.times else None,
            )
        )
    return rules


def _faults(found: Race, body: ds.NewRace, venue: str) -> list[Fault]:
    return [
        Fault(
            name=_numbered(_name(found, body.session), number, len(found.defects)),
            kind=kind_of(defect.kind).name,
            venue=venue,
            match=_when(defect, body),
            direction=defect.direction,
            count=body.times,
            parameters=defect.parameters,
        )
        for number, defect in enumerate(found.defects, 1)
    ]


def _numbered(name: str, number: int, of: int) -> str:
    return name if of == 1 else f"{name}:{number}"


def _when(part: Move | Defect, body: ds.NewRace) -> str:
    """The filter of a part of a race: its own, what is asked for, and whose messages it is of."""
    parts = [part.match, f"({filter_of(body.match)})" if body.match else ""]
    parts += [f'session="{body.session}"' if body.session else ""]
    return " ".join(filter(None, parts))


# -- what is armed


def _armed(book: Rulebook, faults: Faults, name: str) -> tuple[list[str], list[str]]:
    """The rules and faults whose names are that of a race, or begin with it."""

    def ours(known: str) -> bool:
        return known == name or known.startswith((f"{name}:", f"{name}@"))

    rules = [each for each in book.rules if ours(each)]
    venue = book.venue.name
    named = [each.fault.name for each in faults if each.fault.venue == venue]
    return rules, [each for each in named if ours(each)]


def _forget(book: Rulebook, faults: Faults, name: str) -> int:
    """Take away what is armed under a name; how many parts it had."""
    rules, named = _armed(book, faults, name)
    for each in rules:
        book.remove(each)
    for each in named:
        faults.remove(each)
    return len(rules) + len(named)


def disarm_race(simulator: Simulator, arguments: ds.RaceArguments, body: None) -> dr.Cleared:
    """Take away all that is armed of a race."""
    found, book = _found(arguments.race), book_of(simulator, arguments.venue)
    faults = simulator.exchange.misbehaving.faults
    return dr.Cleared(_forget(book, faults, _name(found, None)))


def view(simulator: Simulator, found: Race, venue: str | None) -> dr.Race:
    """A race as people see it."""
    book, faults = book_of(simulator, venue), simulator.exchange.misbehaving.faults
    rules, named = _armed(book, faults, _name(found, None))
    armed = [_of_rule(book, name) for name in rules]
    armed += [_of_fault(faults, name) for name in named]
    return dr.Race(
        race=found.name,
        venue=book.venue.name,
        summary=found.summary,
        rules=[f"{move.match} then {move.then}" for move in found.moves],
        faults=[f"{each.match} {each.direction} {each.kind}" for each in found.defects],
        parameters=[
            dr.FaultParameter(option.name, option.default, option.help) for option in found.options
        ],
        armed=armed,
    )


def _of_rule(book: Rulebook, name: str) -> dr.ArmedRace:
    entry = book.get(name)
    return dr.ArmedRace(name, "rule", str(entry.filter), entry.hits, entry.left)


def _of_fault(faults: Faults, name: str) -> dr.ArmedRace:
    active = faults.get(name)
    return dr.ArmedRace(name, "fault", str(filter_of(active.fault.match)), active.hits, active.left)


HANDLERS: dict[str, Handler] = {
    "list_races": list_races,
    "race": race,
    "disarm_race": disarm_race,
}
