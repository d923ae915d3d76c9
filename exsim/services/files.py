"""
What the store asks of a file system, and the real one.

A test passes another one in, which loses what was not synced, or has no room left.
"""

from __future__ import annotations

import fcntl
import os
from typing import Protocol


class Files(Protocol):
    """Files and folders; a file that is open is a number. All raise :class:`OSError`."""

    def make_folder(self, path: str) -> None:
        """Make a folder, and those above it, where it is not there yet."""

    def names(self, folder: str) -> list[str]:
        """What is in a folder."""

    def create(self, path: str) -> int:
        """Open a new file to write to; there must not be one."""

    def open(self, path: str) -> int:
        """Open a file that is there, to write to."""

    def read(self, path: str, offset: int = 0, size: int = -1) -> bytes:
        """Read from a file: up to ``size`` bytes, or all that there are."""

    def write(self, file: int, data: bytes, offset: int) -> None:
        """Write all of ``data`` at ``offset``."""

    def allocate(self, file: int, size: int) -> None:
        """Make room for ``size`` bytes in a file, zeros."""

    def truncate(self, file: int, size: int) -> None:
        """Cut a file."""

    def sync(self, file: int) -> None:
        """Return when all that was written to a file would be there after a loss of power."""

    def sync_folder(self, path: str) -> None:
        """Return when the names in a folder would be there after a loss of power."""

    def close(self, file: int) -> None:
        """Close a file."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; one that has it already is replaced."""

    def remove(self, path: str) -> None:
        """Remove a file."""

    def lock(self, path: str) -> int | None:
        """Open a file that nobody else has locked, and lock it; None when somebody has."""


class RealFiles:
    """The operating system's."""

    def make_folder(self, path: str) -> None:
        """See :class:`Files`."""
        os.makedirs(path, mode=0o700, exist_ok=True)

    def names(self, folder: str) -> list[str]:
        """See :class:`Files`."""
        return os.listdir(folder)

    def create(self, path: str) -> int:
        """See :class:`Files`."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def open(self, path: str) -> int:
        """See :class:`Files`."""
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def read(self, path: str, offset: int = 0, size: int = -1) -> bytes:
        """See :class:`Files`."""
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size)

    def write(self, file: int, data: bytes, offset: int) -> None:
        """See :class:`Files`."""
        written = os.pwrite(file, data, offset)
        while written < len(data):
            written += os.pwrite(file, data[written:], offset + written)

    def allocate(self, file: int, size: int) -> None:
        """See :class:`Files`."""
        os.posix_fallocate(file, 0, size)

    def truncate(self, file: int, size: int) -> None:
        """See :class:`Files`."""
        os.ftruncate(file, size)

    def sync(self, file: int) -> None:
        """See :class:`Files`."""
        os.fdatasync(file)

    def sync_folder(self, path: str) -> None:
        """See :class:`Files`."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self, file: int) -> None:
        """See :class:`Files`."""
        os.close(file)

    def rename(self, old: str, new: str) -> None:
        """See :class:`Files`."""
        os.replace(old, new)

    def remove(self, path: str) -> None:
        """See :class:`Files`."""
        os.remove(path)

    def lock(self, path: str) -> int | None:
        """See :class:`Files`."""
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a child does not inherit it
        except OSError as error:
            os.close(file)
            if isinstance(error, BlockingIOError):
                return None
            raise
        return file
