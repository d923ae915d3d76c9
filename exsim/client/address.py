"""Where a command finds the simulator that it asks: options of a shell, or the environment."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Final

DEFAULT_URL: Final = "http://127.0.0.1:8480"


def address_options() -> argparse.ArgumentParser:
    """A parent of parsers: ``--url``, ``--ready-file`` and ``--token-file``."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    where = shared.add_mutually_exclusive_group()
    where.add_argument("--url", help=f"where it is; by default EXSIM_URL, or {DEFAULT_URL}")
    where.add_argument("--ready-file", metavar="FILE", help="its ready file, which says where")
    shared.add_argument("--token-file", metavar="FILE", help="holds the token that it asks for")
    return shared


def url_of(options: argparse.Namespace) -> str:
    """
    Where REST is.

    :raises OSError: when the ready file cannot be read.
    :raises ValueError: when it is none.
    """
    if "ready_file" not in options:
        return str(getattr(options, "url", os.environ.get("EXSIM_URL", DEFAULT_URL)))
    content = json.loads(Path(options.ready_file).read_text(encoding="utf-8"))
    return str(content["rest"])


def token_of(options: argparse.Namespace) -> str | None:
    """
    The token of its file; None without one.

    :raises OSError: when it cannot be read.
    """
    if "token_file" not in options:
        return None
    return Path(options.token_file).read_text(encoding="utf-8").strip()
