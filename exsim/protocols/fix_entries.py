"""
Messages that hold several orders, taken apart: each entry of the group as a message of its own.

What all entries have in common, outside the group, is in each of them too, behind its own fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.model.carry import Carry
from exsim.model.requests import NewOrder
from exsim.protocols.fix_carry import OWNER
from exsim.protocols.fix_faults import fault
from exsim.protocols.fix_refused import GROUP_COUNT, Refused
from exsim.protocols.fix_versions import NEW_ORDER, Version
from exsim.wire.fix import FixMessage
from exsim.wire.fix_reasons import INCORRECT_FORMAT

_TRAILER: Final = frozenset((b"10", b"89", b"93"))
_AUTOMATED: Final = b"1"  # HandlInst(21)

Read = Callable[[FixMessage], NewOrder]
"""Gives the order of a message, as if it were a NewOrderSingle."""


def entries(
    message: FixMessage, count_tag: bytes, members: frozenset[bytes] | None
) -> list[FixMessage]:
    """
    The entries of a group, each as a NewOrderSingle(D).

    ``members`` are the tags that its entries may have; None: it lasts to the end of the message.

    :raises Refused: when the entries are not as many as they say.
    """
    found, common = apart(message, count_tag, members)
    if not found:
        raise Refused(GROUP_COUNT, count_tag)
    return [single(message, own, common) for own in found]


def apart(
    message: FixMessage, count_tag: bytes, members: frozenset[bytes] | None
) -> tuple[list[list[bytes]], list[bytes]]:
    """
    The tags and values of each entry of a group, and those that are not in it; as above.

    :raises Refused: when the entries are not as many as they say.
    """
    parts = message.parts
    start = parts.index(count_tag)
    while start % 2:  # that was a value
        start = parts.index(count_tag, start + 1)
    count = parts[start + 1]
    if not count.isdigit() or len(count) > 4:
        raise Refused(INCORRECT_FORMAT, count_tag)
    first = parts[start + 2] if len(parts) > start + 2 else b""
    found: list[list[bytes]] = []
    at = start + 2
    while at < len(parts) and parts[at] not in _TRAILER:
        tag = parts[at]
        if members is not None and tag not in members:
            break
        if tag == first:
            found.append([])
        found[-1] += [tag, parts[at + 1]]
        at += 2
    if len(found) != int(count):
        raise Refused(GROUP_COUNT, count_tag)
    return found, parts[:start] + parts[at:]


def single(message: FixMessage, own: list[bytes], common: list[bytes]) -> FixMessage:
    """An entry as a message; HandlInst and TransactTime are as they usually are, if not given."""
    parts = own + common
    if b"21" not in parts[::2]:
        parts += [b"21", _AUTOMATED]
    if b"60" not in parts[::2]:
        parts += [b"60", message.fields[b"52"]]
    fields: dict[bytes, bytes] = {}
    for index in range(len(parts) - 2, -2, -2):
        fields[parts[index]] = parts[index + 1]
    tags = parts[::2]
    run = b",".join(tags)
    repeated = len(fields) != len(tags)
    return FixMessage(
        message.raw, NEW_ORDER, parts, fields, message.seq, repeated, run, message.empty
    )


def order_of(single: FixMessage, read: Read, version: Version, told: bytes) -> NewOrder:
    """
    The order of an entry, whose reports tell ``told`` besides, as long as it is: fields, each with
    its delimiter.

    :raises Refused: when it is malformed.
    :raises RefusedBusiness: when it asks for what cannot be.
    """
    try:
        order = read(single)
    except (KeyError, ValueError):
        raise fault(single, version) from None
    carry = order.carry
    return order.with_carry(Carry(OWNER, carry.body, carry.routing, carry.asked, told))
