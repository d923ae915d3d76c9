"""
What an entry of the table of operations is, and how entries are made.

The table is :data:`exsim.control.operations.OPERATIONS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from msgspec import Struct, inspect

from exsim.control.fields import RoleName
from exsim.control.schemas import NoArguments

PREFIX: Final = "/api/v1"
JSON: Final = "application/json"
ROLES: Final[tuple[RoleName, ...]] = ("read", "trade", "admin")
"""All of them, in rising order."""


@dataclass(frozen=True, slots=True)
class Operation:
    """
    One operation.

    ``path`` comes after :data:`PREFIX`; what it has in braces are fields of ``arguments``, and
    the other fields of ``arguments`` are the query's. ``result`` None is answered as 204.
    ``errors`` are the statuses that it can end in besides those that any operation can.
    ``command``: it changes state, and belongs in the journal. ``waits``: its answer may take as
    long as its ``timeout`` says. ``streams``: it is server-sent events, made of the answers of
    another operation. ``tagged``: its answer has an ETag. ``role`` is the least one of
    :data:`ROLES` that a token has to be for; ``open``: none has to be brought. ``media`` is the
    type of its answer, or several with commas between, of which ``format`` in its arguments
    chooses; ``result`` is str or bytes where that is not JSON.
    """

    name: str
    method: str
    path: str
    summary: str
    result: Any
    arguments: type[Struct]
    body: type[Struct] | None
    status: int
    errors: tuple[int, ...]
    command: bool = False
    waits: bool = False
    streams: bool = False
    tagged: bool = False
    role: str = "read"
    media: str = JSON
    open: bool = False

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The names of the arguments that are in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    def answers_in(self, arguments: Struct) -> str:
        """The media type of an answer to these arguments."""
        kinds = self.media.split(", ")
        wanted = str(getattr(arguments, "format", ""))
        return next((kind for kind in kinds if wanted and wanted in kind), kinds[0])

    @property
    def query_fields(self) -> tuple[str, ...]:
        """The names of the arguments that are in the query."""
        names = self.arguments.__struct_fields__
        return tuple(name for name in names if name not in self.path_fields)


def read(
    name: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = NoArguments,
    *errors: int,
    **more: Any,
) -> Operation:
    """An operation that only looks; where it goes on after a cursor, that may be gone."""
    if "after" in arguments.__struct_fields__:
        errors = (*errors, 410)
    return Operation(name, "GET", path, summary, result, arguments, None, 200, errors, **more)


def change(
    name: str,
    method: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = NoArguments,
    body: type[Struct] | None = None,
    status: int = 200,
    role: str = "admin",
) -> Operation:
    """An operation that changes state."""
    status = 204 if result is None else status
    errors = (404, 409)
    return Operation(
        name, method, path, summary, result, arguments, body, status, errors, True, role=role
    )


def trade(
    name: str,
    method: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = NoArguments,
    body: type[Struct] | None = None,
) -> Operation:
    """A change that a trader may make: of orders, of what is held, of prices."""
    return change(name, method, path, summary, result, arguments, body, role="trade")


@cache
def kinds(struct: type[Struct]) -> dict[str, inspect.Type]:
    """What kind of value each field of a Struct holds, its bounds and being optional apart."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return {field.name: _plain(field.type) for field in info.fields}


def _plain(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _plain(next(k for k in kind.types if not isinstance(k, inspect.NoneType)))
    return kind
