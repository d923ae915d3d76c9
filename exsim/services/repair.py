"""
``exsim repair``: cut a journal where it is damaged, so that a start can go on from there.

What is cut is not thrown away: the damaged file and all after it, the snapshots of what was cut and
the note are put in a folder of their own. Whatever was acknowledged after the cut is lost to the
simulator, which is why nothing but this command does so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from exsim.errors import ConfigError, Problem
from exsim.journal.format import HEADER_SIZE, JournalError
from exsim.services.files import Files
from exsim.services.index import NAME as INDEX
from exsim.services.index import remove
from exsim.services.notes import NAME as NOTE
from exsim.services.notes import Note, check_note, write_note
from exsim.services.segments import NAME as SEGMENT
from exsim.services.segments import Loaded, load

SNAPSHOT = re.compile(r"(\d{10})-(\d{20})\.snapshot")
MOST = 100
"""Cuts in one run; each leaves less, so that more are never needed in practice."""


def repair(data_dir: str, files: Files, now: int) -> list[str]:
    """
    Put right what a start refuses, and tell what was done, in sentences; nothing where all is well.

    ``now``, nanoseconds since 1970 UTC, names the folder for what is cut.

    :raises exsim.errors.ConfigError: when an exsim is running there.
    :raises OSError: when a file cannot be read or written.
    """
    folder = f"{data_dir}/journal"
    lock = files.lock(f"{folder}/lock")
    if lock is None:
        raise ConfigError([Problem("an exsim is running with this data_dir", data_dir)])
    try:
        return _Repair(data_dir, files, f"{data_dir}/repair-{now}").run()
    finally:
        files.close(lock)


class _Repair:
    """One run: cuts until nothing is wrong any more."""

    def __init__(self, data_dir: str, files: Files, aside: str) -> None:
        self._data_dir = data_dir
        self._folder = f"{data_dir}/journal"
        self._snapshots = f"{data_dir}/snapshots"
        self._files = files
        self._aside = aside
        self._told: list[str] = []

    def run(self) -> list[str]:
        """Cut, and tell."""
        for _cut in range(MOST):
            try:
                loaded = load(self._files, self._folder)
            except JournalError as error:
                self._cut(error)
                continue
            try:
                check_note(self._files, self._folder, loaded)
            except JournalError as error:
                if not self._told:  # else it tells of what was cut just now
                    self._told.append(f"found: {error}")
                self._note_again(loaded)
            self._set_snapshots_aside(loaded)
            if self._told:
                remove(f"{self._data_dir}/{INDEX}")
                self._told.append(f"what was cut is in {self._aside}")
            return self._told
        raise ConfigError([Problem("too much is damaged: start with an empty one", self._folder)])

    def _cut(self, error: JournalError) -> None:
        """Cut the journal where something is wrong: the rest of that file, and all after it."""
        self._told.append(f"found: {error}")
        files, damaged = self._files, error.path
        names = sorted(name for name in files.names(self._folder) if SEGMENT.fullmatch(name))
        later = [name for name in names if f"{self._folder}/{name}" > damaged]
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

    def _set_snapshots_aside(self, loaded: Loaded) -> None:
        """Snapshots of what is no longer there would be taken for others, once it has gone on."""
        newest = loaded.segments[-1] if loaded.segments else None
        there = (newest.epoch, newest.last) if newest else (1, 0)
        self._files.make_folder(self._snapshots)
        for name in sorted(self._files.names(self._snapshots)):
            match = SNAPSHOT.fullmatch(name)
            if match is not None and (int(match[1]), int(match[2])) > there:
                self._move(f"{self._snapshots}/{name}")

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
