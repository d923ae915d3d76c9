"""
Write the generated part of the rules of engagement: for FIX, and for each personality of a venue.

``python -m tools.engagement`` writes pages and figures to ``docs/``; with ``--check`` it says which
of them are not what it would write, with exit status 1 if any is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from tools.engagement import messages, rejects, settings, venues
from tools.engagement.figures import FIGURES, drawn
from tools.engagement.trying import ROOT

DOCS: Final = ROOT / "docs"
FILES: Final[dict[str, Callable[[], str]]] = {
    "fix-messages.rst": messages.page,
    "fix-settings.rst": settings.page,
    "fix-rejects.rst": rejects.page,
    **{name: partial(drawn, name) for name in FIGURES},
}
"""What makes each file in ``docs/`` that is about FIX."""
Files = Mapping[str, Callable[[], str]]


def stale(folder: Path = DOCS, files: Files = FILES) -> list[str]:
    """The files in a folder that are not what would be written."""
    return [name for name, make in files.items() if _there(folder / name) != make()]


def _there(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(folder: Path = DOCS, files: Files = FILES) -> None:
    """Write all files."""
    for name, make in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(make(), encoding="utf-8")


def main() -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(prog="python -m tools.engagement", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is not up to date")
    files = {**FILES, **venues.files()}
    if not parser.parse_args().check:
        write(files=files)
        return 0
    found = stale(files=files)
    for name in found:
        print(f"docs/{name} is not up to date: python -m tools.engagement")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
