"""An exchange as a test sees it: what the fixture ``exsim`` is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.launch import Address
from exsim.control import double_results as dr
from exsim.control import proxy_results as pr
from exsim.control import results as r
from exsim.control import session_results as sr
from exsim.control import trading_results as tr
from exsim.filters import from_match
from exsim.testing.asking import Span, matched, span, wanted
from exsim.testing.decisions import Holds, Order
from exsim.testing.messages import Message, conversation
from exsim.testing.proxies import Protocol, Proxy
from exsim.testing.rules import Rule, Told
from exsim.testing.sessions import Session
from exsim.testing.then import then

MOST: Final = 1000
"""Messages that one question is answered with at most."""
SHOWN: Final = 200
"""Messages of a conversation that are shown."""
ORDER_ENTRY: Final = "order-entry"


class ExchangeClock:
    """The clock of the exchange's market."""

    def __init__(self, simulator: BlockingOperations, venue: str) -> None:
        self._simulator = simulator
        self._venue = venue

    @property
    def time(self) -> str:
        """What time it is there, as RFC 3339 in UTC."""
        return then(self._simulator.get_clock(self._venue), lambda clock: clock.time)

    def advance(self, by: Span | None = None, *, to: str | None = None) -> r.Clock:
        """
        Let time pass, by a span (``"5m"``) or to a moment (``to="2026-01-05T16:00:00Z"``).

        All that falls due is done, in order, before this returns.
        """
        given = None if by is None else span(by)
        return self._simulator.advance_clock(self._venue, by=given, to=to)

    def set(self, mode: Any, scale: str = "1", time: str | None = None) -> r.Clock:
        """Have it go as ``real`` time, ``scaled``, or by hand (``manual``)."""
        return self._simulator.set_clock(self._venue, mode=mode, scale=scale, time=time)


