"""Frozen settings of a venue's contingent orders and crosses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListSettings:
    """
    Keys of ``[venue:NAME]``.

    ``oco_cancels`` and ``oto_triggers`` say which fill of an order cancels, or triggers, the others
    of its list: ``filled`` is that of all of it, ``any-fill`` the first one. ``cross_price`` is
    where the price of a cross may be: ``within`` the best bid and offer or at one of them, between
    them alone (``inside``), or ``any``. With ``user_defined`` an order for legs makes the
    instrument that it is for, where there is none.
    """

    oco_cancels: str = "filled"
    oto_triggers: str = "filled"
    cross_price: str = "within"
    user_defined: bool = False
