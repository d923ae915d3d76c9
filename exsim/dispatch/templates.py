"""
Templates: values of steps that are copied from the request, or made up.

``{38}``, ``{OrderQty}``, ``{order_qty}`` and ``{qty}`` are a field of the message. Of the order
that came of it there are ``{order_id}``, ``{exec_id}`` (of its last report), ``{cum}``,
``{leaves}`` and ``{average}``, and of its fills ``{first_fill}`` and ``{last_fill}`` (ExecID),
``{first_qty}``, ``{last_qty}``, ``{first_px}`` and ``{last_px}``. Made up are ``{uuid}`` (by the
rule's seed), ``{hit}`` (which time the rule fired), ``{time}`` and ``{date}`` (of the market, UTC).
``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import re
from typing import Final

from exsim.dispatch.seeing import described
from exsim.dispatch.subject import Subject
from exsim.dispatch.world import World
from exsim.errors import Conflict
from exsim.filters import field_value
from exsim.model.amounts import format_amount
from exsim.model.luck import Luck
from exsim.model.steps import Step
from exsim.orders.order import Order
from exsim.wire.fix import utc_timestamp

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_WORD: Final = 1 << 32
_OF_FILLS: Final = frozenset(
    ("first_fill", "first_qty", "first_px", "last_fill", "last_qty", "last_px")
)


class Words:
    """What can stand in a template of one play at market time ``now``."""

    __slots__ = ("_hit", "_luck", "_now", "_subject", "_world")

    def __init__(self, subject: Subject, luck: Luck, hit: int, now: int, world: World) -> None:
        self._subject = subject
        self._luck = luck
        self._hit = hit
        self._now = now
        self._world = world

    def get(self, name: str) -> str:
        """
        What a name stands for.

        :raises exsim.errors.Conflict: when the request has no such field.
        """
        if name == "uuid":
            return "".join(f"{self._luck.below(_WORD):08x}" for _ in range(4))
        if name == "hit":
            return str(self._hit)
        if name == "time":
            return utc_timestamp(self._now, 3).decode()
        if name == "date":
            return utc_timestamp(self._now, 0).decode()[:8]
        found = self._of_order(name)
        if found is None:
            found = self._of_request(name)
        if found is None:
            raise Conflict(f"{{{name}}} stands for nothing: the request has no such field")
        return found

    def _of_order(self, name: str) -> str | None:
        order = self._subject.order
        if order is None:
            return None
        if name == "order_id":
            return order.order_id
        if name == "exec_id":
            return self._subject.exec_id or None
        if name in _OF_FILLS:
            return _of_fill(order, name)
        if name in ("cum", "leaves", "average"):
            amounts = {"cum": order.cum, "leaves": order.leaves, "average": order.average}
            return format_amount(amounts[name])
        return None

    def _of_request(self, name: str) -> str | None:
        request, told = self._subject.request, self._subject.told
        if request is None:
            return None if told is None else field_value(told, name)
        return field_value(described(request, self._world), name)


def _of_fill(order: Order, name: str) -> str | None:
    """What was filled first or last; None where nothing was."""
    if not order.fills:
        return None
    which, _, what = name.partition("_")
    fill = order.fills[0 if which == "first" else -1]
    if what == "fill":
        return fill.exec_id
    return format_amount(fill.qty if what == "qty" else fill.price)


def expanded(step: Step, words: Words) -> Step:
    """
    A step with its templates filled in; the same one where it has none.

    :raises exsim.errors.Conflict: when something has nothing to stand for.
    """
    if not _has_any(step):
        return step
    values = {name: expand(value, words) for name, value in step.values.items()}
    fields = tuple([(name, expand(value, words)) for name, value in step.fields])
    return Step(step.do, values, fields, step.force, step.silent, step.late, step.on_order)


def _has_any(step: Step) -> bool:
    for value in step.values.values():
        if "{" in value:
            return True
    return any("{" in value for _, value in step.fields)


def expand(text: str, words: Words) -> str:
    """A text with its templates filled in."""
    parts: list[str] = []
    end = 0
    for found in _PART.finditer(text):
        parts.append(text[end : found.start()])
        name = found.group(1)
        parts.append(found.group(0)[0] if name is None else words.get(name.strip()))
        end = found.end()
    parts.append(text[end:])
    return "".join(parts)
