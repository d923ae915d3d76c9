"""The commands for people, and their options; each is imported when it is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from exsim.recorded.protocols import PROTOCOLS

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Adds a command: its name, what carries it out, and a summary."""


def add_for_people(add: Add) -> None:
    """Add them all."""
    _add_decode(add("decode", _decode, "Tell what is in recordings of FIX, ITCH, OUCH and more."))


def _add_decode(decode: argparse.ArgumentParser) -> None:
    decode.add_argument(
        "files", nargs="*", metavar="FILE", help="recordings; - or none for standard input"
    )
    decode.add_argument(
        "--protocol",
        choices=tuple(PROTOCOLS),
        help="what they are of, if the content shall not tell",
    )
    decode.add_argument("--filter", metavar="FILTER", help="only messages that fit")
    shown = decode.add_mutually_exclusive_group()
    shown.add_argument("--long", action="store_true", help="each field on a line of its own")
    shown.add_argument("--json", action="store_true", help="a JSON object a line")
    shown.add_argument(
        "--output",
        metavar="FILE",
        help="write what books and trades come to: to FILE.parquet or FILE.csv",
    )
    decode.add_argument(
        "--day",
        metavar="YYYY-MM-DD",
        default="1970-01-01",
        help="with --output: the day of ITCH, which tells times since midnight (1970-01-01)",
    )


def _decode(options: argparse.Namespace) -> int:
    from exsim.terminal.decode import main

    return main(options)
