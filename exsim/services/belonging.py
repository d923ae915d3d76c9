"""What the settings of a session say of its place at a venue: its firm, and what goes with it."""

from __future__ import annotations

from typing import Final

from exsim.dispatch.accounts import OWN, Membership
from exsim.dispatch.iois import IOI_RECEIVERS
from exsim.dispatch.quote_requests import MAKERS
from exsim.interfaces import ISession
from exsim.model.participants import Stay


def membership_of(session: ISession) -> Membership:
    """Whose a session is, and for whom it may act."""
    options = session.settings.options
    return Membership(
        options.get("firm", ""), options.get("act_for", OWN), options.get("pending_reports", False)
    )


_ROLES: Final = {MAKERS: "market_maker", IOI_RECEIVERS: "receive_ioi"}


def has_role(session: ISession, role: str) -> bool:
    """Whether a session is a market maker, or wants to be told indications of interest."""
    return bool(session.settings.options.get(_ROLES[role], False))


def stay_of(session: ISession) -> Stay:
    """Which of its orders end when it is gone, and when."""
    options = session.settings.options
    return Stay(
        options.get("cancel_on_disconnect", False),
        options.get("cancel_on_logout", False),
        options.get("cancel_grace", 0),
    )
