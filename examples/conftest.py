"""What the tests with pytest share: an order manager that is not connected yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from order_manager import SocketOrderManager


@pytest.fixture
def oms() -> Iterator[SocketOrderManager]:
    """An order manager."""
    manager = SocketOrderManager()
    yield manager
    manager.close()
