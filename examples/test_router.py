"""A smart order router at three venues: shown with pytest."""

from decimal import Decimal

import pytest
from order_manager import SocketOrderManager
from router import Router

VENUES = {"XSIM": "x-orders", "YSIM": "y-orders", "ZSIM": "z-orders"}
BY_HAND = [f"venue:{venue}.clock=manual" for venue in VENUES]
AT_ONE_TIME = [f"venue:{venue}.clock_start=2026-01-05T09:30:00Z" for venue in VENUES]
ONE_PRICE = ["pricing:near.correlation=100%", "pricing:late.lag=0s"]
pytestmark = pytest.mark.exsim(config="venues.ini", set=[*BY_HAND, *AT_ONE_TIME, *ONE_PRICE])


@pytest.fixture
def market(exsim):
    """All venues, half a second after their makers began to quote."""
    pass_time(exsim.simulator)
    return exsim.simulator


@pytest.fixture
def router(market):
    """A router that is logged on at each venue."""
    managers = {venue: SocketOrderManager() for venue in VENUES}
    for venue, manager in managers.items():
        address = market.endpoints[VENUES[venue]]
        manager.connect(address.host, address.port, sender="ROUTER", target=venue)
    yield Router(market, managers)
    for manager in managers.values():
        manager.close()


def pass_time(market):
    """Half a second at each venue, the leader first."""
    for venue in VENUES:
        market.advance_clock(venue, by="500ms")


def test_cheapest_with_fees(market, router):
    """All offer at one price: it takes the one with the smallest fee, then the next."""
    best = market.get_consolidated("ZIG").best_ask
    assert [share.venue for share in best.venues] == ["XSIM", "YSIM", "ZSIM"]
    assert router.buy("ZIG", 700, limit="101") == [("ZSIM", 500), ("YSIM", 200)]


def test_crossed(market, router):
    """One venue falls below the bids of the others: it is bought there."""
    market.change_source("YSIM", "near", parameters={"relation": "crossed", "side": "below"})
    pass_time(market)
    view = market.get_consolidated("ZIG")
    assert view.crossed
    assert Decimal(view.best_bid.price) - Decimal(view.best_ask.price) == Decimal("0.01")
    assert router.buy("ZIG", 100, limit="101") == [("YSIM", 100)]


def test_locked(market):
    """The best bid of one venue is the best offer of the others."""
    market.change_source("ZSIM", "late", parameters={"relation": "locked"})
    pass_time(market)
    view = market.get_consolidated("XS0000000017")
    assert view.locked
    assert [share.venue for share in view.best_bid.venues] == ["ZSIM"]


@pytest.mark.parametrize("how", ["stale", "closed", "halted"])
def test_not_to_be_trusted(market, router, how):
    """It keeps away from a venue that stands still, or is not open, however cheap it is."""
    if how == "stale":
        market.change_source("ZSIM", "late", parameters={"relation": "stale"})
    elif how == "closed":
        market.set_phase("ZSIM", phase="closed")
    else:
        market.set_instrument_phase("ZSIM", "ZIG.Z", phase="halt")
    assert router.buy("ZIG", 100, limit="101") == [("YSIM", 100)]
