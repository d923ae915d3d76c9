"""What order state matrices say: the data files of ``tests/matrix/``, and their words in codes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "matrix"
FILES = ("fix41.toml", "fix42.toml", "fix43.toml", "fix44.toml")
_MODELS = ("fix42.toml", "fix44.toml")
"""Files that have the steps of those in others."""
VERSIONS = {
    "FIX.4.0": ("FIX.4.0", ""),
    "FIX.4.1": ("FIX.4.1", ""),
    "FIX.4.2": ("FIX.4.2", ""),
    "FIX.4.3": ("FIX.4.3", ""),
    "FIX.4.4": ("FIX.4.4", ""),
    "FIX.5.0": ("FIXT.1.1", "7"),
    "FIX.5.0SP1": ("FIXT.1.1", "8"),
    "FIX.5.0SP2": ("FIXT.1.1", "9"),
}
"""BeginString(8) and DefaultApplVerID(1137) of each."""
NAMES = tuple(VERSIONS)

_STATUSES = {
    "new": "0",
    "partially-filled": "1",
    "filled": "2",
    "done-for-day": "3",
    "canceled": "4",
    "pending-cancel": "6",
    "stopped": "7",
    "rejected": "8",
    "suspended": "9",
    "pending-new": "A",
    "calculated": "B",
    "expired": "C",
}
_TRADES = {"partial-fill": "1", "fill": "2"}
_LATER = {"trade-correct": "G", "trade-cancel": "H", "status": "I"}


def since(version: str, first: str) -> bool:
    """Whether a version is not older than another."""
    return NAMES.index(version) >= NAMES.index(first)


def status_code(word: str, version: str) -> str:
    """OrdStatus(39). FIX.4.3 has Replaced in its list, but not in its matrices."""
    if word == "replaced":
        return "0" if since(version, "FIX.4.3") else "5"
    if word == "pending-replace":
        return "E" if since(version, "FIX.4.2") else "6"
    return _STATUSES[word]


def exec_code(word: str, status: str, version: str) -> str:
    """ExecType(150), where ``status`` is the word of OrdStatus."""
    if word in _TRADES:
        return "F" if since(version, "FIX.4.3") else _TRADES[word]
    if word in _LATER and since(version, "FIX.4.3"):
        return _LATER[word]
    if word in ("trade-correct", "trade-cancel"):
        return "2" if status == "filled" else "1"
    if word == "status":
        return status_code(status, version)
    if word == "triggered" and since(version, "FIX.5.0"):
        return "L"
    if word in ("restated", "triggered"):
        return "D" if since(version, "FIX.4.2") else status_code(status, version)
    if word == "replaced":
        return "5"
    return status_code(word, version)


@dataclass(frozen=True)
class Matrix:
    """
    One matrix. ``source`` is the clause that has it, ``read`` are the documents with these changes
    that were read. ``differs`` says where exsim does something else. ``held`` is what waits for
    the operator: ``changes`` (cancels and replaces), ``orders``, ``both``, or nothing. ``reopens``
    asks for a venue where an order that was filled may be replaced. It is for the versions from
    ``since`` on, or for ``only`` one. ``like`` names the matrix whose steps it has.
    """

    ref: str
    about: str
    source: str
    steps: tuple[str, ...]
    read: tuple[str, ...] = ()
    differs: str = ""
    held: str = ""
    reopens: bool = False
    since: str = "FIX.4.0"
    only: str = ""
    like: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether two documents have it; what stands in brackets after one is told of it."""
        return len({text.partition(" (")[0] for text in self.read}) > 1

    @property
    def clause(self) -> str:
        """Its name in FIX: branches have a word after that here, and some a version before."""
        return re.sub(r"\.[a-z-]{2,}$", "", self.ref).removeprefix("4.1-").removeprefix("4.3-")

    @property
    def versions(self) -> tuple[str, ...]:
        """Those that it is played in."""
        if self.only:
            return (self.only,)
        return tuple(name for name in NAMES if since(name, self.since))


@cache
def matrices(name: str) -> tuple[Matrix, ...]:
    """The matrices of a file; one that is ``like`` another has its steps."""
    found = []
    for each in tomllib.loads((FOLDER / name).read_text())["matrix"]:
        if "like" in each:
            model = _model(each["like"])
            told = () if each.pop("unread", False) else model.read
            each = {"held": model.held, "reopens": model.reopens, **each, "steps": model.steps}
            each["read"] = [*dict.fromkeys([*each.get("read", ()), *told])]
        else:
            each["steps"] = tuple(map(str.strip, each["steps"].strip().splitlines()))
        found.append(Matrix(**{**each, "read": tuple(each.get("read", ()))}))
    return tuple(found)


def _model(ref: str) -> Matrix:
    """The matrix of FIX 4.2 or 4.4 that others are like; those of FIX 4.4 are like those of 4.2."""
    for name in _MODELS[:1] if ref.startswith("D") and ref[1:2].isdigit() else _MODELS[1:]:
        for matrix in matrices(name):
            if matrix.ref == ref:
                return matrix
    raise KeyError(ref)


def everything() -> tuple[Matrix, ...]:
    """The matrices of all files."""
    return tuple(matrix for name in FILES for matrix in matrices(name))
