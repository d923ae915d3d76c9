"""A disk in memory that loses what was not synced, tears it, reorders it, or fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from random import Random

SECTOR = 512
"""Bytes that reach a disk together or not at all."""


class _File:
    """What a file holds for those who read it, and what of that is on the disk."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.synced = bytearray()
        self.unsynced: list[tuple[int, bytes | None]] = []  # writes; of None: cut there

    def sync(self) -> None:
        self.synced = bytearray(self.data)
        self.unsynced.clear()


def _apply(data: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del data[offset:]
        return
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(written)] = written


class Disk:
    """
    :class:`exsim.services.files.Files`, in memory.

    ``before`` is called with the name of each operation and its path, and may raise. ``crash``
    leaves what a loss of power would.
    """

    def __init__(self) -> None:
        self.before: Callable[[str, str], None] = lambda operation, path: None
        self.now: dict[str, _File] = {}  # what names mean
        self.kept: dict[str, _File] = {}  # what they mean on the disk
        self.locks: set[str] = set()
        self._open: dict[int, tuple[str, _File]] = {}
        self._last = 100

    # -- Files

    def make_folder(self, path: str) -> None:
        """All folders are there."""
        self.before("make_folder", path)

    def names(self, folder: str) -> list[str]:
        """What is in a folder."""
        self.before("names", folder)
        start = folder + "/"
        return [path[len(start) :] for path in self.now if path.startswith(start)]

    def create(self, path: str) -> int:
        """Its name is lost in a crash until the folder is synced."""
        self.before("create", path)
        if path in self.now:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        self.now[path] = _File()
        return self._opened(path)

    def open(self, path: str) -> int:
        """Open a file."""
        self.before("open", path)
        self._file(path)
        return self._opened(path)

    def read(self, path: str, offset: int = 0, size: int = -1) -> bytes:
        """Read what was written, synced or not."""
        self.before("read", path)
        data = self._file(path).data
        return bytes(data[offset:] if size < 0 else data[offset : offset + size])

    def write(self, file: int, data: bytes, offset: int) -> None:
        """A write that fails may have written a part."""
        path, content = self._open[file]
        try:
            self.before("write", path)
        except OSError:
            half = data[: len(data) // 2]
            _apply(content.data, offset, half)
            content.unsynced.append((offset, half))
            raise
        _apply(content.data, offset, data)
        content.unsynced.append((offset, data))

    def allocate(self, file: int, size: int) -> None:
        """Zeros, at once on the disk."""
        path, content = self._open[file]
        self.before("allocate", path)
        for data in (content.data, content.synced):
            data.extend(bytes(max(0, size - len(data))))

    def truncate(self, file: int, size: int) -> None:
        """Cut a file."""
        path, content = self._open[file]
        self.before("truncate", path)
        _apply(content.data, size, None)
        content.unsynced.append((size, None))

    def sync(self, file: int) -> None:
        """A sync that fails has written anything of it."""
        path, content = self._open[file]
        self.before("sync", path)
        content.sync()

    def sync_folder(self, path: str) -> None:
        """Keep the names in a folder."""
        self.before("sync_folder", path)
        start = path + "/"
        for name in [name for name in self.kept if name.startswith(start)]:
            del self.kept[name]
        self.kept.update((name, file) for name, file in self.now.items() if name.startswith(start))

    def close(self, file: int) -> None:
        """Close a file; a lock goes with it."""
        path, _content = self._open.pop(file)
        self.locks.discard(path)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        self.before("rename", old)
        self.now[new] = self.now.pop(old)

    def remove(self, path: str) -> None:
        """Remove a name."""
        self.before("remove", path)
        self._file(path)
        del self.now[path]

    def lock(self, path: str) -> int | None:
        """Lock a file until it is closed, or a crash."""
        self.before("lock", path)
        if path in self.locks:
            return None
        self.locks.add(path)
        self.now.setdefault(path, _File())
        return self._opened(path)

    # -- what happens to it

    def crash(self, random: Random) -> None:
        """Power is lost: of what was not synced any part may be there, in any order."""
        names = dict(self.kept)
        for path in sorted({*self.now, *self.kept}):
            if random.random() < 0.5:
                names.pop(path, None)
                if path in self.now:
                    names[path] = self.now[path]
        for file in dict.fromkeys(names.values()):
            _lose(file, random)
        self.now, self.kept = names, dict(names)
        self._open.clear()
        self.locks.clear()

    def kill(self) -> None:
        """The process ends, and the disk has all that it wrote."""
        self._open.clear()
        self.locks.clear()

    def open_files(self) -> int:
        """How many files are open."""
        return len(self._open)

    def _opened(self, path: str) -> int:
        self._last += 1
        self._open[self._last] = path, self.now[path]
        return self._last

    def _file(self, path: str) -> _File:
        if path not in self.now:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self.now[path]


def _lose(file: _File, random: Random) -> None:
    """Of the writes that were not synced keep some sectors, in another order."""
    pieces: list[tuple[int, bytes | None]] = []
    for offset, data in file.unsynced:
        if data is None:
            pieces.append((offset, None))
            continue
        at = 0
        while at < len(data):
            end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
            pieces.append((offset + at, data[at:end]))
            at = end
    how = random.randrange(4)
    if how == 1:  # all of it was on its way, and a part arrived
        pieces = pieces[: random.randrange(len(pieces) + 1)]
    elif how == 2:
        pieces = [piece for piece in pieces if random.random() < 0.5]
        random.shuffle(pieces)
    elif how == 3:
        pieces = []
    for offset, data in pieces:
        _apply(file.synced, offset, data)
    file.data = bytearray(file.synced)
    file.unsynced.clear()
