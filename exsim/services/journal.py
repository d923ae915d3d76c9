"""The journal that lasts: a ring in memory before a store on a disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

from twisted.application.service import Service
from twisted.logger import Logger
from zope.interface import implementer

from exsim.errors import ConfigError, Problem
from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from exsim.journal.format import JournalError
from exsim.model.journal import Entry
from exsim.model.questions import Question
from exsim.model.settings import Settings
from exsim.services.commits import LOST, LeaseLost
from exsim.services.files import Files, RealFiles
from exsim.services.index import Index, IndexLost
from exsim.services.keeping import JournalIndex, JournalStore, keeping_of

log = Logger(namespace="exsim")


def _nothing() -> None:
    """Before a new epoch, where nobody has anything to do then."""


@implementer(IJournal)
class DiskJournal:
    """
    Keeps the newest ``size`` entries in memory, and all of them in a store.

    An entry is in the store once :meth:`commit` has returned. The store may be opened after the
    journal was made: nothing is appended before.
    """

    def __init__(self, size: int, store: JournalStore) -> None:
        self.store = store
        self.index: JournalIndex = Index("")
        self.before_epoch: Callable[[], None] = _nothing
        """Called before a new epoch is begun in the store; what it raises, commit raises."""
        self.write = store.write
        self._ring = MemoryJournal(size, self)
        # Not methods around them: these are called for every order.
        self.append = self._ring.append
        self.commit = self._ring.commit

    def open(self) -> None:
        """
        Open the store, and go on after its last entry.

        :raises exsim.journal.format.JournalError: when entries are missing or damaged.
        :raises exsim.errors.ConfigError: when somebody else has the folder.
        :raises OSError: when it cannot be read or written.
        """
        self.store.open()
        self.go_on()

    def go_on(self) -> None:
        """Go on after the last entry of the store, which is open."""
        self._ring.start(self.store.epoch, self.store.last)

    def rewind(self, seq: int) -> None:
        """
        Number the next entry ``seq`` + 1, so that a second run appends what the store has already.

        :meth:`commit` writes only what comes after the last entry of the store.
        """
        self._ring.start(self.store.epoch, seq)

    @property
    def epoch(self) -> int:
        """Counts up at every clear."""
        return self._ring.epoch

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""
        ring, store = self._ring, self.store
        return ring.first if store.epoch != ring.epoch else min(store.first, ring.first)

    @property
    def last(self) -> int:
        """Number of the newest entry, 0 when there is none."""
        return self._ring.last

    @property
    def complaint(self) -> str:
        """What is wrong with it although it works; empty when nothing is."""
        return self.store.complaint

    def start_epoch(self, epoch: int) -> None:
        """See :class:`exsim.journal.memory.Disk`."""
        self.before_epoch()
        self.store.start_epoch(epoch)

    def entries(self, after: int) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order.

        Entries appended while this runs are included.
        """
        ring, epoch = self._ring, self.epoch
        while epoch == self.epoch:
            while epoch == self.epoch and after + 1 < ring.first:
                begun = after
                for entry in self.store.entries(after):
                    yield entry
                    after = entry.seq
                    if epoch != self.epoch or after + 1 >= ring.first:
                        break
                if after == begun:  # retention was faster
                    after = ring.first - 1
            for entry in ring.entries(after):
                if entry.seq != after + 1:
                    break  # what comes before it has left the memory meanwhile
                yield entry
                after = entry.seq
            else:
                return

    def newest(self, before: int, most: int) -> list[Entry]:
        """So many at most of the entries in memory before one, newest first."""
        return self._ring.newest(before, most)

    @property
    def recent(self) -> int:
        """Number of the oldest entry in memory; last + 1 when none is."""
        return self._ring.first

    def search(self, question: Question, after: int) -> Iterator[Entry]:
        """The entries after one that may be what is asked for, in order; others may be among them.

        Where there is an index of what is not in memory any more, it leaves out most others.
        """
        epoch = self.epoch
        indexed, last = self.index.reached() if after + 1 < self.recent else (0, 0)
        if indexed == epoch:
            try:
                for entry in self._indexed(question, after, min(last, self.store.last)):
                    yield entry
                    after = entry.seq
                    if epoch != self.epoch:
                        return
                after = max(after, min(last, self.store.last))
            except IndexLost:
                pass  # what is left is looked at in full
        if epoch == self.epoch:
            yield from self.entries(after)

    def _indexed(self, question: Question, after: int, last: int) -> Iterator[Entry]:
        batch: list[Entry] = []
        for place in self.index.places(question, after, last):
            if not batch or not batch[0].seq <= place.seq <= batch[-1].seq:
                batch = self.store.batch(place.segment, place.offset)
            if batch:  # else retention was faster
                yield batch[place.seq - batch[0].seq]

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""
        ring, epoch = self._ring, self.epoch
        before = yield from ring.backward(before)
        if epoch == self.epoch:
            for entry in self.store.backward(min(before, ring.first)):
                yield entry
                if epoch != self.epoch:
                    return

    def clear(self) -> None:
        """Start a new, empty epoch; the store follows at the next commit."""
        self._ring.clear()

    def close(self) -> None:
        """Let go of the store; what was not committed is lost."""
        self.index.close()
        self.store.close()


