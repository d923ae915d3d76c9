"""
Rows of the journal on a disk that is a simulation: loss of power, damage, and errors.

What is asked of it each time is the same: what is found again is a beginning of what was written,
and holds all that was acknowledged.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from exsim.errors import ExsimError
from exsim.journal.format import JournalError
from exsim.model.journal import Entry
from exsim.services.store import Limits, Store
from tests.disk import Disk
from tests.soak.rows import Found

FOLDER = "data/journal"
ROUNDS = 4
"""Crashes in one case, each after the recovery from the one before."""
SEGMENT = 6_000


class PowerLost(BaseException):
    """The machine stops within an operation of its disk."""


class Day:
    """What was written to a journal, and what of it was acknowledged."""

    def __init__(self, random: Random, disk: Disk, sync: bool = True) -> None:
        self.disk = disk
        self.sync = sync
        self.written: dict[int, list[bytes]] = {1: []}  # by epoch
        self.acknowledged = (1, 0)
        self._random = random
        self._time = 0

    def now(self) -> int:
        """Each look is a second later."""
        self._time += 10**9
        return self._time

    def store(self) -> Store:
        """A store on this disk."""
        limits = Limits(SEGMENT, self._random.choice((0, 20_000, 10**9)), 10**12)
        return Store(FOLDER, self.disk, self.sync, limits, self.now)

    def trade(self, store: Store, turns: int) -> None:
        """Write some batches; now and then a snapshot is made, or all begins anew."""
        for _turn in range(turns):
            what = self._random.random()
            if what < 0.03:
                self.written[store.epoch + 1] = []
                store.start_epoch(store.epoch + 1)
                self.acknowledged = store.epoch, 0
            elif what < 0.1:
                store.retain(self._random.randint(0, store.last))
            else:
                store.write(self.batch(store))
                self.acknowledged = store.epoch, store.last

    def batch(self, store: Store) -> list[Entry]:
        """New entries."""
        entries = []
        for number in range(self._random.randint(1, 4)):
            data = self._random.randbytes(self._random.choice((0, 10, 300, 2_000)))
            self.written[store.epoch].append(data)
            entries.append(Entry(store.last + 1 + number, self.now(), 1, "oe", "S", data))
        return entries

    def check(self, store: Store) -> None:
        """The store has what it should; from now on that is what was written.

        :raises AssertionError: when it has not.
        """
        found = store.epoch, store.last
        assert found >= self.acknowledged, f"{found} is less than {self.acknowledged}"
        written = self.written[store.epoch]
        assert store.last <= len(written), f"{store.last} entries, {len(written)} were written"
        entries = list(store.entries(store.first - 1))
        assert [entry.seq for entry in entries] == list(range(store.first, store.last + 1))
        for entry in entries:
            assert entry.data == written[entry.seq - 1], f"entry {entry.seq} is another"
        back = [entry.seq for entry in store.backward(store.last + 1)]
        assert back == list(range(store.last, store.first - 1, -1)), "backward differs"
        del written[store.last :]
        for epoch in [epoch for epoch in self.written if epoch > store.epoch]:
            del self.written[epoch]
        self.acknowledged = found


# -- loss of power


def crash(case: str) -> None:
    """One case of the row ``disk``."""
    random = Random(f"disk:{case}")
    disk = Disk()
    day = Day(random, disk)
    for _round in range(ROUNDS):
        left = random.randint(1, 60)

        def lose(operation: str, path: str) -> None:
            nonlocal left
            left -= operation != "read"
            if left < 0:
                raise PowerLost

        disk.before = lose
        try:
            store = day.store()
            store.open()
            day.trade(store, random.randint(1, 30))
            store.close()
        except PowerLost:
            pass
        disk.before = lambda operation, path: None
        disk.crash(random)
        store = day.store()
        store.open()
        day.check(store)
        if random.random() < 0.5:
            store.close()
        disk.crash(random)


def run_crashes(seed: int, numbers: Sequence[int]) -> Found:
    """The row ``disk``."""
    failures = list(_failures(crash, seed, numbers))
    return Found(failures, f"{len(numbers) * ROUNDS:,} losses of power")


# -- damage


def damage(case: str) -> str:
    """One case of the row ``journal-flips``; what became of it."""
    random = Random(f"flips:{case}")
    disk = Disk()
    day = Day(random, disk, sync=random.random() < 0.5)
    store = day.store()
    store.open()
    day.trade(store, random.randint(5, 40))
    orderly = random.random() < 0.5
    if orderly:
        store.close()
    disk.kill()
    last = day.acknowledged
    paths = [segment.path for segment in store.segments]
    what = hurt(disk, random, [*paths, f"{FOLDER}/note"])
    store = day.store()
    try:
        store.open()
    except JournalError as error:
        assert error.path in disk.now or error.path.startswith(FOLDER), error
        assert f"{error.path}: at byte {error.offset:,}: " in str(error)
        return "refused"
    found = store.epoch, store.last
    if orderly:
        assert found == last, f"{what}: {last} became {found} though it was closed in order"
    day.acknowledged = min(day.acknowledged, found)
    assert found[0] == last[0], f"{what}: another epoch"
    lost = found < last
    if lost:  # without an orderly stop the end may be taken for torn, but it is told
        cuts = [name for name in disk.now if ".cut-" in name]
        assert cuts or what.startswith(("cut", "gone")), f"{what}: {last} became {found}, untold"
    day.check(store)
    return "cut" if lost else "harmless"


def hurt(disk: Disk, random: Random, paths: list[str]) -> str:
    """Flip a bit in one of the files, or cut or remove it; what was done."""
    path = random.choice(paths)
    data = disk.now[path].data
    how = random.random()
    if how < 0.6 or len(data) < 2:
        bit = random.randrange(8 * len(data))
        data[bit // 8] ^= 1 << bit % 8
        return f"flip of bit {bit} of {path}"
    if how < 0.9:
        size = random.randrange(len(data))
        del data[size:]
        return f"cut of {path} to {size}"
    del disk.now[path]
    return f"gone: {path}"


def run_damage(seed: int, numbers: Sequence[int]) -> Found:
    """The row ``journal-flips``."""
    outcomes: dict[str, int] = {}
    failures = list(_failures(damage, seed, numbers, outcomes))
    return Found(failures, ", ".join(f"{count:,} {what}" for what, count in outcomes.items()))


# -- errors


def fail(case: str) -> None:
    """One case of the row ``disk-full``: an operation fails, once or for a while."""
    random = Random(f"full:{case}")
    disk = Disk()
    day = Day(random, disk)
    code = random.choice((errno.ENOSPC, errno.EIO, errno.EMFILE))
    at, lasting = random.randint(1, 120), random.choice((1, 1, 3, 20))
    kinds = {"create", "open", "read", "lock"} if code == errno.EMFILE else None

    def refuse(operation: str, path: str) -> None:
        nonlocal at
        if kinds is None or operation in kinds:
            at -= 1
            if -lasting <= at < 0:
                raise OSError(code, os.strerror(code), path)

    disk.before = refuse
    store = day.store()
    while True:
        try:
            store.open()
            break
        except OSError:
            assert not disk.open_files(), "a file stays open"
            store = day.store()
    for _turn in range(40):
        if random.random() < 0.05:
            day.written[store.epoch + 1] = []
            epoch = store.epoch + 1
            while store.epoch != epoch:
                _try(store.start_epoch, epoch)
            day.acknowledged = store.epoch, store.last
        store.retain(random.randint(0, store.last))
        entries = day.batch(store)
        while store.last < entries[-1].seq:
            _try(store.write, entries)
        day.acknowledged = store.epoch, store.last
    disk.before = lambda operation, path: None
    if random.random() < 0.5:
        store.close()
        assert not disk.open_files(), "a file stays open"
    disk.crash(random)
    store = day.store()
    store.open()
    day.check(store)


def _try(work: Callable[[Any], None], argument: Any) -> None:
    with contextlib.suppress(OSError):
        work(argument)


def run_errors(seed: int, numbers: Sequence[int]) -> Found:
    """The row ``disk-full``."""
    return Found(list(_failures(fail, seed, numbers)), "all went on")


def _failures(
    check: Callable[[str], str | None],
    seed: int,
    numbers: Sequence[int],
    outcomes: dict[str, int] | None = None,
) -> Iterator[str]:
    for number in numbers:
        try:
            outcome = check(f"{seed}:{number}")
        except (AssertionError, ExsimError, OSError, LookupError, ValueError) as error:
            yield f"seed {seed}, case {number}: {type(error).__name__}: {error}"
        else:
            if outcomes is not None and outcome is not None:
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
