"""Write the methods of both clients, one per operation, from the table of operations.

``python -m tools.make_clients`` rewrites exsim/client/blocking_operations.py and
exsim/client/asynchronous_operations.py; run it after a change of exsim/control/*_operations.py or
of the Structs. A test holds that the two are current.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from exsim.control import fields
from exsim.control.entries import Operation
from exsim.control.operations import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent
WIDTH: Final = 100
AMOUNTS: Final = (fields.Price, fields.Quantity, fields.Amount)
MODULES: Final = {
    "inputs": "inputs",
    "schemas": "s",
    "results": "r",
    "trading_schemas": "ts",
    "trading_results": "tr",
    "session_schemas": "ss",
    "session_results": "sr",
    "double_schemas": "ds",
    "double_results": "dr",
    "pricing_schemas": "cs",
    "pricing_results": "cr",
    "bot_schemas": "bs",
    "bot_results": "br",
    "consolidated_schemas": "ks",
    "consolidated_results": "kr",
    "proxy_schemas": "ps",
    "proxy_results": "pr",
    "node_schemas": "ns",
    "node_results": "nr",
}
"""Under which name a client has the Structs of a module."""
ALIASES: Final = {
    alias: f"f.{name}" for name, alias in vars(fields).items() if get_origin(alias) is Literal
}


@dataclass(frozen=True)
class Client:
    """One of the two: how it is named, described and typed."""

    module: str
    name: str
    summary: str
    imports: str
    returns: str


CLIENTS: Final = (
    Client(
        "blocking_operations",
        "BlockingOperations",
        "The operations of a simulator as methods that return when the answer is here.",
        "",
        "{}",
    ),
    Client(
        "asynchronous_operations",
        "AsynchronousOperations",
        "The operations of a simulator as methods that return a Deferred of the answer.",
        "from twisted.internet.defer import Deferred\n",
        "Deferred[{}]",
    ),
)

HEADER: Final = '''\
"""
{summary}

Written by tools/make_clients.py from the table of operations: change that, not this.
"""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from msgspec import Struct
{imports}
from exsim.client.codec import Amount, Fields, amount, pairs
from exsim.control import bot_results as br
from exsim.control import bot_schemas as bs
from exsim.control import consolidated_results as kr
from exsim.control import consolidated_schemas as ks
from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import fields as f
from exsim.control import inputs
from exsim.control import node_results as nr
from exsim.control import node_schemas as ns
from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts

_NONE: Final[Mapping[str, str]] = MappingProxyType({{}})


class {name}(ABC):
    """One method per operation. All raise :exc:`exsim.client.SimulatorError` when refused."""

    @abstractmethod
    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        """Carry out an operation of the table."""
'''


def type_text(kind: Any) -> str:
    """Return how a field's type is written in a method's signature."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in AMOUNTS:
        return "Amount"
    if kind == fields.Fields:
        return "Fields"
    if origin is Annotated:
        return type_text(parts[0])
    if origin is Literal:
        return ALIASES.get(kind) or f"Literal[{', '.join(repr(part) for part in parts)}]".replace(
            "'", '"'
        )
    if origin in (Union, UnionType):
        text = " | ".join(type_text(part) for part in parts)
        # What may be of several types goes into its Struct as it is.
        several = len([part for part in parts if part is not NoneType]) > 1
        return text.replace("Sequence[", "list[").replace("Mapping[", "dict[") if several else text
    if origin in (list, dict):
        name = "Sequence" if origin is list else "Mapping"
        return f"{name}[{', '.join(type_text(part) for part in parts)}]"
    if origin is tuple:
        return f"tuple[{', '.join(type_text(part) for part in parts)}]"
    if kind is NoneType:
        return "None"
    if kind is Any:
        return "Any"
    if issubclass(kind, Struct):
        return struct_name(kind)
    return str(kind.__name__)


def struct_name(kind: type[Struct]) -> str:
    """Return how a Struct is written: with the short name of its module."""
    return f"{MODULES[kind.__module__.rpartition('.')[2]]}.{kind.__name__}"


def result_text(kind: Any) -> str:
    """Return how an operation's result is written."""
    parts = get_args(kind)
    if kind is None or kind in (str, bytes):
        return "None" if kind is None else str(kind.__name__)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return struct_name(kind)
    prefix = "" if get_origin(kind) is dict else "r."
    inner = ", ".join("Any" if part is Any else result_text_of(part) for part in parts)
    return f"{prefix}{get_origin(kind).__name__}[{inner}]"


