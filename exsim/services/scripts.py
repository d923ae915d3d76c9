"""The folder of scripts that ``[exsim] scripts`` names, and what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from exsim.errors import NotFound

SUFFIXES: Final = (".ini", ".py")


def scripts_in(folder: str) -> dict[str, Path]:
    """The files of a folder that are scripts, by name."""
    if not folder:
        return {}
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix in SUFFIXES)
    return {path.stem: path for path in paths}


def script_path(folder: str, name: str) -> Path:
    """
    The file of a script.

    :raises exsim.errors.NotFound: when there is none.
    """
    if not folder:
        raise NotFound("there are no scripts: [exsim] scripts names no folder")
    found = scripts_in(folder)
    if name not in found:
        known = ", ".join(found) or "none"
        raise NotFound(f"there is no script {name[:40]!r} in {folder}; there are: {known[:500]}")
    return found[name]