class JournalService(Service):
    """
    The journal that the settings ask for, for the others to find: it is there before them, and
    goes after them.

    ``keeping`` is where it is kept, None where nothing is. ``folder`` is the data directory, from
    the start on; empty where nothing is kept. A private one goes with the service.
    """

    name = "journal"
    journal: IJournal

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], int],
        files: Files | None = None,
        term: int | None = None,
    ) -> None:
        self.folder = ""
        self.keeping = keeping_of(settings, now, files, term)
        self._files = files or RealFiles()
        self._settings = settings
        self._private: TemporaryDirectory[str] | None = None
        if self.keeping is None:
            self.journal = IJournal(MemoryJournal(settings.journal_size))
            return
        self._disk = self.journal = DiskJournal(settings.journal_size, self.keeping.store)

    @property
    def store(self) -> JournalStore | None:
        """What the journal is written to; None where nothing is kept."""
        return None if self.keeping is None else self.keeping.store

    @property
    def lasts(self) -> bool:
        """Whether there will be another run that goes on from it."""
        return self.keeping is not None and self.keeping.lasts

    def privilegedStartService(self) -> None:
        """
        Open the journal, after which others may go on from what is in it.

        :raises exsim.errors.ConfigError: when it cannot be used.
        """
        super().privilegedStartService()
        keeping = self.keeping
        if keeping is None:
            return
        try:
            self.folder = self._settings.data_dir or self._private_folder()
            self._files.make_folder(self.folder)
            keeping.open(self.folder)
            self._disk.go_on()
            self._disk.index = keeping.index()
        except JournalError as error:
            text = f"the journal is damaged: {error}; `exsim repair` tells what can be done"
            raise ConfigError([Problem(text)]) from None
        except LeaseLost as error:
            log.error("{error}", error=error)
            raise SystemExit(LOST) from None
        except OSError as error:
            raise ConfigError([Problem(f"{keeping.where}: {error}")]) from None

    def stopService(self) -> None:
        """Close the journal; what is still to be written is written, if that goes."""
        super().stopService()
        if self.store is None or not self.folder:
            return
        try:
            self.journal.commit()
        except OSError as error:
            log.error("the end of the journal could not be written: {error}", error=error)
        self.journal.close()
        if self.keeping is not None:
            self.keeping.close()
        if self._private is not None:
            self._private.cleanup()
        self.folder = ""

    def _private_folder(self) -> str:
        """A folder that is removed with this service, also where the start fails later on."""
        self._private = TemporaryDirectory(prefix="exsim-", ignore_cleanup_errors=True)
        return self._private.name
