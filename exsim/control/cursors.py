"""
Cursors: where in a list to go on, as text of the form ``EPOCH-SEQ``.

The epoch is the journal's, which a reset counts up, so that a cursor from before a reset is
known to be of no use. To a client a cursor is opaque.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from exsim.control.results import Page
from exsim.errors import Gone, Unprocessable

T = TypeVar("T")


def format_cursor(epoch: int, seq: int) -> str:
    """The cursor after the item of number ``seq``."""
    return f"{epoch}-{seq}"


def parse_cursor(text: str | None, epoch: int) -> int:
    """
    The number that a list goes on after; 0, its beginning, for no cursor.

    :raises exsim.errors.Gone: when the cursor is of another epoch than the one now, or of a
        simulator that has a process for each venue.
    :raises exsim.errors.Unprocessable: when it is no cursor.
    """
    if text is None:
        return 0
    if "." in text:
        raise Gone(f"the cursor {text[:40]} is of a simulator with a process for each venue")
    its_epoch, dash, seq = text.partition("-")
    if not (dash and _is_number(its_epoch) and _is_number(seq)):
        raise Unprocessable(f"{text[:40]!r} is no cursor: give a `next` that was answered")
    if int(its_epoch) != epoch:
        raise Gone(f"the cursor {text} is from before a reset: begin again without a cursor")
    return int(seq)


def page(items: Iterable[tuple[int, T]], epoch: int, limit: int) -> Page[T]:
    """
    The first ``limit`` of ``items``, which are (number, item) pairs in rising order.

    Give all that come after the cursor, lazily where there are many: one more than the limit is
    taken, to see whether there are more.
    """
    found: list[T] = []
    last = 0
    for seq, item in items:
        if len(found) == limit:
            return Page(found, format_cursor(epoch, last))
        found.append(item)
        last = seq
    return Page(found, None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
