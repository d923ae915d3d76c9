"""
Who trades how much at one price: pure functions over what each resting order offers there.

Offers stand in time, oldest first; the shares come back in the same order. None is above its
offer, and together they are the incoming quantity, or all that is offered where that is less.
"""

from __future__ import annotations

from exsim.model.market import Allocation, MarketRules


def share(rules: MarketRules, offers: list[int], leads: list[bool], qty: int) -> list[int]:
    """
    Share an incoming quantity among offers by the rules of a market.

    :param leads: which offers are of lead market makers: ``lmm_share`` percent go to them first,
        the oldest first; with what they offer beyond they take part in the rest like all others.
    """
    if not rules.lmm_share or not any(leads):
        return _share(rules, offers, qty)
    part = _percent(min(qty, sum(offers)), rules.lmm_share, rules.lot)
    first = fifo([offer if lead else 0 for offer, lead in zip(offers, leads, strict=True)], part)
    return _plus(first, _share(rules, _minus(offers, first), qty - sum(first)))


def by_time(rules: MarketRules) -> bool:
    """Whether the oldest offers trade first, so that later ones need not be looked at."""
    shared = rules.allocation in (Allocation.PRO_RATA, Allocation.FIFO_PRO_RATA)
    return not shared and not rules.lmm_share


def fifo(offers: list[int], qty: int) -> list[int]:
    """The oldest first, each as much as it offers."""
    shares = []
    for offer in offers:
        shares.append(min(offer, qty))
        qty -= shares[-1]
    return shares


def pro_rata(offers: list[int], qty: int, lot: int) -> list[int]:
    """Everyone by its part of all offers, rounded down to lots; what that leaves goes by time."""
    total = sum(offers)
    if qty >= total:
        return list(offers)
    shares = [in_lots(qty * offer // total, lot) for offer in offers]
    return _plus(shares, fifo(_minus(offers, shares), qty - sum(shares)))


def in_lots(qty: int, lot: int) -> int:
    """A quantity rounded down to lots."""
    return qty - qty % lot


def _share(rules: MarketRules, offers: list[int], qty: int) -> list[int]:
    if rules.allocation is Allocation.PRO_RATA:
        return pro_rata(offers, qty, rules.lot)
    if rules.allocation is Allocation.FIFO_PRO_RATA:
        first = fifo(offers, _percent(min(qty, sum(offers)), rules.fifo_share, rules.lot))
        return _plus(first, pro_rata(_minus(offers, first), qty - sum(first), rules.lot))
    return fifo(offers, qty)


def _percent(qty: int, percent: int, lot: int) -> int:
    return in_lots(qty * percent // 100, lot)


def _plus(ones: list[int], others: list[int]) -> list[int]:
    return [one + other for one, other in zip(ones, others, strict=True)]


def _minus(ones: list[int], others: list[int]) -> list[int]:
    return [one - other for one, other in zip(ones, others, strict=True)]
