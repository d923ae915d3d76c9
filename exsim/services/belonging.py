"""What the settings of a session say of its place at a venue: its firm, and what goes with it."""

from __future__ import annotations

from exsim.dispatch.accounts import OWN, Membership
from exsim.interfaces import ISession
from exsim.model.participants import Stay


def membership_of(session: ISession) -> Membership:
    """Whose a session is, and for whom it may act."""
    options = session.settings.options
    return Membership(options.get("firm", ""), options.get("act_for", OWN))


def stay_of(session: ISession) -> Stay:
    """Which of its orders end when it is gone, and when."""
    options = session.settings.options
    return Stay(
        options.get("cancel_on_disconnect", False),
        options.get("cancel_on_logout", False),
        options.get("cancel_grace", 0),
    )
