"""
``exsim ctl``: every operation from a shell.

The subcommands are made from the operation table: ``enter_order`` is ``exsim ctl enter-order
VENUE --symbol AAA ...``. What it prints is a table, or with ``--json`` exactly what was answered.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode
from collections.abc import Callable, Collection, Sequence
from contextlib import redirect_stderr, redirect_stdout
from itertools import islice
from typing import Any, Final, TextIO

import msgspec
import requests
from msgspec import Struct
from msgspec import inspect as kinds_of

from exsim.client.address import address_options, token_of, url_of
from exsim.client.blocking import Simulator
from exsim.client.codec import SimulatorError
from exsim.client.tables import render
from exsim.control.double_results import ScriptRun, Verified
from exsim.control.entries import Operation, kinds
from exsim.control.operations import OPERATIONS

COMMANDS: Final = {operation.name.replace("_", "-"): operation for operation in OPERATIONS}
Connect = Callable[[str, str | None], Simulator]


def main(
    arguments: Sequence[str],
    out: TextIO | None = None,
    err: TextIO | None = None,
    connect: Connect = Simulator,
) -> int:
    """
    Carry out a command line; the exit status: 0, or 1 when it was refused, 2 when it is wrong, 3
    when what was expected, or waited for, did not come.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        with redirect_stdout(out), redirect_stderr(err):
            options = parser(COMMANDS.keys() & set(arguments)).parse_args(arguments)
    except SystemExit as ending:
        return int(ending.code or 0)
    try:
        with connect(url_of(options), token_of(options)) as simulator:
            if options.operation.streams:
                return _follow(simulator, options, out)
            result = _ask(simulator, options)
    except (SimulatorError, requests.RequestException, OSError, ValueError) as error:
        err.write(f"exsim ctl: {error}\n")
        return 1
    _show(result, "json" in options, out, err)
    # "is False", since a rule tells how often chance passed it over by that name.
    late = getattr(result, "complete", True) is False or getattr(result, "passed", True) is False
    return 3 if late else 0


