"""
Snapshots: files that hold the state after an entry of the journal, so that a start need not run
all entries again.

A snapshot is a file ``EPOCH-SEQ.snapshot``: a header with a checksum of all of it, then the state
(see :mod:`exsim.services.state`) as :mod:`exsim.services.packing` has it. It is written under
another name, and has its own once it is whole and on the disk.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Final

from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.model.plain import Plain
from exsim.services.files import Files
from exsim.services.packing import pack, unpack

log = Logger(namespace="exsim")

VERSION: Final = 3
"""Of the format of the file and the state in it: one more with every change of either."""
OLDEST: Final = 3
"""The first version whose state can still be restored; older ones, and newer, are refused."""
KEPT: Final = 2
"""Snapshots kept: the newest, and one to go back to."""

_NAME: Final = re.compile(r"(\d{10})-(\d{20})\.snapshot")
_UNFINISHED: Final = ".new"
_UNBORN: Final = ".unborn"
_MAGIC: Final = b"EXSIMSNP"
_HEADER: Final = struct.Struct("<8sHxxIqqqQ")  # magic, version, CRC-32, epoch, seq, time, length
_CRC_AT: Final = 12
"""Where the checksum is; it is of all bytes but its own four."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state after entry ``seq`` of ``epoch``, at ``time``."""

    epoch: int
    seq: int
    time: int
    state: Plain


class DamagedSnapshot(ValueError):
    """A file that is no whole snapshot."""


class OtherSnapshot(ValueError):
    """A snapshot of another version of exsim, which this one cannot read."""


