"""Accounts, firms and sessions of a venue: who belongs to whom, and who may act for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from exsim.model.participants import (
    AccountSettings,
    Participants,
    RiskSettings,
    account_settings,
)
from exsim.model.plain import Plain
from exsim.model.requests import NewOrder
from exsim.orders.order import Order

OWN: Final = "own"
FIRM: Final = "firm"
ANY: Final = "any"


class Membership:
    """
    What a session is at a venue: of which ``firm``, and whose orders it may change besides its
    ``own``: those of its ``firm``, or of ``any`` session. ``pending``: it is told of orders and
    requests that are pending.
    """

    __slots__ = ("act_for", "firm", "pending")

    def __init__(self, firm: str = "", act_for: str = OWN, pending: bool = False) -> None:
        self.firm = firm
        self.act_for = act_for
        self.pending = pending


_NOBODY: Final = Membership()


def nobody(session: str) -> Membership:
    """What sessions are of which nothing is known."""
    return _NOBODY


def none_there(role: str) -> list[str]:
    """The sessions of a venue that has none."""
    return []


class Accounts:
    """
    The accounts of a venue by name; ``given`` are those that were made, changed or removed (None)
    while it ran. ``membership`` tells of a session.
    """

    def __init__(self, settings: Participants) -> None:
        self.risk: RiskSettings = settings.risk
        self._configured = {account.name: account for account in settings.accounts}
        self.by_name: dict[str, AccountSettings] = dict(self._configured)
        self.given: dict[str, AccountSettings | None] = {}
        self.membership: Callable[[str], Membership] = nobody
        self._pending: dict[str, bool] = {}
        self.having: Callable[[str], list[str]] = none_there
        """The sessions that are logged on and have a role, such as ``makers``."""

    def put(self, account: AccountSettings) -> None:
        """Have this account, in the place of another of its name."""
        self.by_name[account.name] = self.given[account.name] = account

    def remove(self, name: str) -> None:
        """Have no account of this name any more."""
        del self.by_name[name]
        self.given[name] = None

    def reset(self) -> None:
        """Those that were configured, as they were."""
        self.by_name = dict(self._configured)
        self.given = {}

    def firm_of(self, terms: NewOrder) -> str:
        """The firm of an order: that of its account, else that of its session."""
        return self.firm_for(terms.account, terms.session)

    def firm_for(self, account: str, session: str) -> str:
        """The firm that an account is of, or else a session."""
        known = self.by_name.get(account)
        if known is not None and known.firm:
            return known.firm
        return self.membership(session).firm

    def owner_of(self, terms: NewOrder) -> str:
        """
        Who must not trade with whom: the group that an order names, or else what ``stp_by`` says;
        empty where that is nobody.
        """
        extra = terms.extra
        if extra is not None and extra.group:
            return f"group {extra.group}"
        by = self.risk.stp_by
        if by == "account":
            return terms.account
        if by == "firm":
            return self.firm_of(terms)
        return terms.session if by == "session" else ""

    def may_act_for(self, session: str, order: Order) -> bool:
        """Whether a session may change an order that is not its own."""
        return self.may_act(session, order.terms.account, order.owner)

    def may_act(self, session: str, account: str, owner: str) -> bool:
        """Whether a session may change what another one has for an account."""
        mine = self.membership(session)
        if mine.act_for == ANY:
            return True
        firm = mine.firm
        return mine.act_for == FIRM and firm != "" and self.firm_for(account, owner) == firm

    def may_act_for_party(self, session: str, firm: str, whose: str) -> bool:
        """Whether a session may act for a firm, or for another session, where one is named."""
        mine = self.membership(session)
        if mine.act_for == ANY or whose == session:
            return True
        if whose and (mine.act_for != FIRM or self.membership(whose).firm != mine.firm):
            return False
        return not firm or firm == mine.firm

    def tells_pending(self, session: str) -> bool:
        """Whether a session is told of what is pending; it is looked up once."""
        told = self._pending.get(session)
        if told is None:
            told = self._pending[session] = self.membership(session).pending
        return told

    def forget_session(self, session: str) -> None:
        """A session is no more, and another of its name may be as it likes."""
        self._pending.pop(session, None)

    def state(self) -> Plain:
        """What is not as configured."""
        return {
            name: None if account is None else asdict(account)
            for name, account in self.given.items()
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.reset()
        for name, account in plain.items():
            if account is not None:
                self.put(account_settings(account))
            elif name in self.by_name:
                self.remove(name)
