"""The keys of ``[venue:NAME]`` about orders that depend on each other, crosses, and legs."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, boolean, choice

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
    Option(
        "user_defined",
        boolean,
        "no",
        "Whether an order may name legs that no instrument has (NewOrderMultileg, or a symbol such"
        " as legs:AAA:buy:1,BBB:sell:1): then one is listed, with implied = both.",
    ),
)
"""With :class:`exsim.model.list_settings.ListSettings`."""