def encode(snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot's file."""
    state = pack(snapshot.state)
    values = (snapshot.epoch, snapshot.seq, snapshot.time, len(state))
    head = _HEADER.pack(_MAGIC, VERSION, 0, *values)
    crc = _checksum(head, state)
    return head[:_CRC_AT] + crc.to_bytes(4, "little") + head[_CRC_AT + 4 :] + state


def decode(data: bytes) -> Snapshot:
    """
    The snapshot that a file holds.

    :raises DamagedSnapshot: when it is not whole, or was changed.
    :raises OtherSnapshot: when it is of a later version, or one too old.
    """
    if len(data) < _HEADER.size or not data.startswith(_MAGIC):
        raise DamagedSnapshot("it does not begin as a snapshot does")
    _, version, crc, epoch, seq, time, length = _HEADER.unpack_from(data)
    if version > VERSION:
        raise OtherSnapshot(f"it has version {version}, and this exsim knows up to {VERSION}")
    if version < OLDEST:
        raise OtherSnapshot(
            f"it has version {version}, and this exsim reads from {OLDEST} on: start the one that"
            " wrote it, or begin anew with another data_dir"
        )
    head, state = data[: _HEADER.size], data[_HEADER.size :]
    if len(state) != length or _checksum(head, state) != crc:
        raise DamagedSnapshot("its checksum is wrong")
    return Snapshot(epoch, seq, time, unpack(state))


def _checksum(head: bytes, state: bytes) -> int:
    return zlib.crc32(state, zlib.crc32(head[:_CRC_AT] + head[_CRC_AT + 4 :]))


class KeptSnapshots(ABC):
    """
    Snapshots beside a journal; ``folder`` names for people where. Each has a path, which tells it
    from all others. All methods raise :class:`OSError` where it cannot be done now.
    """

    folder: str

    @abstractmethod
    def open(self) -> None:
        """Prepare for the others, and remove what was not finished."""

    @abstractmethod
    def all(self) -> list[tuple[int, int, str]]:
        """Epoch, number of the last entry, and path of each, newest first."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """The bytes of one; see :func:`decode`."""

    @abstractmethod
    def write(self, snapshot: Snapshot) -> None:
        """Write a snapshot, and return once it is kept."""

    @abstractmethod
    def clear_out(self, epoch: int) -> int:
        """
        Remove what the newest :data:`KEPT` snapshots of an epoch make needless.

        Returns the last entry that none of those left needs to have run again after it.
        """

    @abstractmethod
    def _set_aside(self, path: str) -> None:
        """Keep one from being found again."""

    @abstractmethod
    def _beyond(self, path: str, seq: int, last: int) -> Problem:
        """What to tell where one is of more than the journal has, which ends with ``last``."""

    def newest(self, epoch: int, last: int) -> Snapshot | None:
        """
        The newest snapshot that is sound and of this epoch, up to entry ``last``.

        :raises exsim.errors.ConfigError: when the journal has lost what a snapshot holds, or it is
            of a version of exsim that this one cannot read.
        """
        for found_epoch, seq, path in self.all():
            if found_epoch > epoch and (epoch, last) != (1, 0):
                # A crash came within a reset: after this, before the new epoch was begun. It must
                # not be taken for one of the next reset.
                log.warn("{path} is set aside: the reset was cut short", path=path)
                self._set_aside(path)
                continue
            if (found_epoch, seq) > (epoch, last):
                raise ConfigError([self._beyond(path, seq, last)])
            if found_epoch != epoch:
                continue
            try:
                return decode(self.read(path))
            except DamagedSnapshot as error:
                log.warn("{path} is damaged and not used: {error}", path=path, error=error)
            except OtherSnapshot as error:
                raise ConfigError([Problem(f"{path} cannot be used: {error}")]) from None
        return None

    def oldest_for(self, epoch: int, first: int, last: int) -> Snapshot | None:
        """
        The oldest snapshot of an epoch from which all is there that follows; None: from nothing.

        :raises exsim.errors.ConfigError: when there is none, but it takes one.
        """
        if epoch == 1 and first == 1:
            return None
        for found_epoch, seq, path in reversed(self.all()):
            if found_epoch == epoch and first - 1 <= seq <= last:
                try:
                    return decode(self.read(path))
                except DamagedSnapshot:
                    continue
                except OtherSnapshot as error:
                    raise ConfigError([Problem(f"{path}: {error}")]) from None
        text = f"the journal begins with entry {first:,}, and no snapshot tells what was before"
        raise ConfigError([Problem(text)])


class Snapshots(KeptSnapshots):
    """The snapshots in the files of ``folder``."""

    def __init__(self, folder: str, files: Files) -> None:
        self.folder = folder
        self._files = files

    def open(self) -> None:
        """Make the folder, and remove what was not finished.

        :raises OSError: when it cannot be used.
        """
        self._files.make_folder(self.folder)
        for name in self._files.names(self.folder):
            if name.endswith(_UNFINISHED):
                self._files.remove(f"{self.folder}/{name}")

    def all(self) -> list[tuple[int, int, str]]:
        """See :class:`KeptSnapshots`."""
        found = [_NAME.fullmatch(name) for name in self._files.names(self.folder)]
        places = [(int(m[1]), int(m[2]), f"{self.folder}/{m[0]}") for m in found if m is not None]
        return sorted(places, reverse=True)

    def read(self, path: str) -> bytes:
        """See :class:`KeptSnapshots`."""
        return self._files.read(path)

    def write(self, snapshot: Snapshot) -> None:
        """
        Write a snapshot, and return once it is on the disk.

        :raises OSError: when that cannot be done.
        """
        files = self._files
        path = f"{self.folder}/{snapshot.epoch:010d}-{snapshot.seq:020d}.snapshot"
        new = f"{path}.{os.getpid()}{_UNFINISHED}"
        file = files.create(new)
        try:
            try:
                files.write(file, encode(snapshot), 0)
                files.sync(file)
            finally:
                files.close(file)
            files.rename(new, path)
        except OSError:
            with contextlib.suppress(OSError):
                files.remove(new)
            raise
        files.sync_folder(self.folder)

    def clear_out(self, epoch: int) -> int:
        """
        Remove what the newest :data:`KEPT` snapshots of an epoch make needless.

        Returns the last entry that none of those left needs to have run again after it.
        """
        ours = [place for place in self.all() if place[0] == epoch]
        if not ours:
            return 0
        for place in self.all():
            if place not in ours[:KEPT]:
                self._files.remove(place[2])
        return ours[:KEPT][-1][1] if len(ours) >= KEPT else 0

    def _set_aside(self, path: str) -> None:
        self._files.rename(path, f"{path}{_UNBORN}")

    def _beyond(self, path: str, seq: int, last: int) -> Problem:
        ends = f"ends with entry {last:,}" if last else "is empty"
        return Problem(
            f"{path} is the state after entry {seq:,}, but the journal {ends}: a file of it is gone"
            " or was cut, or the machine went down before it was on the disk. `exsim repair` goes"
            " on from that snapshot, which has all orders and numbers up to there, and sets aside"
            " what is left of the journal, which cannot be asked for or run again then"
        )


def plain(state: Any) -> Plain:
    """A state as it comes back from a file: nothing of it is shared with anybody."""
    return unpack(pack(state))
