"""
From a method call to an HTTP request, and from its answer to a result: shared by both clients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from exsim.control.entries import JSON, PREFIX, Operation
from exsim.control.fields import wait_time
from exsim.control.results import Problem

Amount = Decimal | str | int
"""A price or quantity: exact, so no float."""

Fields = Mapping[str, str] | Mapping[int, str] | Sequence[tuple[str | int, str]]
"""Fields of a message in order, by tag or name: a dict, or pairs where one comes twice."""

TIMEOUT: Final = 30.0
"""Seconds that an answer may take, apart from what a long poll waits."""


class SimulatorError(Exception):
    """
    The simulator refused; ``problem`` is what it said.

    ``status`` is HTTP's, ``title`` says the same in words, ``detail`` what exactly is wrong.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")
        self.problem = problem
        self.status = problem.status
        self.title = problem.title
        self.detail = problem.detail


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request; ``timeout`` is how many seconds its answer may take."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    timeout: float


def amount(value: Amount | None) -> Any:
    """An amount as the text of an exact decimal; None stays None."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{value!r} is no exact amount: give a str, a Decimal or an int")
    return value


def pairs(fields: Fields | None) -> Any:
    """Fields as pairs of text; None stays None."""
    if fields is None:
        return None
    items = fields.items() if isinstance(fields, Mapping) else fields
    return [(str(tag), value) for tag, value in items]


def prepare(
    base: str, token: str | None, operation: Operation, arguments: Struct, body: Struct | None
) -> Call:
    """The request of an operation at the simulator at ``base``."""
    given = msgspec.structs.asdict(arguments)
    path = operation.path
    for name in operation.path_fields:
        path = path.replace(f"{{{name}}}", quote(given[name], safe=""))
    query = {
        field.name: given[field.name]
        for field in msgspec.structs.fields(operation.arguments)
        if field.name in operation.query_fields and given[field.name] is not None
    }
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = msgspec.json.encode(body)
    url = base.rstrip("/") + PREFIX + path + ("?" + urlencode(query, doseq=True) if query else "")
    waits = _waits(given, body) if operation.waits else 0.0
    return Call(operation.method, url, headers, content, TIMEOUT + waits)


def _waits(given: Mapping[str, Any], body: Struct | None) -> float:
    """How many seconds an operation waits at most, as its arguments or its body say."""
    span = given.get("timeout") or getattr(body, "within", None)
    return 0.0 if span is None else wait_time(span) / 10**9


def read(operation: Operation, status: int, content_type: str, content: bytes) -> Any:
    """
    The result of an operation, from its answer.

    :raises SimulatorError: when the answer is an error.
    """
    if status != operation.status:
        raise SimulatorError(_problem(status, content_type, content))
    if operation.result is None:
        return None
    if operation.media != JSON:
        return content if operation.result is bytes else content.decode()
    return msgspec.json.decode(content, type=operation.result)


def _problem(status: int, content_type: str, content: bytes) -> Problem:
    """What an error says, whoever answered: perhaps it was no simulator."""
    if content_type.partition(";")[0] == "application/problem+json":
        return msgspec.json.decode(content, type=Problem)
    text = content[:200].decode("utf-8", "replace")
    return Problem("Unexpected answer", status, f"{content_type or 'no content'}: {text}")
