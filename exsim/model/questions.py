"""What is asked of a journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Question(NamedTuple):
    """
    Which messages are asked for; None is any.

    ``fields`` are pairs of tag (or name) and value. ``since`` and ``until`` are nanoseconds since
    1970 UTC, both included.
    """

    session: str | None = None
    msg_type: str | None = None
    fields: Sequence[tuple[str, str | None]] = ()
    since: int | None = None
    until: int | None = None
