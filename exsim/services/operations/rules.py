"""Rules, behaviours and scenarios over REST."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.rulebook import Entry, Rulebook
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, Unprocessable
from exsim.model.amounts import format_amount
from exsim.model.rules import START, Rule, chance, parse_steps
from exsim.model.steps import Step, checked, steps_text
from exsim.services.operations.telling import step_of_plain
from exsim.services.simulator import Handler, Simulator


def book_of(simulator: Simulator, venue: str | None) -> Rulebook:
    """
    The rules of a venue, which may be left out where there is just one.

    :raises exsim.errors.RequestError: when there are several, or there is none of that name.
    """
    venues = simulator.dispatcher.venues
    if venue is None:
        if len(venues) != 1:
            raise Conflict(f"there are {len(venues)} venues: say which one")
        venue = next(iter(venues))
    book = simulator.dispatcher.venue(venue).rulebook
    assert book is not None  # all that are made by settings have one
    return book


def _books(simulator: Simulator, venue: str | None) -> list[tuple[Venue, Rulebook]]:
    venues = simulator.dispatcher.venues
    chosen = list(venues.values()) if venue is None else [simulator.dispatcher.venue(venue)]
    return [(each, each.rulebook) for each in chosen if each.rulebook is not None]


def _listed(
    simulator: Simulator, kind: str, arguments: ds.RulesArguments, views: Iterable[tuple[str, Any]]
) -> Any:
    """A page of what has a name."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    known = dict(views)
    numbered = simulator.numbers.of(f"{kind} of {arguments.venue}", known)
    items = [(n, known[name]) for n, name in numbered if n > after]
    return page(items, epoch, arguments.limit)


# -- rules


def list_rules(simulator: Simulator, arguments: ds.RulesArguments, body: None) -> Any:
    """Venue by venue, in the order they are asked."""
    found = [
        view(venue, entry)
        for venue, book in _books(simulator, arguments.venue)
        for entry in book.in_order()
    ]
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [(number, each) for number, each in enumerate(found, 1) if number > after]
    return page(items, epoch, arguments.limit)


def create_rule(simulator: Simulator, arguments: Any, body: ds.NewRule) -> dr.Rule:
    """Put a rule in the book."""
    book = book_of(simulator, body.venue)
    try:
        entry = book.add(rule_from(body, book.free_name()))
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    return view(book.venue, entry)


def replace_rule(
    simulator: Simulator, arguments: ds.RulePlaceArguments, body: ds.NewRule
) -> dr.Rule:
    """Have a rule be another; its name and venue stay."""
    if body.name not in (None, arguments.rule):
        raise Unprocessable(f"name: this rule is {arguments.rule!r}, and keeps its name")
    book = book_of(simulator, body.venue)
    try:
        entry = book.replace(rule_from(body, arguments.rule))
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    return view(book.venue, entry)


def rule_from(body: ds.NewRule, name: str) -> Rule:
    """
    The rule of a body; ``name`` is for one that has none.

    :raises ValueError: when it makes no sense.
    """
    if not body.scenario and (body.state is not None or body.becomes is not None):
        raise ValueError("state and becomes are those of a scenario: name it")
    return Rule(
        name=body.name or name,
        when=body.when,
        then=_steps(body.then),
        priority=body.priority,
        times=body.times,
        probability=chance(body.probability),
        seed=body.seed,
        scenario=body.scenario or "",
        state=body.state,
        becomes=body.becomes,
        enabled=body.enabled,
    )


def _steps(then: str | list[ds.RuleStep]) -> tuple[Step, ...]:
    if isinstance(then, str):
        return parse_steps(then)
    found = []
    for number, each in enumerate(then, 1):
        try:
            found.append(step_of_plain(msgspec.structs.asdict(each)))
        except Unprocessable as error:
            raise ValueError(f"step {number}: {error}") from None
    return checked(found)


def get_rule(simulator: Simulator, arguments: ds.RuleArguments, body: None) -> dr.Rule:
    """One rule."""
    book = book_of(simulator, arguments.venue)
    return view(book.venue, book.get(arguments.rule))


def delete_rule(simulator: Simulator, arguments: ds.RuleArguments, body: None) -> None:
    """Take a rule out of the book."""
    book_of(simulator, arguments.venue).remove(arguments.rule)


