"""How an instrument is matched: its settings, and its venue's, in the engine's words."""

from __future__ import annotations

from exsim.model.market import Allocation, Keeps, MarketRules, Prevention
from exsim.model.settings import Instrument


def rules_of(instrument: Instrument, stp: str) -> MarketRules:
    """The rules of an instrument's market; ``stp`` is what its venue does about self-trades."""
    return MarketRules(
        tick=instrument.tick,
        lot=instrument.lot,
        allocation=Allocation(instrument.allocation),
        fifo_share=instrument.fifo_share,
        lmm_share=instrument.lmm_share,
        prevention=Prevention(stp),
        replace_keeps=Keeps(instrument.replace_keeps),
        table=instrument.ticks,
    )


def is_simple(rules: MarketRules) -> bool:
    """Whether the engine need not know whose an order is."""
    return rules.prevention is Prevention.NONE and not rules.lmm_share
