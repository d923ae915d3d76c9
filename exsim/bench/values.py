"""Values of options; what reads one raises ArgumentTypeError that says what would be right."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

VERSIONS: Final = (
    "FIX.4.0",
    "FIX.4.1",
    "FIX.4.2",
    "FIX.4.3",
    "FIX.4.4",
    "FIX.5.0",
    "FIX.5.0SP1",
    "FIX.5.0SP2",
)
JOURNALS: Final = ("none", "os", "fsync")


def number(what: str, least: float, most: float) -> Callable[[str], float]:
    """A number in a range."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no number of {what} from {least:g} to {most:g}"
            )
        return value

    return read


def whole(what: str, least: int, most: int) -> Callable[[str], int]:
    """A whole number in a range."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no whole number of {what} from {least} to {most}"
            )
        return int(text)

    return read


def versions(text: str) -> tuple[str, ...]:
    """Versions of FIX by commas."""
    found = tuple(text.split(","))
    for one in found:
        if one not in VERSIONS:
            raise argparse.ArgumentTypeError(f"{one!r} is none of {', '.join(VERSIONS)}")
    return found


def journal(text: str) -> str:
    """A durability of files, or the URL of a database."""
    if text not in JOURNALS and not text.startswith("postgres"):
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(JOURNALS)}, nor a URL")
    return text


def pin(text: str) -> tuple[int, int]:
    """Two of the CPUs that this process may use."""
    from exsim.bench.child import cpus

    words = text.split(",")
    available = cpus()
    if not available:
        raise argparse.ArgumentTypeError("this system does not let processes be pinned")
    if len(words) != 2 or not all(word.isdecimal() and int(word) in available for word in words):
        known = ", ".join(map(str, available))
        raise argparse.ArgumentTypeError(f"{text!r} is not two of the CPUs {known}, as in 1,0")
    return int(words[0]), int(words[1])


def collector(text: str) -> str:
    """Thresholds of the garbage collector, and perhaps ``freeze``."""
    words = text.split(",")
    if words[-1:] == ["freeze"]:
        words.pop()
    if len(words) != 3 or not all(word.isdecimal() for word in words):
        raise argparse.ArgumentTypeError(f"{text!r} is not N,N,N or N,N,N,freeze")
    return text


def database(text: str) -> str:
    """The URL of a database."""
    if not text.startswith("postgres") or "://" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no URL such as postgresql://exsim@db/exsim")
    return text
