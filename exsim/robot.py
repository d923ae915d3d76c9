"""
A library for Robot Framework (extra ``exsim[robot]``): ``Library    exsim.robot.ExsimLibrary``.

Each test has a fresh exchange, without asking for it. Messages are said in the filter language
(``type=D symbol=AAA qty>=500``), what becomes of them in steps (``ack; fill 200 @ 10.01``); see
docs/rules.rst. A test that fails shows the conversation.
"""

from __future__ import annotations

from typing import Any

from robot.api.deco import keyword, library

from exsim.model.steps import parse_steps
from exsim.testing.exchange import Exchange
from exsim.testing.server import Server
from exsim.testing.verbs import Decided, Verb


@library(scope="SUITE", version="1")
class ExsimLibrary:
    """
    An exchange to test against.

    ``config`` is an ini file; without one there is a venue XSIM with AAA, BBB and CCC, where any
    FIX client may log on. ``overrides`` are SECTION.KEY=VALUE.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, config: str | None = None, *overrides: str) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._server = Server(config, overrides)
        self._exchange: Exchange | None = None

    # -- what Robot Framework tells

    def start_test(self, data: Any, result: Any) -> None:
        """Begin with nothing on the exchange, once a keyword asks for it."""
        self._exchange = None

    def end_test(self, data: Any, result: Any) -> None:
        """Show what was said, where a test failed."""
        if result.failed and self._exchange is not None:
            if "Conversation of" not in result.message:
                result.message += f"\n\nConversation:\n{self._exchange.conversation()}"

    def close(self) -> None:
        """The suite is over."""
        self._server.stop()

    @property
    def exsim(self) -> Exchange:
        """The exchange of this test."""
        if self._exchange is None:
            self._exchange = self._server.exchange()
        return self._exchange

    # -- where it is

    @keyword
    def session_host(self, session: str) -> str:
        """Tells the host where a counterparty is to connect to."""
        return self.exsim.session(session).host

    @keyword
    def session_port(self, session: str) -> int:
        """Tells the port where a counterparty is to connect to."""
        return self.exsim.session(session).port

    @keyword
    def session_state(self, session: str) -> str:
        """Tells whether a counterparty is ``offline`` or ``active``."""
        return self.exsim.session(session).state

    @keyword
    def exsim_url(self) -> str:
        """Tells where REST is."""
        assert self.exsim is not None
        return self._server.simulator.url

    # -- decide

    @keyword(name="When")
    def when(self, messages: str, steps: str = "", /, times: int | None = None) -> str:
        """
        Has requests that fit go as the steps say, and tells the name of this rule.

        | When | type=D symbol=AAA qty>=500 | ack; fill 200 @ 10.01; after 5m; fill rest | times=1 |
        """
        made = self.exsim.simulator.create_rule(
            venue=self.exsim.venue, when=messages, then=steps, times=times
        )
        return made.name

    @keyword
    def rule_hits(self, rule: str) -> int:
        """Tells how often a rule fired."""
        return self.exsim.simulator.get_rule(rule, venue=self.exsim.venue).hits

    @keyword
    def wait_for_hold(self, within: str = "2s") -> Any:
        """Waits for a request that is held, and tells it: ``${hold.symbol}``."""
        return self.exsim.holds.wait(within)

    @keyword
    def decide(self, hold: Any, steps: str, /) -> None:
        """
        Does what the steps say about a hold, one after another.

        | Decide | ${hold} | ack; fill 200 @ 10.01 |
        """
        _do(hold, steps)

    @keyword
    def change_order(self, cl_ord_id: str, steps: str, /) -> str:
        """Does what the steps say to an order, and tells its status then."""
        order = self.exsim.order(cl_ord_id)
        _do(order, steps)
        return str(order.status)

    @keyword
    def order_status(self, cl_ord_id: str) -> str:
        """Tells the status of an order, such as ``PARTIALLY_FILLED``."""
        return str(self.exsim.order(cl_ord_id).status)

    @keyword
    def enter_order(self, symbol: str, side: Any, quantity: str, price: str) -> str:
        """Enters an order for nobody, to trade with, and tells its status."""
        outcome = self.exsim.simulator.enter_order(
            self.exsim.venue, symbol=symbol, side=side, quantity=quantity, price=price
        )
        return outcome.outcome if outcome.order is None else outcome.order.status

    # -- misbehave

    @keyword
    def set_fault(
        self,
        kind: str,
        session: str,
        match: str | None = None,
        direction: Any = None,
        count: int | None = None,
        **parameters: Any,
    ) -> Any:
        """
        Has messages of a session go wrong from now on.

        | Set Fault | drop | BUYSIDE1 | match=type=8 exec=fill | direction=out | count=1 |
        """
        of = self.exsim.session(session)
        return of.fault(kind, match, direction, count, **parameters)

    @keyword
    def remove_fault(self, fault: Any) -> None:
        """Takes a fault away that was set."""
        fault.remove()

    @keyword
    def send_test_request(self, session: str) -> None:
        """Asks a counterparty for a sign of life."""
        self.exsim.session(session).test_request()

    @keyword
    def disconnect_session(self, session: str) -> None:
        """Closes the connection of a counterparty without a word."""
        self.exsim.session(session).disconnect()

    # -- time

    @keyword
    def advance_clock(self, by: str) -> str:
        """Lets time pass (``5m``): all that falls due is done. Tells what time it is then."""
        return self.exsim.clock.advance(by).time

    # -- see

    @keyword
    def expect_message(self, messages: str, /, within: str = "2s") -> Any:
        """
        Waits for the next message that fits, and tells it: ``${message.text}``.

        | Expect Message | type=2 session=BUYSIDE1 dir=in | within=2s |
        """
        return self.exsim.expect(messages, within=within)

    @keyword
    def verify_messages(
        self,
        messages: str,
        /,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        within: str | None = None,
    ) -> None:
        """
        Checks how often messages came that fit: at least once, unless said otherwise.

        | Verify Messages | type=D symbol=AAA side=BUY | count=1 |
        """
        self.exsim.verify(messages, count, at_least, at_most, within=within)

    @keyword
    def query_messages(self, messages: str = "", /) -> list[Any]:
        """Tells all messages that fit, oldest first."""
        return list(self.exsim.query(messages))

    @keyword
    def conversation(self) -> str:
        """Tells all that was said, a message a line."""
        return self.exsim.conversation()


def _do(subject: Decided, steps: str) -> None:
    for step in parse_steps(steps):
        flags = {name: True for name in ("force", "silent", "late") if getattr(step, name)}
        given: dict[str, Any] = {**step.values, **flags}
        if step.fields:
            given["fields"] = step.fields
        if "data" in given:
            given["raw"] = given.pop("data").encode("latin-1")
        subject.do(Verb(step.do, given))
