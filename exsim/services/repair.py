"""
``exsim repair``: put a damaged journal right, so that a start can go on.

What a snapshot holds is not lost with the entries before it. So where one comes after the damage,
what is before it goes, and nothing that was acknowledged is lost. Otherwise the journal is cut
where it is damaged, and whatever was acknowledged after that is lost to the simulator, which is why
nothing but this command does so.

Nothing is thrown away: what goes is put in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exsim.errors import ConfigError, Problem
from exsim.journal.format import HEADER_SIZE, Header, JournalError, encode_header
from exsim.services.files import Files
from exsim.services.index import NAME as INDEX
from exsim.services.index import remove
from exsim.services.notes import NAME as NOTE
from exsim.services.notes import Note, check_note, write_note
from exsim.services.segments import NAME as SEGMENT
from exsim.services.segments import Loaded, load, segment_name
from exsim.services.snapshots import DamagedSnapshot, OtherSnapshot, Snapshots, decode

MOST = 100
"""Cuts in one run; each leaves less, so that more are never needed in practice."""


def repair(data_dir: str, files: Files, now: int) -> list[str]:
    """
    Put right what a start refuses, and tell what was done, in sentences; nothing where all is well.

    ``now``, nanoseconds since 1970 UTC, names the folder for what goes.

    :raises exsim.errors.ConfigError: when an exsim is running there.
    :raises OSError: when a file cannot be read or written.
    """
    folder = f"{data_dir}/journal"
    lock = files.lock(f"{folder}/lock")
    if lock is None:
        raise ConfigError([Problem("an exsim is running with this data_dir", data_dir)])
    try:
        return _Repair(data_dir, files, now).run()
    finally:
        files.close(lock)


class _Repair:
    """One run: goes on until nothing is wrong any more."""

    def __init__(self, data_dir: str, files: Files, now: int) -> None:
        self._data_dir = data_dir
        self._folder = f"{data_dir}/journal"
        self._snapshots = Snapshots(f"{data_dir}/snapshots", files)
        self._files = files
        self._aside = f"{data_dir}/repair-{now}"
        self._now = now
        self._told: list[str] = []

    def run(self) -> list[str]:
        """Put right, and tell."""
        self._files.make_folder(self._snapshots.folder)
        for _cut in range(MOST):
            try:
                loaded = load(self._files, self._folder)
            except JournalError as error:
                self._told.append(f"found: {error}")
                if not self._drop_beginning(error):
                    self._cut(error)
                continue
            try:
                check_note(self._files, self._folder, loaded)
            except JournalError as error:
                if not self._told:  # else it tells of what was cut just now
                    self._told.append(f"found: {error}")
                self._note_again(loaded)
            self._look_beyond(loaded)
            if self._told:
                remove(f"{self._data_dir}/{INDEX}")
                self._told.append(f"what was there is in {self._aside}")
            return self._told
        raise ConfigError([Problem("too much is damaged: start with an empty one", self._folder)])

    def _names(self) -> list[str]:
        """The segments' files, in order."""
        return sorted(name for name in self._files.names(self._folder) if SEGMENT.fullmatch(name))

    def _drop_beginning(self, error: JournalError) -> bool:
        """Whether a snapshot and the files after the damage are enough; then the others go."""
        names, damaged = self._names(), error.path.rpartition("/")[2]
        later = [name for name in names if name > damaged]
        if error.offset < HEADER_SIZE and damaged != names[0]:
            later.insert(0, damaged)  # perhaps it is sound, and the one before it is gone
        epoch = names[-1].partition("-")[0]
        held = next((seq for its, seq in self._sound() if its == int(epoch)), -1)
        most = segment_name(int(epoch), held + 1)
        first = next((name for name in later if name.startswith(epoch) and name <= most), "")
        if not first:
            return False
        for name in names[: names.index(first)]:
            self._move(f"{self._folder}/{name}")
        self._told.append(f"they are not needed: a snapshot has the state after entry {held:,}")
        self._files.sync_folder(self._folder)
        return True

    def _sound(self) -> Iterator[tuple[int, int]]:
        """Epoch and entry of the snapshots that can be used, newest first."""
        for epoch, seq, path in self._snapshots.all():
            if self._is_sound(path):
                yield epoch, seq

    def _is_sound(self, path: str) -> bool:
        try:
            decode(self._files.read(path))
        except DamagedSnapshot:
            return False
        except OtherSnapshot as error:
            raise ConfigError([Problem(f"{path} cannot be used: {error}")]) from None
        return True

    def _cut(self, error: JournalError) -> None:
        """Cut the journal where something is wrong: the rest of that file, and all after it."""
        files, damaged = self._files, error.path
        later = [name for name in self._names() if f"{self._folder}/{name}" > damaged]
        if error.offset < HEADER_SIZE:
            later.insert(0, damaged.rpartition("/")[2])
        else:
            self._copy(damaged)
            file = files.open(damaged)
            try:
                files.truncate(file, error.offset)
                files.sync(file)
            finally:
                files.close(file)
            self._told.append(f"cut {damaged} at byte {error.offset:,}")
        for name in reversed(later):
            self._move(f"{self._folder}/{name}")
        if later:
            files.sync_folder(self._folder)

    def _note_again(self, loaded: Loaded) -> None:
        """Let the note tell what there is now."""
        if NOTE in self._files.names(self._folder):
            self._copy(f"{self._folder}/{NOTE}")
        newest = loaded.segments[-1] if loaded.segments else None
        note = Note(newest.epoch, newest.first, newest.last) if newest else Note(0, 0, 0)
        write_note(self._files, self._folder, note, True)

    def _look_beyond(self, loaded: Loaded) -> None:
        """
        Go on from a snapshot that is of more than there is. Others that are would be taken for
        ones of what comes then: they are moved.
        """
        newest = loaded.segments[-1] if loaded.segments else None
        there = (newest.epoch, newest.last) if newest else (1, 0)
        for epoch, seq, path in self._snapshots.all():
            if (epoch, seq) <= there:
                return
            unborn = epoch > there[0] and newest is not None  # of a reset that was cut short
            if not unborn and self._is_sound(path):
                self._go_on_from(epoch, seq, path)
                return
            self._move(path)

    def _go_on_from(self, epoch: int, seq: int, path: str) -> None:
        """Begin the journal anew after a snapshot; what there is of it goes."""
        files, first = self._files, seq + 1
        for name in reversed(self._names()):
            self._move(f"{self._folder}/{name}")
        file = files.create(f"{self._folder}/{segment_name(epoch, first)}")
        try:
            files.write(file, encode_header(Header(epoch, first, self._now)), 0)
            files.sync(file)
        finally:
            files.close(file)
        files.sync_folder(self._folder)
        write_note(files, self._folder, Note(epoch, first, seq), True)
        self._told.append(f"it goes on from {path}, the state after entry {seq:,}")

    def _copy(self, path: str) -> None:
        data = self._files.read(path)
        self._files.make_folder(self._aside)
        copy = f"{self._aside}/{path.rpartition('/')[2]}"
        if copy.rpartition("/")[2] in self._files.names(self._aside):
            return  # of the first cut in this file: it has all
        file = self._files.create(copy)
        try:
            self._files.write(file, data, 0)
            self._files.sync(file)
        finally:
            self._files.close(file)

    def _move(self, path: str) -> None:
        self._files.make_folder(self._aside)
        self._files.rename(path, f"{self._aside}/{path.rpartition('/')[2]}")
        self._told.append(f"moved {path} away")


def report(data_dir: str, now: Callable[[], int], files: Files) -> tuple[int, str]:
    """What ``exsim repair`` prints, and its exit status."""
    try:
        told = repair(data_dir, files, now())
    except (ConfigError, OSError) as error:
        return 1, f"exsim: {error}"
    if not told:
        return 0, f"{data_dir}: nothing to repair"
    return 0, "\n".join(told)
