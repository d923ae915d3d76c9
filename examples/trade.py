"""
The order manager as a program: ``trade.py buy AAA 100 100.25`` prints the position after that.

Where the exchange is, the environment says, as ``exsim with`` sets it.
"""

from __future__ import annotations

import os
import sys

from order_manager import SocketOrderManager


def main() -> None:
    """Trade, and tell."""
    action, symbol, quantity, limit = sys.argv[1:]
    oms = SocketOrderManager()
    host, port = os.environ["EXSIM_ORDER_ENTRY_HOST"], int(os.environ["EXSIM_ORDER_ENTRY_PORT"])
    oms.connect(host, port, sender="BUYSIDE1", target="XSIM")
    enter = {"buy": oms.buy, "sell": oms.sell}[action]
    enter(symbol, int(quantity), limit)
    print(oms.position(symbol))
    oms.close()


if __name__ == "__main__":
    main()
