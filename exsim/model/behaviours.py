"""
Behaviours: outcomes that an order chooses by its own symbol, ClOrdID or fields.

They are declared in the configuration, ``[behaviour:NAME]``, and work like rules that are asked
after all others, for as long as the simulator runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exsim.model.steps import Step, plain_step, steps_of


@dataclass(frozen=True, slots=True)
class Behaviour:
    """
    ``then`` are the steps for a new order in one of ``symbols``, or whose ClOrdID begins with one
    of ``prefixes``, and for any request that fits ``match``, in the filter language.
    """

    name: str
    then: tuple[Step, ...]
    venue: str = ""
    symbols: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    match: str = ""
    summary: str = ""

    def names(self, symbol: str, cl_ord_id: str) -> bool:
        """Whether a new order asks for it by what it is called."""
        return symbol in self.symbols or (
            bool(self.prefixes) and cl_ord_id.startswith(self.prefixes)
        )


def plain_behaviour(behaviour: Behaviour) -> dict[str, Any]:
    """A behaviour as plain values."""
    return {
        "name": behaviour.name,
        "then": [plain_step(each) for each in behaviour.then],
        "venue": behaviour.venue,
        "symbols": list(behaviour.symbols),
        "prefixes": list(behaviour.prefixes),
        "match": behaviour.match,
        "summary": behaviour.summary,
    }


def behaviour_of(plain: dict[str, Any]) -> Behaviour:
    """The behaviour of plain values."""
    values = {**plain, "then": steps_of(plain["then"])}
    for name in ("symbols", "prefixes"):
        values[name] = tuple(values[name])
    return Behaviour(**values)
