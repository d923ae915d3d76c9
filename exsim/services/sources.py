"""Journals to be read, whoever writes them: that of a data directory, or one in a database."""

from __future__ import annotations

import os
from typing import Protocol

from exsim.errors import ConfigError, Problem
from exsim.journal.segment import Segment
from exsim.services.files import Files, RealFiles
from exsim.services.keeping import JournalReader
from exsim.services.segments import Reader, load
from exsim.services.snapshots import KeptSnapshots, Snapshots


class Source(Protocol):
    """A journal with its snapshots, of which nothing is changed."""

    def reader(self) -> JournalReader:
        """
        The entries that there are now.

        :raises exsim.errors.ConfigError: when there is no journal.
        :raises exsim.journal.format.JournalError: when something of it is missing or damaged.
        :raises OSError: when it cannot be read.
        """

    def snapshots(self) -> KeptSnapshots:
        """The snapshots beside it."""

    def close(self) -> None:
        """Let go of it."""


class FilesReader(Reader):
    """The segments that are in a folder."""

    def __init__(self, files: Files, segments: list[Segment]) -> None:
        super().__init__(files, segments)
        self.epoch, self.first, self.last = segments[0].epoch, segments[0].first, segments[-1].last


class FilesSource:
    """What is in a data directory, by its name or that of the folder ``journal`` in it."""

    def __init__(self, folder: str, files: Files | None = None) -> None:
        if os.path.basename(folder.rstrip("/")) == "journal":
            folder = os.path.dirname(folder.rstrip("/")) or "."
        self._folder = folder
        self._files = files or RealFiles()

    def reader(self) -> JournalReader:
        """See :class:`Source`."""
        segments = load(self._files, f"{self._folder}/journal").segments
        if not segments:
            raise ConfigError([Problem(f"there is no journal in {self._folder}")])
        return FilesReader(self._files, segments)

    def snapshots(self) -> KeptSnapshots:
        """See :class:`Source`."""
        return Snapshots(f"{self._folder}/snapshots", self._files)

    def close(self) -> None:
        """See :class:`Source`: files are open only while they are read."""


def is_url(place: str) -> bool:
    """Whether a place is a database, rather than a folder."""
    return "://" in place


def source_of(place: str, venue: str, password_file: str = "") -> Source:
    """
    The journal in a data directory, or of a venue in the database whose URL it is.

    :raises exsim.errors.ConfigError: when the URL is none.
    """
    if not is_url(place):
        return FilesSource(place)
    from exsim.services.postgres.address import address
    from exsim.services.postgres.keeping import PostgresSource

    return PostgresSource(address(place, password_file), venue)
