"""
Steps of scripts, each a line: what it does to a simulator, or what it expects of it.

Each is read before any is done. The words are in :data:`STEPS`; what is done after ``then`` and
``do`` are steps as rules have them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from exsim.client.nearest import instead
from exsim.client.script_checks import Check, Failed, Since
from exsim.control.operations import BY_NAME
from exsim.control.trading_results import Decided
from exsim.filters import parse
from exsim.model.steps import Step, parse_steps

if TYPE_CHECKING:
    # Not at run time: a simulator reads scripts, too, and runs few.
    from exsim.client.blocking_operations import BlockingOperations

PATIENCE: Final = "2s"
"""How long a step waits that does not say."""
_OF_ORDERS: Final = {
    "done-for-day": "done_for_day",
    "bust": "bust_fill",
    "correct": "correct_fill",
}


class Play:
    """A script at work: what it talks to, and what came last."""

    def __init__(self, simulator: BlockingOperations, venue: str = "", session: str = "") -> None:
        self.simulator = simulator
        self.venue = venue or simulator.list_venues().items[0].name
        self.session = session
        self.begun = simulator.list_messages(limit=1000).position
        self.position = self.begun
        self.hold = ""
        self.order = ""
        self.since = Since(simulator, self.venue)

    def check(self, **given: Any) -> Any:
        """
        Verify; what was found.

        :raises Failed: when it is not as expected: the text of that.
        """
        found = self.simulator.verify_messages(venue=self.venue, **given)
        if not found.passed:
            raise Failed(found.text)
        return found

    def whom(self) -> str:
        """
        The session that is meant.

        :raises Failed: when the script names none.
        """
        if not self.session:
            raise Failed("the script says of no session = NAME in [script]")
        return self.session


Doer = Callable[[Play], None]
_WITHIN: Final = re.compile(r"\s+within\s+(\S+)$")
_TIMES: Final = re.compile(r"\s+(exactly|at least|at most)\s+(\d+)$|\s+(never)$")


def _within(rest: str) -> tuple[str, str | None]:
    found = _WITHIN.search(f" {rest}")
    return (rest, None) if found is None else (f" {rest}"[: found.start()].strip(), found[1])


def _filter(text: str) -> str:
    """:raises ValueError: when it is none."""
    return str(parse(text)) if text else ""


def _expect(rest: str) -> Doer:
    text, within = _within(rest)
    wanted = _filter(text)

    def do(play: Play) -> None:
        found = play.check(
            filter=wanted, at_least=1, after=play.position, within=within or PATIENCE
        )
        message = found.messages[0]
        epoch = found.position.rpartition("-")[0]
        play.position = f"{epoch}-{message.seq}"
        named = next((each.value for each in message.fields if each.name == "ClOrdID"), None)
        if named is not None:
            _remember(play, named, message.session)

    return do


def _remember(play: Play, cl_ord_id: str, session: str) -> None:
    """The order that the message was about is what is decided about next."""
    orders = play.simulator.list_orders(
        play.venue,
        cl_ord_id=cl_ord_id,
        session=session,
        status="any",
        order="newest",
        limit=1,
    ).items
    play.order = orders[0].order_id if orders else play.order


def _verify(rest: str) -> Doer:
    text, within = _within(rest)
    often = _TIMES.search(f" {text}")
    given: dict[str, Any] = {"at_least": 1}
    if often is not None:
        text = f" {text}"[: often.start()].strip()
        given = {"never": True}
        if often[1]:
            given = {often[1].replace(" ", "_"): int(often[2])}
    wanted = _filter(text)
    return lambda play: _ignored(
        play.check(filter=wanted, after=play.begun, within=within, **given)
    )


def _ignored(result: object) -> None:
    """A step tells only whether it could be done."""


def _hold(rest: str) -> Doer:
    text, within = _within(rest)
    wanted = _filter(text)

    def do(play: Play) -> None:
        span = within or PATIENCE
        found = play.simulator.wait_holds(venue=play.venue, timeout=span, count=1)
        if not found.complete:
            raise Failed(f"Expected a request that is held, within {span}: there is none.")
        play.hold, play.order = found.items[0].hold, ""
        if wanted:
            held = found.items[0].cl_ord_id
            question = f'({wanted}) dir=in cl_ord_id="{held}"'
            play.check(filter=question, at_least=1, after=play.begun)

    return do


def _do(rest: str) -> Doer:
    steps = parse_steps(rest)
    for step in steps:
        if f"{step.do.replace('-', '_')}_hold" not in BY_NAME:
            raise ValueError(f"{step.do} is for rules: have a rule do it")

    def do(play: Play) -> None:
        for step in steps:
            _decide(play, step)

    return do


def _decide(play: Play, step: Step) -> None:
    """Do a step about the hold, or the order that came of it, or was expected last."""
    name = step.do.replace("-", "_")
    if play.hold:
        entry = BY_NAME[f"{name}_hold"]
        arguments: Any = {"hold": play.hold}
    elif play.order:
        entry = BY_NAME[_OF_ORDERS.get(step.do, f"{name}_order")]
        arguments = {"venue": play.venue, "order_id": play.order}
    else:
        raise Failed("there is nothing to do it to: `hold` or `expect` a request before")
    body = None
    if entry.body is not None:
        given: dict[str, Any] = dict(step.values)
        for flag in ("force", "silent", "late"):
            if getattr(step, flag):
                given[flag] = True
        if step.fields:
            given["fields"] = list(step.fields)
        if "data" in given:
            given["raw"] = given.pop("data").encode("latin-1")
        body = msgspec.convert(given, entry.body)
    decided = play.simulator.perform(entry.name, msgspec.convert(arguments, entry.arguments), body)
    if isinstance(decided, Decided):
        play.order = play.order if decided.order is None else decided.order.order_id
        play.hold = play.hold if decided.held else ""


def _rule(rest: str) -> Doer:
    when, then, steps = rest.partition(" then ")
    if not then:
        raise ValueError("a rule is FILTER then STEPS")
    wanted = _filter(when.strip())
    parse_steps(steps)
    return lambda play: _ignored(
        play.simulator.create_rule(venue=play.venue, when=wanted, then=steps.strip())
    )


def _options(rest: str) -> tuple[str, dict[str, str], str]:
    """``NAME key=value ... match FILTER``."""
    head, _, wanted = f" {rest} ".partition(" match ")
    words = head.split()
    if not words:
        raise ValueError("it needs a name")
    pairs = [word.partition("=") for word in words[1:]]
    for key, equals, _ in pairs:
        if not equals:
            raise ValueError(f"{key!r} is no parameter such as time=1s")
    return words[0], {key: value for key, _, value in pairs}, _filter(wanted.strip())


def _fault(rest: str) -> Doer:
    kind, parameters, wanted = _options(rest)
    own: dict[str, Any] = {
        key: parameters.pop(key)
        for key in ("direction", "probability", "name")
        if key in parameters
    }
    if "count" in parameters and parameters["count"].isdigit() and kind not in ("join", "reorder"):
        own["count"] = int(parameters.pop("count"))

    def do(play: Play) -> None:
        of_it = f'session="{play.session}"' if play.session else ""
        match = " ".join(filter(None, (of_it, f"({wanted})" if wanted else ""))) or None
        play.simulator.create_fault(
            kind=kind, venue=play.venue, match=match, parameters=parameters, **own
        )

    return do


def _race(rest: str) -> Doer:
    name, parameters, wanted = _options(rest)
    return lambda play: _ignored(
        play.simulator.race(
            name,
            venue=play.venue,
            session=play.session or None,
            match=wanted or None,
            parameters=parameters,
        )
    )


def _send(rest: str) -> Doer:
    raw = rest.removeprefix("raw ") if rest.startswith("raw ") else ""
    if raw:
        data = raw.replace("|", "\x01").encode("latin-1")
        return lambda play: _ignored(play.simulator.send_message(play.whom(), raw=data))
    (step,) = parse_steps(f"reply {rest}")
    return lambda play: _ignored(play.simulator.send_message(play.whom(), fields=list(step.fields)))


def _advance(rest: str) -> Doer:
    to = rest.removeprefix("to ") if rest.startswith("to ") else None
    _needs(rest, "a time: 5m, or to 2026-01-31T16:00:00Z")
    by = None if to else rest

    return lambda play: play.since.advance(by, to)


def _needs(rest: str, what: str) -> str:
    if not rest:
        raise ValueError(f"it needs {what}")
    return rest


def _phase(rest: str) -> Doer:
    phase: Any = _needs(rest, "the name of a phase")
    return lambda play: _ignored(play.simulator.set_phase(play.venue, phase=phase))


def _clock(rest: str) -> Doer:
    mode: Any = _needs(rest, "a mode: real, scaled or manual")
    return lambda play: _ignored(play.simulator.set_clock(play.venue, mode=mode))


def _price(rest: str) -> Doer:
    symbol, _, price = _needs(rest, "a symbol and a price").partition(" ")
    _needs(price.strip(), "a price")
    return lambda play: _ignored(
        play.simulator.set_price(symbol, price=price.strip(), venue=play.venue)
    )


def _order(rest: str) -> Doer:
    found = re.fullmatch(r"(BUY|SELL)\s+(\S+)\s+(\S+)(?:\s*@\s*(\S+))?", rest)
    if found is None:
        raise ValueError("an order is BUY or SELL, quantity, symbol and perhaps @ price")
    side: Any = found[1]
    _, quantity, symbol, price = found.groups()

    def do(play: Play) -> None:
        kind: Any = "LIMIT" if price else "MARKET"
        outcome = play.simulator.enter_order(
            play.venue, symbol=symbol, side=side, quantity=quantity, type=kind, price=price
        )
        play.order = play.order if outcome.order is None else outcome.order.order_id

    return do


def _reset(rest: str) -> Doer:
    def do(play: Play) -> None:
        play.simulator.reset(venue=play.venue)
        play.begun = play.position = play.simulator.list_messages(limit=1000).position
        play.since.reset()

    return do


def _say(rest: str) -> Doer:
    return _ignored


def _of_session(operation: str) -> Callable[[str], Doer]:
    def read(rest: str) -> Doer:
        return lambda play: _ignored(getattr(play.simulator, operation)(play.whom()))

    return read


STEPS: Final[dict[str, tuple[Callable[[str], Doer], str]]] = {
    "expect": (_expect, "FILTER [within TIME]: the next message that fits"),
    "verify": (_verify, "FILTER [exactly N|at least N|at most N|never] [within TIME]: since begin"),
    "check": (Check, "FIGURE [of SYMBOL] = 1, < 1, from 1 to 2, ...: what the market is like"),
    "hold": (_hold, "[FILTER] [within TIME]: a request that is held"),
    "do": (_do, "STEPS: decide about what was held, or the order that was expected last"),
    "rule": (_rule, "FILTER then STEPS"),
    "fault": (_fault, "KIND [count=N] [direction=in|out] [PARAMETER=VALUE ...] [match FILTER]"),
    "race": (_race, "NAME [PARAMETER=VALUE ...] [match FILTER]"),
    "send": (_send, "35=B,148=x or raw BYTES (| for SOH): to the session"),
    "order": (_order, "BUY|SELL QUANTITY SYMBOL [@ PRICE]: an order of nobody's session"),
    "advance": (_advance, "TIME, or to MOMENT: by the market's clock"),
    "clock": (_clock, "real|scaled|manual"),
    "phase": (_phase, "NAME: begin a phase"),
    "price": (_price, "SYMBOL PRICE: what an instrument is worth"),
    "test-request": (_of_session("test_session"), "ask the session for a sign of life"),
    "disconnect": (_of_session("disconnect_session"), "close the session's connection"),
    "logout": (_of_session("logout_session"), "begin a logout of the session"),
    "reset": (_reset, "begin anew"),
    "say": (_say, "TEXT: for who reads what came of it"),
}
"""By word: what reads the rest of the line, and what that is."""


def read_step(line: str) -> Doer:
    """
    What a line does.

    :raises ValueError: when it is no step.
    """
    word, _, rest = line.partition(" ")
    if word not in STEPS:
        raise ValueError(f"there is no step {word!r}{instead(word, tuple(STEPS))}")
    return STEPS[word][0](rest.strip())
