"""The commands about journals in PostgreSQL, and their options; imported when they are called."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Adds a command: its name, what carries it out, and a summary."""


def add_stores(add: Add) -> None:
    """Add them all."""
    postgres = add(
        "postgres", _postgres, "Make the tables of a journal in PostgreSQL, or see them."
    )
    commands = postgres.add_subparsers(metavar="COMMAND", required=True)
    for name, summary in (
        ("migrate", "Make exsim's tables in a database, or bring them to this version."),
        (
            "status",
            "Tell the version of the tables, and each venue's journal, snapshots and lease.",
        ),
    ):
        one = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.set_defaults(carry_out=name)
        one.add_argument("url", metavar="URL", help="such as postgresql://exsim@host/database")
        add_password_file(one)
    copy = add("copy-journal", _copy, "Copy a journal and its snapshots to another place.")
    for name, what in (("from", "where it is"), ("to", "a place that has none yet")):
        copy.add_argument(
            f"{name}_place",
            metavar=name.upper(),
            help=f"{what}: a data_dir, or a URL in PostgreSQL",
        )
    copy.add_argument("--venue", default="", metavar="NAME", help="its name in PostgreSQL")
    add_password_file(copy)


def add_password_file(command: argparse.ArgumentParser) -> None:
    """The option of all commands that connect to PostgreSQL."""
    command.add_argument(
        "--password-file",
        default="",
        metavar="FILE",
        help="its first line is the password; else PGPASSWORD, PGPASSFILE or ~/.pgpass has it",
    )


def _copy(options: argparse.Namespace) -> int:
    from exsim.terminal import stores

    return stores.copy_journal(options)


def _postgres(options: argparse.Namespace) -> int:
    from exsim.terminal import stores

    return stores.postgres(options)
