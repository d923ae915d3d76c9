"""
Drop copy: which reports of a venue's orders a session is sent copies of.

Copies are of what was reported of orders, in the order in which it was reported: not of answers to
questions about orders, nor of refused cancels and replaces, which change no order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exsim.model.bots import BOT
from exsim.model.codes import ReportKind
from exsim.model.events import Report

_STATUS: Final = int(ReportKind.STATUS)
_OF_FILLS: Final = frozenset(
    (int(ReportKind.FILL), int(ReportKind.TRADE_CANCEL), int(ReportKind.TRADE_CORRECT))
)


class Wanted:
    """
    What one session wants copies of; empty sets stand for all.

    ``fills``: only fills, and what becomes of them afterwards. ``clients``: only of orders
    that are not of bots.
    """

    __slots__ = ("accounts", "clients", "fills", "firms", "sessions")

    def __init__(
        self,
        firms: Iterable[str] = (),
        accounts: Iterable[str] = (),
        sessions: Iterable[str] = (),
        fills: bool = False,
        clients: bool = False,
    ) -> None:
        self.firms: frozenset[str] = frozenset(firms)
        self.accounts: frozenset[str] = frozenset(accounts)
        self.sessions: frozenset[str] = frozenset(sessions)
        self.fills = fills
        self.clients = clients

    def fits(self, report: Report, firm: str) -> bool:
        """Whether a report is wanted; ``firm`` is the one that its order is of, empty for none."""
        kind = report.kind
        return (
            kind != _STATUS
            and (not self.fills or kind in _OF_FILLS)
            and (not self.firms or firm in self.firms)
            and (not self.accounts or report.terms.account in self.accounts)
            and (not self.sessions or report.session in self.sessions)
            and (not self.clients or not report.session.startswith(BOT))
        )
