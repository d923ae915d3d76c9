"""The account of an OUCH session: names that were used, orders that are live, what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.model.carry import Carry
from exsim.model.codes import MassScope
from exsim.model.events import MassReport
from exsim.model.many import MassCancel, Scope
from exsim.model.plain import Plain, terms_of, terms_state
from exsim.model.requests import NewOrder, Request
from exsim.model.settings import Values
from exsim.protocols import ouch_codes as c
from exsim.protocols.ouch50 import number_of
from exsim.protocols.ouch_dialect import Ouch
from exsim.wire.layouts import ouch42, ouch50

if TYPE_CHECKING:
    from exsim.protocols.ouch_sessions import OuchSession

_QUERY = b"Q"
_MASS_CANCEL = b"C"
_DISABLE = b"D"
_ENABLE = b"E"


class Account:
    """
    What an account of OUCH knows of its day. ``live`` are the terms of orders that are open, by
    name, ``asked`` those of orders that nobody has answered; with ``disabled`` no order is taken.
    ``mass`` says that what was asked last is a mass cancel, whose orders are told now.
    """

    __slots__ = ("asked", "day", "disabled", "live", "mass")

    def __init__(self) -> None:
        self.live: dict[str, NewOrder] = {}
        self.asked: dict[str, NewOrder] = {}
        self.day = 1
        self.disabled = False
        self.mass = False

    def full(self, name: str) -> str:
        """The name of an order in all the days that there were."""
        return name if self.day == 1 else f"{self.day}/{name}"

    def is_free(self, name: str) -> bool:
        """Whether an order may be entered under this name."""
        raise NotImplementedError

    def take(self, name: str) -> bool:
        """Use this name; False when that cannot be any more."""
        raise NotImplementedError

    def ask(self, session: OuchSession, raw: bytes, now: int) -> Request | None:
        """Answer a message that is not about one order, or make a request of it."""
        raise NotImplementedError

    def mass_report(self, event: MassReport, session: OuchSession) -> bytes:
        """What tells of a mass cancel; nothing where there is none."""
        return b""

    def next_day(self) -> None:
        """All names are free again; those of orders that wait are of the day before."""
        self.day += 1
        self.asked.clear()
        self.disabled = False

    def reset(self) -> None:
        """Begin with the first day."""
        self.live.clear()
        self.asked.clear()
        self.day = 1
        self.disabled = False

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        live = {name: terms_state(terms) for name, terms in self.live.items()}
        asked = {name: terms_state(terms) for name, terms in self.asked.items()}
        state = {"day": self.day, "disabled": self.disabled, "mass": self.mass}
        return {**state, "live": live, "asked": asked}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.day = plain["day"]
        self.disabled = plain["disabled"]
        self.mass = plain["mass"]
        self.live = {name: terms_of(terms) for name, terms in plain["live"].items()}
        asked = plain.get("asked", {})  # a snapshot of before has none
        self.asked = {name: terms_of(terms) for name, terms in asked.items()}


class Account50(Account):
    """
    Orders are numbered: a UserRefNum is taken when it is above all before. ``later`` says that it
    has the messages that came after April 2023.
    """

    __slots__ = ("_default_firm", "_later", "last")

    def __init__(self, later: bool, firm: str) -> None:
        super().__init__()
        self.last = 0
        self._later = later
        self._default_firm = firm

    def is_free(self, name: str) -> bool:
        """Whether it is above all before."""
        return int(name) > self.last

    def take(self, name: str) -> bool:
        """Use it; a lower one is ignored."""
        number = int(name)
        if number <= self.last:
            return False
        self.last = number
        return True

    def ask(self, session: OuchSession, raw: bytes, now: int) -> Request | None:
        """Account query, mass cancel, and the switch of order entry."""
        kind = raw[3:4]
        if kind == _QUERY:
            time = session.ouch.moment(session.market_time(now))
            session.say(ouch50.ACCOUNT.encode((time, self.last + 1)), now)
            return None
        ref = int.from_bytes(raw[4:8], "big")
        if not self._later or not self.take(str(ref)):
            return None
        if kind == _MASS_CANCEL:
            return self._mass_cancel(session, raw, ref)
        self.disabled = kind == _DISABLE
        layout = ouch50.DISABLED if self.disabled else ouch50.ENABLED
        time = session.ouch.moment(session.market_time(now))
        session.say(layout.encode((time, ref, raw[8:12]), raw[14:]), now)
        return None

    def _mass_cancel(self, session: OuchSession, raw: bytes, ref: int) -> MassCancel:
        self.mass = True
        firm, symbol = _text(raw[8:12]), _text(raw[12:20])
        side = 0
        for option, value in ouch50.MASS_CANCEL.appended(raw[3:]):
            if option is ouch50.SIDE and isinstance(value, bytes):
                side = c.SIDES.get(value, 0)
        scope = Scope(
            int(MassScope.SECURITY if symbol else MassScope.ALL),
            symbol,
            side,
            "" if firm == self._default_firm else firm,
        )
        carry = Carry(c.OWNER, raw[8:20] + raw[22:])
        return MassCancel(session.name, self.full(str(ref)), scope, carry=carry, raw=raw)

    def mass_report(self, event: MassReport, session: OuchSession) -> bytes:
        """Mass Cancel Response (X), which says what the request said; or Rejected (J)."""
        self.mass = False
        request = event.request
        if event.reason is not None:
            why = c.refusal(event.reason, event.text)
            return session.ouch.rejected(request.cl_ord_id, why, event.time, b" " * 14)
        said = request.carry.body
        values = (
            session.ouch.moment(event.time),
            number_of(request.cl_ord_id),
            said[:4],
            said[4:12],
        )
        return ouch50.MASS_CANCELED.encode(values, said[12:])

    def next_day(self) -> None:
        """Numbers begin with 1 again."""
        super().next_day()
        self.last = 0

    def reset(self) -> None:
        """Begin with the first day."""
        super().reset()
        self.last = 0

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {**super().state(), "last": self.last}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        super().restore(plain)
        self.last = plain["last"]


class Account42(Account):
    """Orders have tokens, each of which is taken once a day."""

    __slots__ = ("_tokens",)

    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[str, bool] = {}

    def is_free(self, name: str) -> bool:
        """Whether no order had it."""
        return name not in self._tokens

    def take(self, name: str) -> bool:
        """Use it; one that was used is ignored."""
        if name in self._tokens:
            return False
        self._tokens[name] = True
        return True

    def ask(self, session: OuchSession, raw: bytes, now: int) -> Request | None:
        """Trade now: the order of the token would take what locks it; here nothing ever does."""
        token = raw[4:18]
        if self.full(_text(token)) in self.live:
            time = session.ouch.moment(session.market_time(now))
            session.say(ouch42.TRADES_NOW.encode((time, token)), now)
        return None

    def next_day(self) -> None:
        """All tokens are free again."""
        super().next_day()
        self._tokens.clear()

    def reset(self) -> None:
        """Begin with the first day."""
        super().reset()
        self._tokens.clear()

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {**super().state(), "tokens": list(self._tokens)}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        super().restore(plain)
        self._tokens = dict.fromkeys(plain["tokens"], True)


def account_of(ouch: Ouch, options: Values) -> Account:
    """The account of a session that speaks this version."""
    if ouch.family is ouch50.OUCH50:
        return Account50(options["later_messages"], options["firm"])
    return Account42()


def _text(value: bytes) -> str:
    return value.rstrip(b" ").decode("latin-1")
