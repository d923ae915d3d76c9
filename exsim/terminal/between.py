"""The commands that stand between clients and venues, and their options."""

from __future__ import annotations

import argparse
import sys

from exsim.terminal.arguments import Add


def add_between(add: Add) -> None:
    """Add them all."""
    _add_proxy(
        add("proxy", _proxy, "Stand between clients and another acceptor, and see what they say.")
    )
    _add_gateway(
        add("gateway", _gateway, "Take clients of one address to wherever their venue is.")
    )


def _add_proxy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen", required=True, help="where clients connect, such as tcp:0:interface=127.0.0.1"
    )
    parser.add_argument("--connect", required=True, help="the acceptor, such as tcp:127.0.0.1:9878")
    parser.add_argument(
        "--protocol",
        choices=("fix", "ouch", "soup", "raw"),
        default="fix",
        help="how messages are told apart and read (fix)",
    )
    for name, what in (
        ("record", "all that was said, as JSON"),
        ("script", "a script that expects the same"),
        ("test", "a pytest test that expects the same"),
    ):
        parser.add_argument(f"--{name}", default="", metavar="FILE", help=f"write {what}, at last")
    _add_running(parser)


def _add_gateway(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", "--config", required=True, metavar="FILE", help="the configuration")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over the file; may be given again",
    )
    _add_running(parser)


def _add_running(parser: argparse.ArgumentParser) -> None:
    """What all of them have."""
    parser.add_argument(
        "--rest",
        default="tcp:0:interface=127.0.0.1",
        help="where REST listens, or none (tcp:0:interface=127.0.0.1)",
    )
    parser.add_argument("--ready-file", metavar="FILE", help="write this once it listens")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")


def _proxy(options: argparse.Namespace) -> int:
    from exsim.errors import ConfigError
    from exsim.services.proxy_run import Saves, run, settings_of

    try:
        settings = settings_of(options.listen, options.connect, options.protocol, options.rest)
    except ConfigError as error:
        for problem in error.problems:
            sys.stderr.write(f"exsim proxy: {problem.text}\n")
        return 2
    saves = Saves(options.record, options.script, options.test)
    run(settings, saves, options.ready_file, options.until_eof)
    return 0


def _gateway(options: argparse.Namespace) -> int:
    from exsim.config.load import load, report
    from exsim.errors import ConfigError
    from exsim.plugins import Catalogue
    from exsim.services.gateway.run import run

    try:
        settings = load(options.config, options.set, Catalogue())
        run(settings, options.rest, options.ready_file, options.until_eof)
    except ConfigError as error:
        sys.stderr.write(f"{report(error, options.config)}\n")
        return 2
    return 0