def result_text_of(part: Any) -> str:
    """Return how a part of a generic result is written."""
    return "str" if part is str else result_text(part)


def default_text(field: msgspec.structs.FieldInfo) -> str | None:
    """Return a parameter's default; None when it has to be given."""
    if field.default_factory is not msgspec.NODEFAULT:
        return "()" if field.default_factory is list else "_NONE"
    if field.default is msgspec.NODEFAULT:
        return None
    return repr(field.default).replace("'", '"')


def value_text(field: msgspec.structs.FieldInfo) -> str:
    """Return how a parameter becomes the field's value."""
    text = type_text(field.type)
    if text.startswith("Amount"):
        return f"amount({field.name})"
    if text.startswith("Fields"):
        return f"pairs({field.name})"
    if text.startswith("Sequence"):
        return f"list({field.name})"
    if text.startswith("Mapping"):
        return f"dict({field.name})"
    return field.name


def parameters(operation: Operation) -> list[str]:
    """Return the parameters: the path's by position, then by name, first those without default."""
    positional, needed, optional = ["self"], [], []
    for struct in filter(None, (operation.arguments, operation.body)):
        for field in msgspec.structs.fields(struct):
            text, default = f"{field.name}: {type_text(field.type)}", default_text(field)
            if struct is operation.arguments and field.name in operation.path_fields:
                positional.append(text)
            elif default is None:
                needed.append(text)
            else:
                optional.append(f"{text} = {default}")
    named = [*needed, *optional]
    return [*positional, *(["*"] if named else []), *named]


def call(head: str, items: list[str], tail: str, indent: int) -> str:
    """Return ``head(items)tail`` on one line, or one item a line where that is too long."""
    line = " " * indent + f"{head}({', '.join(items)}){tail}"
    if len(line) <= WIDTH and "\n" not in line:
        return line.strip()
    inner = "".join(f"{' ' * (indent + 4)}{item},\n" for item in items)
    return f"{head}(\n{inner}{' ' * indent}){tail}"


def struct_text(struct: type[Struct], indent: int) -> str:
    """Return the making of a Struct from a method's parameters."""
    items = [f"{field.name}={value_text(field)}" for field in msgspec.structs.fields(struct)]
    # A comma follows it where it has a line of its own, and has to fit there.
    return call(struct_name(struct), items, ",", indent).removesuffix(",")


def docstring(operation: Operation) -> str:
    """Return a method's docstring: the summary, and what is said of the query and the body."""
    lines = [f"{operation.summary}."]
    query = operation.arguments if operation.query_fields else None
    for struct in filter(None, (query, operation.body)):
        told = inspect.getdoc(struct)
        if told:
            lines += ["", *(textwrap.wrap(told, WIDTH - 8) if "\n" not in told else [told])]
    if len(lines) == 1:
        return f'        """{lines[0]}"""\n'
    return textwrap.indent('"""\n' + "\n".join(lines) + '\n"""\n', " " * 8)


def method(operation: Operation, client: Client) -> str:
    """Return the whole method of an operation."""
    returns = client.returns.format(result_text(operation.result))
    head = call(f"def {operation.name}", parameters(operation), f" -> {returns}:", 4)
    items = [f'"{operation.name}"', struct_text(operation.arguments, 12)]
    if operation.body is not None:
        items.append(struct_text(operation.body, 12))
    body = call("return self.perform", items, "", 8)
    return f"\n    {head}\n{docstring(operation)}        {body}\n"


def module_text(client: Client) -> str:
    """Return a client's module as a whole."""
    header = HEADER.format(summary=client.summary, name=client.name, imports=client.imports)
    plain = [operation for operation in OPERATIONS if not operation.streams]
    return header + "".join(method(operation, client) for operation in plain)


def path_of(client: Client) -> Path:
    """Return where a client's module is."""
    return ROOT / "exsim" / "client" / f"{client.module}.py"


def main() -> int:
    """Rewrite both modules."""
    for client in CLIENTS:
        path_of(client).write_text(module_text(client), encoding="utf-8")
        print(f"{path_of(client).relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
