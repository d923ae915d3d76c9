"""
``exsim copy-journal``: a journal and its snapshots from where they are to another place.

Every batch is checked as it is read, and once all is there what was written is read again: both
have to come to one digest. The place must have no journal yet, so nothing there is lost.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.journal.columns import Columns
from exsim.journal.format import JournalError
from exsim.journal.tape import Digest
from exsim.model.settings import Settings
from exsim.services.files import RealFiles
from exsim.services.keeping import FilesKeeping, JournalReader, Keeping
from exsim.services.snapshots import DamagedSnapshot, OtherSnapshot, decode
from exsim.services.sources import Source, is_url
from exsim.services.store import Limits

log = Logger(namespace="exsim")

_ALL: Final = Limits(keep_size=10**18, keep_age=10**18)
"""Nothing of what is copied is removed at once."""
_LEASE_SECONDS: Final = 60.0
"""How long a venue that is copied to stays ours, should the copy be killed."""


class Copied(NamedTuple):
    """What was copied: the entries of an epoch, how many snapshots, and the digest of both."""

    epoch: int
    first: int
    last: int
    snapshots: int
    digest: str


def copy(source: Source, target: Keeping) -> Copied:
    """
    Copy all that there is now; ``target`` is open.

    :raises exsim.errors.ConfigError: when there is a journal already, or it cannot be read.
    :raises OSError: when it cannot be written.
    """
    store = target.store
    try:
        reader = source.reader()
        if (store.epoch, store.last) != (1, 0):
            text = f"there is a journal already, of {store.last:,} entries: name another place"
            raise ConfigError([Problem(text)])
        if (reader.epoch, reader.first) != (1, 1):
            store.start_epoch(reader.epoch, reader.first)
        digest = Digest()
        for columns in _up_to(reader, reader.last):
            store.write(list(columns.entries(columns.first - 1)))
            digest.take(columns, 0, len(columns.times))
        count = _copy_snapshots(source, target, reader)
        _insist(digest, target, reader)
    except JournalError as error:
        raise ConfigError([Problem(f"the journal is damaged: {error}")]) from None
    return Copied(reader.epoch, reader.first, reader.last, count, digest.text())


def _up_to(reader: JournalReader, last: int) -> Iterator[Columns]:
    """All batches up to an entry: who writes the journal may go on meanwhile."""
    for columns in reader.columns(reader.first - 1):
        if columns.first > last:
            return
        yield columns


def _copy_snapshots(source: Source, target: Keeping, reader: JournalReader) -> int:
    """Copy those of the journal's epoch that are sound, the oldest first; how many."""
    snapshots, count = target.snapshots(), 0
    snapshots.open()
    for epoch, seq, path in reversed(source.snapshots().all()):
        if epoch != reader.epoch or seq > reader.last:
            continue
        try:
            snapshot = decode(source.snapshots().read(path))
        except (DamagedSnapshot, OtherSnapshot) as error:
            log.warn("{path} is not copied: {error}", path=path, error=error)
            continue
        snapshots.write(snapshot)
        count += 1
    return count


def _insist(digest: Digest, target: Keeping, reader: JournalReader) -> None:
    """Insist that what was written is what was read."""
    again = Digest()
    for columns in target.store.columns(target.store.first - 1):
        again.take(columns, 0, len(columns.times))
    ends = (target.store.epoch, target.store.first, target.store.last)
    if again.text() != digest.text() or ends != (reader.epoch, reader.first, reader.last):
        raise ConfigError([Problem("what was written is not what was read: do not use the copy")])


@contextmanager
def opened(place: str, venue: str, password_file: str = "") -> Iterator[Keeping]:
    """
    A place to copy to: a data directory, or a venue in the database whose URL it is. It is ours
    meanwhile.

    :raises exsim.errors.ConfigError: when somebody else has it, or it cannot be used.
    :raises OSError: when it cannot be reached.
    """
    if not is_url(place):
        settings = Settings(data_dir=place, durability="fsync")
        keeping = FilesKeeping(settings, time.time_ns, RealFiles())
        keeping.open(place)
        try:
            yield keeping
        finally:
            keeping.store.close()
        return
    if not venue:
        raise ConfigError([Problem(f"{place} takes a name for the venue: --venue NAME")])
    with _leased(place, venue, password_file) as leased:
        yield leased


@contextmanager
def _leased(place: str, venue: str, password_file: str) -> Iterator[Keeping]:
    from exsim.services.postgres.address import address
    from exsim.services.postgres.keeping import PostgresKeeping, Wish

    wish = Wish(f"copy-journal on {socket.gethostname()}", _LEASE_SECONDS)
    keeping = PostgresKeeping(address(place, password_file), venue, _ALL, wish)
    try:
        keeping.open("")
        yield keeping
        keeping.store.close()
    finally:
        keeping.close()