def parser(named: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """
    The parser of the command line, a subcommand for each operation.

    Only those that are ``named`` are made, the others are mentioned: to make all takes longer than
    to ask a simulator.
    """
    shared = _shared()
    whole = argparse.ArgumentParser(
        prog="exsim ctl",
        description="Ask a running simulator.",
        epilog="Exit status: 0; 1 when it was refused; 2 when the command line is wrong; 3 when"
        " what was expected, or waited for, did not come.",
        parents=[shared],
        allow_abbrev=False,
    )
    commands: argparse._SubParsersAction[Any]  # whose parsers may have parents of another class
    commands = whole.add_subparsers(metavar="OPERATION", required=True, parser_class=_Command)
    for name, operation in COMMANDS.items():
        command = commands.add_parser(
            name,
            made=name in named,
            help=operation.summary,
            description=f"{operation.summary}.",
            parents=[shared],
            allow_abbrev=False,
        )
        if name in named:
            command.set_defaults(operation=operation)
            _add_options(command, operation)
    return whole


class _Command(argparse.ArgumentParser):
    """The parser of an operation; one that is not ``made`` is never asked to parse anything."""

    def __init__(self, *, made: bool, **options: Any) -> None:
        if made:
            super().__init__(**options)


def _add_options(command: argparse.ArgumentParser, operation: Operation) -> None:
    """What an operation takes."""
    for struct in filter(None, (operation.arguments, operation.body)):
        _add_fields(command, struct, operation.path_fields)
    if operation.streams:
        command.add_argument("--count", type=int, metavar="N", help="end after so many")


def _shared() -> argparse.ArgumentParser:
    """What may stand before the operation and after it."""
    shared = address_options()
    shared.add_argument("--json", action="store_true", help="print what was answered, as JSON")
    return shared


def _add_fields(
    command: argparse.ArgumentParser, struct: type[Struct], positional: Sequence[str]
) -> None:
    """An argument for every field: what is in the path by position, the rest by name."""
    for field in msgspec.structs.fields(struct):
        if field.name in positional:
            command.add_argument(field.name, metavar=field.name.upper())
            continue
        settings = _settings(kinds(struct)[field.name])
        command.add_argument(
            "--" + field.name.replace("_", "-"),
            dest=field.name,
            required=field.required,
            default=argparse.SUPPRESS,
            **settings,
        )


def _settings(kind: kinds_of.Type) -> dict[str, Any]:
    """How a kind of value is written in a command line."""
    if isinstance(kind, kinds_of.LiteralType):
        return {"choices": [str(value) for value in kind.values]}
    if isinstance(kind, kinds_of.IntType):
        return {"type": int, "metavar": "N"}
    if isinstance(kind, kinds_of.BoolType):
        return {"metavar": "yes|no", "type": _truth}
    if isinstance(kind, kinds_of.BytesType):
        return {"metavar": "BASE64", "type": _bytes}
    if isinstance(kind, kinds_of.DictType):
        return {"nargs": "+", "action": "extend", "metavar": "KEY=VALUE", "type": _pair}
    if isinstance(kind, kinds_of.ListType):
        many = {"nargs": "+", "action": "extend"}
        item = kind.item_type
        if isinstance(item, kinds_of.TupleType):
            return many | {"metavar": "TAG=VALUE", "type": _pair}
        if isinstance(item, kinds_of.StructType):
            return many | {"metavar": "JSON", "type": json.loads}
        return many | {"metavar": "TEXT"}
    return {"metavar": "TEXT"}


def _truth(text: str) -> bool:
    """Yes or no."""
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is neither yes nor no")
    return text == "yes"


def _bytes(text: str) -> bytes:
    """What base64 stands for."""
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no base64: {error}") from None


def _pair(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` as its two parts."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KEY=VALUE")
    return key, value


def _ask(simulator: Simulator, options: argparse.Namespace) -> Any:
    """Carry out the operation that was named, and return its result."""
    operation: Operation = options.operation
    body = None if operation.body is None else _struct(operation.body, options)
    return simulator.perform(operation.name, _struct(operation.arguments, options), body)


def _follow(simulator: Simulator, options: argparse.Namespace, out: TextIO) -> int:
    """Print events, a line each, until there were as many as asked for, or it is interrupted."""
    given = msgspec.structs.asdict(_struct(options.operation.arguments, options))
    events = simulator.events(**given)
    try:
        for event in islice(events, options.count):
            if "json" in options:
                out.write(msgspec.json.encode(event).decode() + "\n")
            else:
                out.write(f"{event.id} {event.time} {event.event} {event.text}\n")
            out.flush()
    except KeyboardInterrupt:
        pass  # that is how one ends it
    finally:
        events.close()
    return 0


def _struct(struct: type[Struct], options: argparse.Namespace) -> Struct:
    """The Struct of what was given; the simulator checks it."""
    given = {name: getattr(options, name) for name in kinds(struct) if hasattr(options, name)}
    for name, kind in kinds(struct).items():
        if name in given and isinstance(kind, kinds_of.DictType):
            given[name] = dict(given[name])
    return struct(**given)


def _show(result: Any, as_json: bool, out: TextIO, err: TextIO) -> None:
    """Print a result, and on the side how to go on where there is more."""
    if result is None:
        return
    if as_json or isinstance(result, dict):
        content = msgspec.json.format(msgspec.json.encode(result), indent=2)
        out.write(content.decode() + "\n")
    elif isinstance(result, str):
        out.write(result)
    elif isinstance(result, bytes):
        out.flush()
        out.buffer.write(result)
    elif isinstance(result, Verified | ScriptRun):
        out.write(result.text + "\n")
    else:
        out.write(render(result))
    cursor = getattr(result, "next", None)
    if cursor is not None:
        err.write(f"There is more: --after {cursor}\n")
