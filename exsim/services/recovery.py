"""
Starting where the last run ended, and seeing to it that the next one can.

At the start: the newest snapshot, then the entries of the journal after it once more, then the
connections that were open are lost. While it runs: a snapshot now and then, written by a forked
process from memory as it is at that moment, so that nobody waits. At the end: one more.
"""

from __future__ import annotations

import gc
import os
import time
import warnings
from collections.abc import Callable
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.journal.format import JournalError
from exsim.journal.tape import Difference
from exsim.services.commits import UnderWay
from exsim.services.journal import DiskJournal, JournalService
from exsim.services.large_pages import large
from exsim.services.replay import Replay
from exsim.services.simulator import Simulator
from exsim.services.snapshots import KeptSnapshots, Snapshot, decode
from exsim.services.state import capture, restore

log = Logger(namespace="exsim")

PERIOD: Final = 1.0
"""Seconds between two looks at whether one is due, or finished."""


class Recovery(Service):
    """
    A child of the simulator's service that starts after the journal and before what listens.

    ``simulator`` is what it keeps; ``restored`` is called when the exchange's venues and endpoints
    are others than at its making.
    ``pause`` is how long the last snapshot kept everybody waiting, in nanoseconds.
    """

    name = "recovery"

    def __init__(
        self,
        simulator: Simulator,
        journal: JournalService,
        restored: Callable[[], None],
    ) -> None:
        self.pause = 0
        self.snapshots: KeptSnapshots | None = None
        self.simulator = simulator
        self._journal = journal
        self._restored = restored
        self._timer: IDelayedCall | None = None
        self._every = simulator.settings.snapshot_every
        self._writer = 0  # the process that writes a snapshot now
        self._written = (0, 0)  # epoch and last entry of the newest snapshot begun

    # -- the start

    def privilegedStartService(self) -> None:
        """
        Be as the last run was at its end.

        :raises exsim.errors.ConfigError: when that cannot be.
        """
        super().privilegedStartService()
        keeping = self._journal.keeping
        if keeping is None:
            return
        self.snapshots = keeping.snapshots()
        large()  # a snapshot's fork is over sooner, too
        try:
            self.snapshots.open()
            gc.disable()  # it would look through all that is made, again and again
            self._recover(self.snapshots, self._disk)
        except JournalError as error:
            text = f"the journal is damaged: {error}; `exsim repair` tells what can be done"
            raise ConfigError([Problem(text)]) from None
        except OSError as error:
            raise ConfigError([Problem(f"{keeping.where}: {error}")]) from None
        finally:
            gc.enable()
        self._disk.before_epoch = self._write_now

    @property
    def _disk(self) -> DiskJournal:
        journal = self._journal.journal
        assert isinstance(journal, DiskJournal)
        return journal

    def _recover(self, snapshots: KeptSnapshots, journal: DiskJournal) -> None:
        begun = time.perf_counter()
        epoch, last = journal.epoch, journal.last
        snapshot = snapshots.newest(epoch, last)
        seq = 0 if snapshot is None else snapshot.seq
        if seq + 1 < journal.first or (snapshot is None and epoch > 1):
            raise _no_beginning(snapshots.folder, journal.first)
        if snapshot is not None:
            restore(self.simulator, snapshot.state)
        if last > seq:
            self._run_again(journal, seq)
        if snapshot is not None or last > seq:
            self._lose_connections()
            journal.commit()
            self._restored()
            took = time.perf_counter() - begun
            text = (
                "went on after entry {last}: a snapshot of {seq}, {n} entries again, {took:.2f} s"
            )
            log.info(text, last=last, seq=seq, n=last - seq, took=took)
        self._written = (epoch, seq)

    def _run_again(self, journal: DiskJournal, seq: int) -> None:
        replay = run_again(self.simulator, journal, seq)
        if replay.tape.difference is not None:
            raise _different(replay.tape.difference)
        for entry in replay.tape.beyond:  # a write was cut short within a turn
            journal.append(entry.time, entry.kind, entry.origin, entry.session, entry.data)

    def _lose_connections(self) -> None:
        """The sockets of the last run are gone."""
        exchange, now = self.simulator.exchange, self.simulator.now()
        for endpoint, connection in list(exchange.connections.values()):
            exchange.lost(endpoint, connection, now)

    # -- snapshots

    def startService(self) -> None:
        """Write one now and then."""
        super().startService()
        if self.snapshots is not None:
            self._timer = self.simulator.reactor.callLater(PERIOD, self._look)

    def _look(self) -> None:
        self._timer = self.simulator.reactor.callLater(PERIOD, self._look)
        if self._writer:
            self._reap(os.WNOHANG)
            return
        epoch, seq = self._written
        journal = self._disk
        if journal.last - (seq if journal.epoch == epoch else 0) >= self._every:
            self.begin()

    def begin(self) -> None:
        """Begin to write a snapshot, in a process of its own; does nothing while one is written."""
        turns = self.simulator.turns
        if self._writer or self.snapshots is None or turns.trouble:
            return
        if turns.held:  # what is known here is not kept yet
            turns.next_turn().addCallback(self._begin_later)
        else:
            self._begin_settled()

    def _begin_later(self, _: None) -> None:
        if self.running:
            self._begin_settled()

    def _begin_settled(self) -> None:
        if self._writer:
            return
        journal, turns = self._disk, self.simulator.turns
        try:
            journal.commit()
        except UnderWay:
            turns.next_turn().addCallback(self._begin_later)
            return
        except OSError:
            return  # the end of the turn will see to that
        self._written = (journal.epoch, journal.last)
        begun = time.perf_counter_ns()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
            writer = os.fork()
        if not writer:
            self._write_and_exit()
        self._writer = writer
        self.pause = time.perf_counter_ns() - begun

    def _write_and_exit(self) -> None:
        """In the forked process, which has nothing else to do and leaves nothing behind."""
        status = 1
        try:
            gc.disable()  # it would touch, and so copy, all memory
            self._write()
            status = 0
        finally:
            os._exit(status)

    def _write(self) -> None:
        assert self.snapshots is not None
        epoch, seq = self._disk.epoch, self._disk.last
        now = self.simulator.now()
        self.snapshots.write(Snapshot(epoch, seq, now, capture(self.simulator)))

    def _write_now(self) -> None:
        """Write one and wait for it: what comes next can only be understood with it."""
        self._reap(0)
        self._write()
        self._written = (self._disk.epoch, self._disk.last)

    def written(self, seq: int) -> Snapshot | None:
        """The newest snapshot of this epoch that is there, up to an entry."""
        self._reap(0)
        epoch, snapshots = self.simulator.exchange.journal.epoch, self.snapshots
        if snapshots is None:
            return None
        for found_epoch, found_seq, path in snapshots.all():
            if found_epoch == epoch and found_seq <= seq:
                return decode(snapshots.read(path))
        return None

    def finish(self) -> None:
        """Wait until the snapshot is there that is being written."""
        self._reap(0)

    def _reap(self, options: int) -> None:
        """See whether the process that writes has ended, or wait for it."""
        if not self._writer:
            return
        ended, status = os.waitpid(self._writer, options)
        if not ended:
            return
        self._writer = 0
        if status:
            log.error("a snapshot could not be written; the next one is tried later")
            return
        self._clear_out()

    def _clear_out(self) -> None:
        store = self._journal.store
        if self.snapshots is None or store is None or self._written[0] != store.epoch:
            return
        try:
            store.retain(self.snapshots.clear_out(store.epoch))
        except OSError as error:
            log.warn("old snapshots cannot be removed: {error}", error=error)

    # -- the end

    def stopService(self) -> None:
        """Write the last snapshot, after which a start has nothing to run again."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if self.snapshots is None:
            return
        self._disk.before_epoch = _nothing
        try:
            self._reap(0)
            self._disk.commit()
            if self._written != (self._disk.epoch, self._disk.last) and self._journal.lasts:
                self._write_now()
                self._clear_out()
        except OSError as error:
            log.error("the last snapshot could not be written: {error}", error=error)


def run_again(simulator: Simulator, journal: DiskJournal, seq: int) -> Replay:
    """Run the entries of a journal after ``seq`` again; the exchange writes to it afterwards."""
    columns = journal.store.columns(seq, sound=True)  # as its opening has found
    replay = Replay(simulator, columns, journal.epoch, seq, state_only=True)
    replay.run()
    simulator.exchange.write_to(journal)
    return replay


def _nothing() -> None:
    """Before a new epoch, where there are no snapshots."""


def _no_beginning(folder: str, first: int) -> ConfigError:
    text = (
        f"the journal begins with entry {first:,}, and no snapshot in {folder} tells what was"
        " before; `exsim repair` tells what can be done"
    )
    return ConfigError([Problem(text)])


def _different(difference: Difference) -> ConfigError:
    text = (
        "what was done since the last snapshot comes out differently now, so that orders and"
        f" numbers would not be what counterparties were told: {difference.text()}. Start it once"
        " with the configuration and version of the last run and stop it in good order: its last"
        " snapshot then carries all over. `exsim replay` tells more"
    )
    return ConfigError([Problem(text)])
