"""Files that pricing sources and bots play: opened here, read as they are played."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from exsim.config.dictionaries import standard
from exsim.model.reel import BadRecording, Recording
from exsim.model.rows import Row
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.recorded.files import play_rows

_DIALECT: Final = Dialect(standard)
_SAMPLE: Final = 1 << 20
"""Bytes at the beginning, and at the end, that a file is told by from another."""


class RowFile:
    """
    The :class:`exsim.model.reel.Recording` of a file, by options that say what is in it.

    It is open while its rows are read, and no longer in memory than a batch of them.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.name: str = options["file"]
        self._options = options

    def mark(self) -> str:
        """Its size, and a digest of its first and last MiB."""
        try:
            with open(self.name, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(0)
                digest = blake2b(file.read(_SAMPLE), digest_size=8)
                file.seek(max(0, size - _SAMPLE))
                digest.update(file.read(_SAMPLE))
        except OSError as error:
            raise BadRecording(f"{self.name} cannot be read: {error.strerror}") from None
        return f"{size} bytes, {digest.hexdigest()}"

    def rows(self) -> Iterator[Row]:
        """Its rows, in order of their times."""
        try:
            with open(self.name, "rb") as file:
                yield from play_rows(file, self._options, _names_in)
        except BadRecording as error:
            raise BadRecording(f"{self.name}: {error}") from None
        except OSError as error:
            raise BadRecording(f"{self.name} cannot be read: {error.strerror}") from None


def _names_in(raw: bytes) -> Names:
    return _DIALECT.names_in(raw, b"")


def marked(player: str, recording: Recording) -> bytes:
    """What a journal says of the file that somebody plays."""
    try:
        mark = recording.mark()
    except BadRecording as error:
        mark = str(error)
    told = {"player": player, "file": os.path.basename(recording.name), "mark": mark}
    return json.dumps(told, separators=(",", ":")).encode()
