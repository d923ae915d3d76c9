"""
Draw what the scenarios of ``etc/scenarios/`` do, for ``docs/scenarios.rst``.

    python -m tools.scenarios [NAME ...]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "etc" / "scenarios"
RST: Final = ROOT / "docs" / "scenarios.rst"
LENGTHS: Final = {
    "crossed-venues": 1.7,
    "fast-market": 0.25,
    "flash-crash": 2.2,
    "gap-overnight": 1200,
    "halt-and-reopen": 2.2,
    "normal-day": 530,
    "one-sided": 2,
    "opening-auction": 2,
}
"""Minutes of market time that a picture has, by scenario."""
SEVERAL: Final = {"crossed-venues": ("XSIM", "YSIM")}
"""The venues in a picture, where it is not the only one."""


def command(name: str) -> list[str]:
    """How a picture is drawn, run from the checkout."""
    venues = [word for venue in SEVERAL.get(name, ()) for word in ("--venue", venue)]
    config, picture = f"etc/scenarios/{name}.ini", f"docs/scenario-{name}.png"
    length = ["--minutes", f"{LENGTHS[name]:g}"]
    return ["exsim", "pricing", "plot", "-c", config, *length, *venues, "-o", picture]


def main(names: list[str]) -> None:
    """Draw those that are named, or all."""
    for name in names or LENGTHS:
        print(*command(name))
        subprocess.run([sys.executable, "-m", *command(name)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
