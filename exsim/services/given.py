"""
What a simulator was started with, noted in its data directory, so that ``exsim replay`` finds it.

It names the configuration's file rather than copying it: what that names, relative to itself, has
to be there as well. A value of ``--set`` may be a password, so nobody else may read the note.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final

import msgspec
from twisted.application.service import Service
from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.services.files import Files, RealFiles
from exsim.services.sources import is_url

log = Logger(namespace="exsim")

NAME: Final = "started-with.json"


class Given(msgspec.Struct, frozen=True):
    """
    The path of the configuration, what ``--set`` puts over it, and the one venue that is carried,
    empty for all.
    """

    config: str
    overrides: tuple[str, ...] = ()
    venue: str = ""


class GivenNote(Service):
    """Notes it at the start, in a folder that the journal has made and locked."""

    name = "given"

    def __init__(self, data_dir: str, given: Given, files: Files | None = None) -> None:
        self._data_dir = data_dir
        self.given = given
        self._files = files or RealFiles()

    def privilegedStartService(self) -> None:
        """Write the note. The simulator goes on without if that cannot be."""
        super().privilegedStartService()
        path = f"{self._data_dir}/{NAME}"
        try:
            self._write(path, f"{path}.new")
        except OSError as error:
            log.warn("{path} cannot be written: {error}", path=path, error=error)

    def _write(self, path: str, new: str) -> None:
        files = self._files
        with contextlib.suppress(FileNotFoundError):
            files.remove(new)
        file = files.create(new)
        try:
            files.write(file, msgspec.json.encode(self.given), 0)
        finally:
            files.close(file)
        files.rename(new, path)


def read_given(folder: str) -> Given:
    """
    What the last run on a data directory, or on the one of a journal's folder, was started with.

    :raises exsim.errors.ConfigError: when that is not known.
    """
    if is_url(folder):
        text = "what it was started with is not in the database: name the configuration with -c"
        raise ConfigError([Problem(text)])
    whole = os.path.abspath(folder)
    if os.path.basename(whole) == "journal":
        whole = os.path.dirname(whole)
    path = f"{whole}/{NAME}"
    try:
        return msgspec.json.decode(RealFiles().read(path), type=Given)
    except (OSError, msgspec.DecodeError) as error:
        text = f"what it was started with is not known ({error}): name the configuration with -c"
        raise ConfigError([Problem(text, path)]) from None
