"""
Named snapshots: states to come back to, kept in memory, and as files where there is a folder.

What they hold is as :mod:`exsim.services.state` tells it; the files are those of
:mod:`exsim.services.snapshots`, in a folder of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from exsim.errors import Conflict, NotFound
from exsim.services.snapshots import DamagedSnapshot, OtherSnapshot, Snapshot, decode, encode

MOST: Final = 1_000
"""Named snapshots there may be."""
_SUFFIX: Final = ".snapshot"


def _nowhere() -> str:
    """There is no folder."""
    return ""


def _nothing(seq: int) -> Snapshot | None:
    """No state is kept beside the journal."""
    return None


class Library:
    """
    Snapshots by name.

    ``folder`` tells where their files are, empty for nowhere; ``base`` the newest state that there
    is beside the journal, up to one of its entries.
    """

    def __init__(
        self,
        folder: Callable[[], str] = _nowhere,
        base: Callable[[int], Snapshot | None] = _nothing,
    ) -> None:
        self._folder = folder
        self.base = base
        self._kept: dict[str, bytes] = {}
        self._read = False

    def add(self, name: str, snapshot: Snapshot) -> int:
        """
        Keep one under a name; its size in bytes.

        :raises exsim.errors.Conflict: when there is one of that name, or there are too many.
        """
        kept = self._all()
        if name in kept:
            raise Conflict(f"there is a snapshot {name!r} already: delete it, or name this another")
        if len(kept) >= MOST:
            raise Conflict(f"there are {MOST} snapshots, no more are taken: delete some")
        data = encode(snapshot)
        path = self._path(name)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            new.write_bytes(data)
            os.replace(new, path)
        kept[name] = data
        return len(data)

    def names(self) -> list[str]:
        """All names, in the order of the snapshots' making."""
        return list(self._all())

    def size(self, name: str) -> int:
        """How many bytes one has."""
        return len(self._all()[name])

    def get(self, name: str) -> Snapshot:
        """
        One by its name.

        :raises exsim.errors.NotFound: when there is none.
        :raises exsim.errors.Conflict: when it cannot be read.
        """
        data = self._all().get(name)
        if data is None:
            known = ", ".join(self._all()) or "none"
            raise NotFound(f"there is no snapshot {name!r}; there are: {known[:500]}")
        try:
            return decode(data)
        except (DamagedSnapshot, OtherSnapshot) as error:
            raise Conflict(f"snapshot {name!r} cannot be used: {error}") from None

    def remove(self, name: str) -> None:
        """
        Forget one.

        :raises exsim.errors.NotFound: when there is none.
        """
        if name not in self._all():
            self.get(name)
        path = self._path(name)
        if path is not None:
            path.unlink(missing_ok=True)
        del self._kept[name]

    def _path(self, name: str) -> Path | None:
        folder = self._folder()
        return Path(folder, "named", quote(name, safe="") + _SUFFIX) if folder else None

    def _all(self) -> dict[str, bytes]:
        """Those in memory, and at the first look those of files."""
        folder = self._folder()
        if folder and not self._read:
            self._read = True
            paths = Path(folder, "named").glob(f"*{_SUFFIX}")
            for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
                self._kept[unquote(path.name.removesuffix(_SUFFIX))] = path.read_bytes()
        return self._kept
