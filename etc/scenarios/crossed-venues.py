"""How the books of two venues stand to each other, each 20 s in another way."""

from __future__ import annotations

from typing import Any


def run(simulator: Any) -> None:
    """They agree, lock, cross; one stands still while there is news at the other; they agree."""
    begin = apart(simulator)
    assert max(begin) < 0, f"expected YSIM's bid below XSIM's offer, found it {max(begin)} ticks up"
    locked = apart(simulator).count(0)
    assert locked > 8, f"expected the books to be locked, found that {locked} of 17 times"
    crossed = sum(ticks > 0 for ticks in apart(simulator))
    assert crossed > 15, f"expected the books to be crossed, found that {crossed} of 17 times"

    simulator.advance_clock("XSIM", by="1s")
    before = worth(simulator)
    simulator.advance_clock("XSIM", by="17s")
    after = worth(simulator)
    simulator.advance_clock("XSIM", by="2s")
    assert after["YSIM"] == before["YSIM"], f"expected YSIM to stand still, found {before}, {after}"
    assert after["XSIM"] > 1.002 * before["XSIM"], f"expected news at XSIM, found {before}, {after}"

    end = apart(simulator)
    assert max(end) < 0, f"expected YSIM's bid below XSIM's offer, found it {max(end)} ticks up"


def apart(simulator: Any) -> list[int]:
    """How far YSIM's bid is above XSIM's offer in 20 s from now on, in ticks, but at the ends."""
    found = []
    simulator.advance_clock("XSIM", by="2s")
    for _ in range(17):
        bid = simulator.get_book("YSIM", "ACME").bids[0].price
        offer = simulator.get_book("XSIM", "ACME").asks[0].price
        found.append(round(100 * (float(bid) - float(offer))))
        simulator.advance_clock("XSIM", by="1s")
    simulator.advance_clock("XSIM", by="1s")
    return found


def worth(simulator: Any) -> dict[str, float]:
    """What ACME is worth, by venue."""
    return {
        venue: float(simulator.get_price("ACME", venue=venue).price) for venue in ("XSIM", "YSIM")
    }