def clear_rules(simulator: Simulator, arguments: ds.OneVenueArguments, body: None) -> dr.Cleared:
    """Take all out, of one venue or of all."""
    books = _books(simulator, arguments.venue)
    return dr.Cleared(sum(book.clear() for _, book in books))


def enable_rule(simulator: Simulator, arguments: ds.RuleArguments, body: None) -> dr.Rule:
    """Switch a rule on."""
    book = book_of(simulator, arguments.venue)
    return view(book.venue, book.enable(arguments.rule, True))


def disable_rule(simulator: Simulator, arguments: ds.RuleArguments, body: None) -> dr.Rule:
    """Switch a rule off."""
    book = book_of(simulator, arguments.venue)
    return view(book.venue, book.enable(arguments.rule, False))


def view(venue: Venue, entry: Entry) -> dr.Rule:
    """A rule as people see it."""
    rule = entry.rule
    return dr.Rule(
        name=rule.name,
        venue=venue.name,
        when="" if rule.when is None else str(entry.filter),
        then=steps_text(rule.then),
        priority=rule.priority,
        times=rule.times,
        probability=format_amount(rule.probability),
        seed=rule.seed,
        scenario=rule.scenario,
        state=rule.state,
        becomes=rule.becomes,
        enabled=rule.enabled,
        hits=entry.hits,
        left=entry.left,
        passed=entry.passed,
    )


# -- behaviours


def list_behaviours(simulator: Simulator, arguments: ds.RulesArguments, body: None) -> Any:
    """Those of the configuration."""
    found = {}
    for venue, book in _books(simulator, arguments.venue):
        for entry in book.behaviours.values():
            behaviour = entry.behaviour
            assert behaviour is not None
            found[f"{venue.name}:{behaviour.name}"] = dr.Behaviour(
                name=behaviour.name,
                venue=venue.name,
                summary=behaviour.summary,
                symbols=list(behaviour.symbols),
                prefixes=list(behaviour.prefixes),
                match=behaviour.match,
                then=steps_text(behaviour.then),
                hits=entry.hits,
            )
    return _listed(simulator, "behaviour", arguments, found.items())


# -- scenarios


def _scenario(book: Rulebook, name: str) -> dr.Scenario:
    return dr.Scenario(name, book.venue.name, book.scenario(name), book.states(name))


def list_scenarios(simulator: Simulator, arguments: ds.RulesArguments, body: None) -> Any:
    """Those that rules name, or somebody set."""
    found = {
        f"{venue.name}:{name}": _scenario(book, name)
        for venue, book in _books(simulator, arguments.venue)
        for name in book.scenarios
    }
    return _listed(simulator, "scenario", arguments, found.items())


def get_scenario(simulator: Simulator, arguments: ds.ScenarioArguments, body: None) -> dr.Scenario:
    """One scenario."""
    return _scenario(book_of(simulator, arguments.venue), arguments.scenario)


def set_scenario(
    simulator: Simulator, arguments: ds.ScenarioArguments, body: ds.ScenarioState
) -> dr.Scenario:
    """Put it in a state."""
    book = book_of(simulator, arguments.venue)
    book.set_scenario(arguments.scenario, body.state)
    return _scenario(book, arguments.scenario)


def reset_scenario(simulator: Simulator, arguments: ds.ScenarioArguments, body: None) -> None:
    """Put it back where it starts."""
    book_of(simulator, arguments.venue).reset_scenario(arguments.scenario)


def reset_scenarios(simulator: Simulator, arguments: ds.OneVenueArguments, body: None) -> None:
    """Put all back, of one venue or of all."""
    for _, book in _books(simulator, arguments.venue):
        for name in list(book.scenarios):
            book.set_scenario(name, START)
            book.reset_scenario(name)


HANDLERS: dict[str, Handler] = {
    "list_rules": list_rules,
    "create_rule": create_rule,
    "get_rule": get_rule,
    "delete_rule": delete_rule,
    "clear_rules": clear_rules,
    "replace_rule": replace_rule,
    "enable_rule": enable_rule,
    "disable_rule": disable_rule,
    "list_behaviours": list_behaviours,
    "list_scenarios": list_scenarios,
    "get_scenario": get_scenario,
    "set_scenario": set_scenario,
    "reset_scenario": reset_scenario,
    "reset_scenarios": reset_scenarios,
}