class Exchange:
    """
    A venue of a simulator, with what a test needs: decide, wait, look, verify.

    ``simulator`` is the client for all else, ``venue`` the name of the venue, ``endpoints`` say
    where it listens.
    """

    def __init__(
        self,
        simulator: BlockingOperations,
        endpoints: Mapping[str, Address],
        venue: str = "XSIM",
    ) -> None:
        self.simulator = simulator
        self.endpoints = endpoints
        self.venue = venue
        self.clock = ExchangeClock(simulator, venue)
        self.holds = Holds(simulator, venue)
        self._expected: Counter[str] = Counter()

    def session(self, name: str, endpoint: str | None = None) -> Session:
        """The counterparty of a name, logged on already or not, at an endpoint."""
        first = ORDER_ENTRY if ORDER_ENTRY in self.endpoints else next(iter(self.endpoints))
        where = endpoint or first
        if where not in self.endpoints:
            raise LookupError(f"no endpoint {where!r}; there are: {', '.join(self.endpoints)}")
        return Session(self.simulator, name, where, self.endpoints[where])

    def proxy(
        self,
        connect: str | None = None,
        protocol: Protocol = "fix",
        name: str | None = None,
        listen: str = "tcp:0:interface=127.0.0.1",
    ) -> Proxy:
        """
        Stand between clients and another acceptor, at ``connect`` (``"tcp:127.0.0.1:9878"``): by
        default where this exchange takes orders.
        """

        def make(page: r.Page[pr.Proxy]) -> Proxy:
            there = {one.name for one in page.items}
            free = next(f"proxy-{n}" for n in range(1, MOST + 2) if f"proxy-{n}" not in there)
            made = self.simulator.create_proxy(
                name=name or free,
                connect=connect or self._own(),
                listen=listen,
                protocol=protocol,
                venue=self.venue,
            )
            return then(made, lambda made: Proxy(self.simulator, made))

        return then(self.simulator.list_proxies(limit=MOST), make)

    def _own(self) -> str:
        """Where this exchange takes orders, to be connected to."""
        address = self.endpoints[ORDER_ENTRY]
        return f"tcp:{address.host}:{address.port}"

    def when(self, kind: str = "", /, **match: Any) -> Rule:
        """
        Have requests of a type (``"D"``) that fit go as told by what follows: ``.then(ack())``.

        ``kind`` may also be text in the filter language, ``match`` are names of fields:
        ``symbol="AAA"``, ``qty__ge=500``.
        """
        return Rule(self.simulator, self._planned(kind, match))

    def _planned(self, kind: str, match: dict[str, Any]) -> Told:
        if "session" in match:
            match["session"] = str(match["session"])
        return Told(matched(kind, match), self.venue)

    def order(self, cl_ord_id: str, session: object = None) -> Order:
        """
        The newest order of a ClOrdID, to be acted on.

        :raises AssertionError: when there is none.
        """
        whose = None if session is None else str(session)
        asked = self.simulator.list_orders(
            self.venue, status="any", cl_ord_id=cl_ord_id, session=whose, order="newest", limit=1
        )

        def look(page: tr.Orders) -> Order:
            if not page.items:
                raise AssertionError(f"there is no order {cl_ord_id}")
            return Order(self.simulator, self.venue, page.items[0].order_id)

        return then(asked, look)

    def expect(
        self, kind: str = "", /, session: object = None, within: Span = "2s", **match: Any
    ) -> Message:
        """
        Wait for a message; the next one each time that the same is expected.

        Of what goes both ways, such as a ResendRequest, it is one that the exchange received,
        unless ``direction`` says otherwise.

        :raises AssertionError: when it does not come: what came instead.
        """
        __tracebackhide__ = True
        question = wanted(kind, session, match, received=True)
        count = self._expected[question] + 1

        def look(found: dr.Verified) -> Message:
            self._expected[question] = count
            if count <= len(found.messages):
                return Message(found.messages[count - 1])
            # Only the first few are told.
            return then(self._query(question, count), lambda messages: messages[-1])

        return then(self._check(filter=question, at_least=count, within=span(within)), look)

    def verify(
        self,
        kind: str = "",
        /,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        never: bool = False,
        session: object = None,
        within: Span | None = None,
        **match: Any,
    ) -> list[Message]:
        """
        Check how often a message came: at least once, unless said otherwise.

        With ``within`` it is waited so long for more; for ``never`` and ``at_most`` to the end.

        :raises AssertionError: saying what came instead, the nearest messages and what of them
            differs, and the conversation.
        """
        __tracebackhide__ = True  # a failure is shown where the test asked
        checked = self._check(
            filter=wanted(kind, session, match, received=True),
            exactly=count,
            at_least=at_least,
            at_most=at_most,
            never=never,
            within=None if within is None else span(within),
        )
        return then(checked, lambda found: [Message(item) for item in found.messages])

    def verify_in_order(
        self, *matches: str | Mapping[str, Any], within: Span | None = None
    ) -> None:
        """
        Check that messages came one after another, others between them or not.

        :raises AssertionError: saying which did not.
        """
        __tracebackhide__ = True
        steps = [match if isinstance(match, str) else str(from_match(match)) for match in matches]
        steps = [wanted(step, None, {}, received=True) for step in steps]
        limit = None if within is None else span(within)
        return then(self._check(in_order=steps, within=limit), lambda _: None)

    def query(
        self, kind: str = "", /, session: object = None, limit: int = MOST, **match: Any
    ) -> list[Message]:
        """All messages that fit, oldest first."""
        return self._query(wanted(kind, session, match), limit)

    def _query(self, question: str, limit: int) -> list[Message]:
        asked = self.simulator.list_messages(venue=self.venue, filter=question, limit=limit)
        return then(asked, lambda page: [Message(item) for item in page.items])

    def conversation(self) -> str:
        """All that was said, a message a line; of much the newest."""
        return self._told(None, [])

    def _told(self, after: str | None, messages: list[sr.Message]) -> str:
        def look(page: sr.Messages) -> str:
            messages.extend(page.items)
            if page.next is not None:
                return self._told(page.next, messages)
            left = len(messages) - SHOWN
            more = f"({left} messages before that)\n" if left > 0 else ""
            return more + conversation(messages[-SHOWN:])

        asked = self.simulator.list_messages(venue=self.venue, limit=MOST, after=after)
        return then(asked, look)

    def reset(self) -> None:
        """
        Begin anew: no orders, rules, faults or messages, all disconnected, the clock as it was.
        """
        self._expected.clear()
        return then(self.simulator.reset(venue=self.venue), lambda _: None)

    def _check(self, **given: Any) -> dr.Verified:
        """Verify; what was found, or an AssertionError that says what was not."""
        __tracebackhide__ = True
        return then(self.simulator.verify_messages(venue=self.venue, **given), _judged)


def _judged(found: dr.Verified) -> dr.Verified:
    __tracebackhide__ = True
    if not found.passed:
        raise AssertionError(found.text)
    return found
