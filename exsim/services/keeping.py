"""
Where a journal is kept, with its snapshots and its index: what all ways to keep one have in common,
and files, which is one of them. :mod:`exsim.services.postgres.keeping` is the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from exsim.client.launch import child_environment, python
from exsim.journal.columns import Columns
from exsim.model.journal import Entry
from exsim.model.questions import Question
from exsim.model.settings import Settings
from exsim.services.files import Files, RealFiles
from exsim.services.hosts import node_name
from exsim.services.index import NAME as INDEX
from exsim.services.index import Index, Place, remove
from exsim.services.snapshots import KeptSnapshots, Snapshots
from exsim.services.store import Limits, Store

SECOND = 1_000_000_000


class JournalReader(Protocol):
    """
    Entries of a journal that is kept; ``first`` and ``last`` number the oldest and newest of
    ``epoch``. All methods raise :class:`exsim.journal.format.JournalError` where what they read is
    damaged, and :class:`OSError` where it cannot be read now.
    """

    @property
    def epoch(self) -> int:
        """Counts up at every reset."""

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""

    @property
    def last(self) -> int:
        """Number of the newest entry."""

    def entries(self, after: int, sound: bool = False) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order."""

    def columns(self, after: int, sound: bool = False) -> Iterator[Columns]:
        """
        The same as they are in their batches; the first may have some that come before.

        Where they are known to be ``sound``, they need not be checked again.
        """


class JournalStore(JournalReader, Protocol):
    """A journal that is written, by one at a time; see :class:`exsim.services.store.Store`."""

    @property
    def complaint(self) -> str:
        """What is wrong with it although it works; empty when nothing is."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""

    def write(self, entries: list[Entry]) -> None:
        """
        Write entries, in order; those that were written before are passed over.

        :raises OSError: when it cannot be done now.
        """

    def open(self) -> None:
        """Check what is there, and go on after its last entry."""

    def start_epoch(self, epoch: int, first: int = 1) -> None:
        """Begin a new epoch with an entry; those of the old one are forgotten."""

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""

    def batch(self, segment: int, offset: int) -> list[Entry]:
        """The entries of a batch, by its place in the index; none if it is gone."""

    def retain(self, seq: int) -> None:
        """A snapshot holds all up to entry ``seq``: remove what is before, by the limits."""

    def close(self) -> None:
        """Let go of it."""


class JournalIndex(Protocol):
    """What tells which messages a question may be about: see :mod:`exsim.services.index`."""

    def reached(self) -> tuple[int, int]:
        """Epoch and number of the last entry that it knows; zeros where there is no index."""

    def places(self, question: Question, after: int, last: int) -> Iterator[Place]:
        """Where messages are that may be what is asked for, in order."""

    def close(self) -> None:
        """Let go of it."""


class FilledIndex(JournalIndex, Protocol):
    """An index as whoever fills it sees it."""

    def begin(self, epoch: int) -> None:
        """Forget all, for a new epoch."""

    def add(self, entries: Iterable[tuple[Entry, int, int]], last: int) -> None:
        """Entries, each with its segment and its batch's offset; ``last`` is known after them."""

    def forget(self, before: int) -> None:
        """Remove what is about entries whose number is less than ``before``."""


class Command(NamedTuple):
    """A process that is to be started: its words, and its environment."""

    words: list[str]
    environment: Mapping[str, str]


class Keeping(Protocol):
    """
    A place for a journal. ``lasts``: it is there for the next run; ``where``: its setting, to tell
    the operator which is wrong.
    """

    lasts: bool
    where: str

    @property
    def store(self) -> JournalStore:
        """The journal; it is opened by whoever asks for it."""

    def open(self, folder: str) -> None:
        """Open the journal; ``folder`` is the data directory.

        :raises exsim.journal.format.JournalError: when entries are missing or damaged.
        :raises exsim.errors.ConfigError: when it cannot be used.
        :raises OSError: when it cannot be read or written.
        """

    def close(self) -> None:
        """Let go of what it has besides the journal, which is closed."""

    def snapshots(self) -> KeptSnapshots:
        """The snapshots beside it, once it is open."""

    def index(self) -> JournalIndex:
        """Its index, once it is open; not one of a journal that had more."""

    def indexing(self) -> Command:
        """What fills its index, until standard input ends."""


class FilesKeeping:
    """A journal in the files of a folder."""

    where = "[exsim] data_dir"

    def __init__(self, settings: Settings, now: Callable[[], int], files: Files) -> None:
        sync = settings.durability == "fsync"
        self.lasts = bool(settings.data_dir)
        self.store = Store("", files, sync, limits_of(settings), now)
        self._files = files
        self._folder = ""

    def open(self, folder: str) -> None:
        """See :class:`Keeping`."""
        self._folder = folder
        self.store.folder = f"{folder}/journal"
        self.store.open()

    def close(self) -> None:
        """See :class:`Keeping`: nothing."""

    def snapshots(self) -> KeptSnapshots:
        """See :class:`Keeping`."""
        return Snapshots(f"{self._folder}/snapshots", self._files)

    def index(self) -> JournalIndex:
        """See :class:`Keeping`."""
        path = f"{self._folder}/{INDEX}"
        index = Index(path)
        if index.reached() > (self.store.epoch, self.store.last):
            index.close()
            remove(path)
        return index

    def indexing(self) -> Command:
        """See :class:`Keeping`."""
        words = [*python("exsim.services.indexer"), self._folder]
        return Command(words, child_environment())


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings have for a journal."""
    return Limits(
        settings.journal_segment_size, settings.journal_keep_size, settings.journal_keep_age
    )


def keeping_of(
    settings: Settings,
    now: Callable[[], int],
    files: Files | None = None,
    term: int | None = None,
) -> Keeping | None:
    """
    Where the settings have the journal; None where nothing is kept. In a database it is by the name
    of the venue: the first, and the only one of what an operator has configured. ``term`` is of its
    lease, where that was taken for us; a new one is taken without it.

    :raises exsim.errors.ConfigError: when there is no such database, or none can be used here.
    """
    if settings.durability == "none":
        return None
    if not settings.journal:
        return FilesKeeping(settings, now, files or RealFiles())
    from exsim.services.postgres.address import address_of
    from exsim.services.postgres.keeping import PostgresKeeping, Wish

    wish = Wish(node_name(settings), settings.lease / SECOND, term)
    return PostgresKeeping(address_of(settings), settings.venues[0].name, limits_of(settings), wish)
