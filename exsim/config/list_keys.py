"""The keys of ``[venue:NAME]`` that are about orders which depend on each other, and crosses."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, choice

LISTS: Final = (
    Option(
        "oco_cancels",
        choice("filled", "any-fill"),
        "filled",
        "Of orders of which one cancels the others (OCO): whether it does so once it is filled, or"
        " with its first fill.",
    ),
    Option(
        "oto_triggers",
        choice("filled", "any-fill"),
        "filled",
        "Of orders of which the first triggers the others (OTO, bracket): whether it does so once"
        " it is filled, or with its first fill.",
    ),
    Option(
        "cross_price",
        choice("within", "inside", "any"),
        "within",
        "Where the price of a cross may be: within the best bid and offer, or at one of them;"
        " inside, between them alone; any.",
    ),
)
"""With :class:`exsim.model.list_settings.ListSettings`."""
