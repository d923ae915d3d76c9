"""Counterparties over FIX at one venue, for tests of quotes: all that is sent is validated."""

from __future__ import annotations

from typing import Any

from exsim.config.dictionaries import standard
from exsim.dispatch.chain import Chain
from exsim.model.amounts import UNIT
from exsim.model.participants import Participants
from exsim.model.quote_settings import QuoteSettings
from exsim.protocols.fix_versions import APPL_VER_IDS, NAMES
from exsim.wire.fix import FixMessage
from exsim.wire.fix_validate import Switches, Validator
from tests.fix_market import NOW, Client
from tests.fix_market import Market as Endpoint
from tests.market import Market

TIME = "60=20240102-03:04:05|"
ACKED = tuple(NAMES[2:])
"""The versions that have acknowledgements of quotes."""
_CODES = {facts.name: code.decode() for code, facts in APPL_VER_IDS.items()}


class Party:
    """A counterparty that has logged on."""

    def __init__(self, endpoint: Endpoint, name: str, version: str) -> None:
        transport = version.startswith("FIX.5")
        begin = "FIXT.1.1" if transport else version
        self.version = version
        self.client = Client(endpoint.acceptor, name, begin, _CODES[version])
        assert [message.msg_type for message in self.client.logon()] == [b"A"]
        application = standard(version) if transport else None
        switches = Switches(user_defined=False)
        self._validator = Validator(standard(begin), application, switches)
        self.name = self.client.session.name

    def received(self) -> list[FixMessage]:
        """What came since the last call; the dictionary of the version is content with it."""
        found = self.client.received()
        for message in found:
            invalid = self._validator.check(message)
            if invalid is not None:
                raise AssertionError(f"{invalid!r} of {message.raw!r}")
        return found


class Pit:
    """
    A venue with quotes: ``price`` is what everything is worth, in whole units; ``participants``
    have limits.
    """

    def __init__(
        self, price: int | None = None, participants: Participants | None = None, **quoting: Any
    ) -> None:
        settings = QuoteSettings(**quoting)
        limited = participants or Participants()
        self.market = Market(price, quoting=settings, participants=limited)
        self.market.now = NOW
        self.endpoint = Endpoint(accept_any_logon="yes")
        self.parties: dict[str, Party] = {}
        self.chain: Chain = ()
        self.makers: list[str] = []
        self.market.venue.accounts.having = self._having

    def _having(self, role: str) -> list[str]:
        return [self.parties[name].name for name in self.makers]

    def join(self, name: str, version: str = "FIX.4.4") -> Party:
        """A counterparty logs on."""
        party = self.parties[name] = Party(self.endpoint, name, version)
        return party

    def send(self, name: str, msg_type: str, body: str) -> list[FixMessage]:
        """Send a message for somebody; what comes back to them."""
        for request in self.parties[name].client.send(msg_type, body):
            self.market.submit(request, self.chain)
            self._route()
        return self.parties[name].received()

    def advance(self, nanoseconds: int) -> None:
        """Let time pass."""
        self.market.advance(nanoseconds)
        self._route()

    def _route(self) -> None:
        for event in self.market.events:
            for party in self.parties.values():
                if party.name == event.session:
                    party.client.session.send(event, self.market.now)
        self.market.events.clear()

    def route(self) -> None:
        """Send what the venue has to say since the last time."""
        self.market.take()
        self._route()

    def read(self, name: str, tags: str) -> list[str]:
        """What came to somebody meanwhile, as :func:`told` has it."""
        return [told(message, tags) for message in self.parties[name].received()]

    def book(self, symbol: str = "AAA") -> list[tuple[int, int]]:
        """Prices and quantities that rest, in whole units, bids first."""
        return [(price, qty) for _, price, qty in self.market.resting(symbol)]


def told(message: FixMessage, tags: str) -> str:
    """Type and some fields of a message."""
    values = [message.fields.get(tag.encode(), b"-").decode() for tag in tags.split()]
    return " ".join([message.msg_type.decode(), *values])


def units(number: int) -> int:
    """Whole units as an amount."""
    return number * UNIT
