"""The commands for people, and their options; each is imported when it is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from exsim.recorded.protocols import PROTOCOLS

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Adds a command: its name, what carries it out, and a summary."""


def add_for_people(add: Add) -> None:
    """Add them all."""
    book = add("book", _book, "Show a book as a ladder of prices, live.")
    book.add_argument("symbol", metavar="SYMBOL")
    book.add_argument("--session", metavar="NAME", help="show this session's own orders in it")
    book.add_argument("--depth", type=int, default=10, metavar="N", help="price levels a side (10)")
    _add_where(book)
    trades = add("trades", _trades, "Show trades as they are made.")
    trades.add_argument("symbol", nargs="?", metavar="SYMBOL", help="of this instrument alone")
    trades.add_argument("--filter", metavar="FILTER", help="only those that fit")
    _add_where(trades)
    messages = add("messages", _messages, "Show messages as they come and go.")
    messages.add_argument("filter", nargs="*", metavar="FILTER", help="only those that fit")
    messages.add_argument("--all", action="store_true", help="first all that there are already")
    messages.add_argument("--fields", action="store_true", help="all fields of each")
    _add_where(messages)
    nodes = add("nodes", _nodes, "Show which node carries which venue.")
    nodes.add_argument("at", nargs="?", metavar="URL", help="REST of any node; as --url")
    nodes.add_argument("--json", action="store_true", help="what REST answers, as JSON")
    _add_address(nodes)
    _add_record(add("record-feed", _record, "Record what an endpoint tells of a market."))
    _add_decode(add("decode", _decode, "Tell what is in recordings of FIX, ITCH, OUCH and more."))
    _add_pricing(add("pricing", _pricing, "Show what a market is like, as its bots make it."))


def _add_record(record: argparse.ArgumentParser) -> None:
    record.add_argument("endpoint", metavar="ENDPOINT", help="of protocol itch, glimpse or fix")
    record.add_argument(
        "file",
        metavar="FILE",
        help="rows where it is called FILE.parquet or FILE.csv; else ITCH behind lengths, as"
        " Nasdaq's files, or a FIX log",
    )
    record.add_argument("--for", dest="span", metavar="TIME", help="end after 10s, 5m, ...")
    record.add_argument(
        "--until-quiet", action="store_true", help="end when nothing came for two seconds"
    )
    record.add_argument("--user", help="to log in as; SenderCompID of FIX (RECORD, RECORDER)")
    record.add_argument("--password-file", metavar="FILE", help="holds the password of ITCH")
    record.add_argument("--target", help="TargetCompID of FIX (the venue's name)")
    record.add_argument(
        "--version", default="FIX.4.4", help="BeginString of FIX (FIX.4.4), 4.2 or later"
    )
    record.add_argument(
        "--symbol", action="append", help="of FIX, may be given again; all instruments if not"
    )
    record.add_argument(
        "--day", metavar="YYYY-MM-DD", help="for rows of ITCH, which tells no day (today)"
    )
    _add_address(record)


def _add_pricing(pricing: argparse.ArgumentParser) -> None:
    commands = pricing.add_subparsers(metavar="COMMAND", required=True)
    summary = "Draw price, spread, depth, volume and volatility (pip install exsim[plot])."
    plot = commands.add_parser("plot", help=summary, description=summary, allow_abbrev=False)
    plot.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="the picture: FILE.png or FILE.svg"
    )
    plot.set_defaults(carry_out="plot")
    _add_market(plot)
    summary = "Tell stylised facts, beside those of real markets."
    facts = commands.add_parser("facts", help=summary, description=summary, allow_abbrev=False)
    facts.add_argument("--json", action="store_true", help="a JSON object a line, one a venue")
    facts.set_defaults(carry_out="facts")
    _add_market(facts)


def _add_market(command: argparse.ArgumentParser) -> None:
    """Which market, and how much of it."""
    command.add_argument("-c", "--config", required=True, metavar="FILE", help="the configuration")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over the file; may be given again",
    )
    command.add_argument(
        "--venue",
        action="append",
        metavar="NAME",
        help="of this venue (the first); given again, best prices of both",
    )
    command.add_argument("--symbol", help="of this instrument (the first that has a price)")
    command.add_argument(
        "--minutes",
        type=float,
        default=390.0,
        metavar="N",
        help="so much time of the market, at full speed (390)",
    )
    command.add_argument("--seed", type=int, metavar="N", help="another one than the file's")


def _add_where(command: argparse.ArgumentParser) -> None:
    """Which simulator, which venue, and how it is shown."""
    _add_address(command)
    command.add_argument("--venue", metavar="NAME", help="of this venue")
    command.add_argument("--once", action="store_true", help="what there is now, and end")
    command.add_argument("--json", action="store_true", help="a JSON object a line")


def _add_address(command: argparse.ArgumentParser) -> None:
    """Which simulator."""
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--url", default=argparse.SUPPRESS, help="where REST is (EXSIM_URL, or the usual place)"
    )
    where.add_argument(
        "--ready-file",
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="its ready file, which says where",
    )
    command.add_argument(
        "--token-file",
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="holds the token that it asks for",
    )


def _book(options: argparse.Namespace) -> int:
    from exsim.terminal.book import main

    return main(options)


def _trades(options: argparse.Namespace) -> int:
    from exsim.terminal.trades import main

    return main(options)


def _messages(options: argparse.Namespace) -> int:
    from exsim.terminal.messages import main

    return main(options)


def _nodes(options: argparse.Namespace) -> int:
    from exsim.terminal.nodes import main

    return main(options)


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


def _record(options: argparse.Namespace) -> int:
    from exsim.terminal.record import main

    return main(options)


def _decode(options: argparse.Namespace) -> int:
    from exsim.terminal.decode import main

    return main(options)


def _pricing(options: argparse.Namespace) -> int:
    from exsim.terminal import pricing

    return pricing.plot(options) if options.carry_out == "plot" else pricing.facts(options)
