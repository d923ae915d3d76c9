"""
A note beside a journal's segments: what was there at least, so that it is missed when it is not.

It is written when a segment is begun and at an orderly stop, so that then even a cut at the end of
the last batch, or the loss of the last segment, does not go unseen.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from twisted.logger import Logger

from exsim.journal.format import JournalError
from exsim.services.files import Files
from exsim.services.segments import Loaded

log = Logger(namespace="exsim")

NAME = "note"


class Note(NamedTuple):
    """There is a segment of ``epoch`` that begins with entry ``first``, and entry ``last``."""

    epoch: int
    first: int
    last: int


def write_note(files: Files, folder: str, note: Note, sync: bool) -> None:
    """Write the note, or the next one, with ``sync`` to last when the power is lost."""
    new = f"{folder}/{NAME}.new"
    if f"{NAME}.new" in files.names(folder):
        files.remove(new)
    text = b"%d %d %d" % note
    file = files.create(new)
    try:
        files.write(file, b"%s %08x\n" % (text, zlib.crc32(text)), 0)
        if sync:
            files.sync(file)
    finally:
        files.close(file)
    files.rename(new, f"{folder}/{NAME}")
    if sync:
        files.sync_folder(folder)


def read_note(files: Files, folder: str) -> Note:
    """
    The note; zeros where there is none.

    :raises JournalError: when it is damaged.
    """
    path = f"{folder}/{NAME}"
    data = files.read(path) if NAME in files.names(folder) else b""
    if not data:  # what a loss of power may leave where nothing is synced
        return Note(0, 0, 0)
    text, _, crc = data.removesuffix(b"\n").rpartition(b" ")
    if crc != b"%08x" % zlib.crc32(text):
        raise JournalError("the note of what was there is damaged", path)
    epoch, first, last = text.split(b" ")
    return Note(int(epoch), int(first), int(last))


def check_note(files: Files, folder: str, loaded: Loaded) -> None:
    """
    Look for what the note tells of.

    :raises JournalError: when it is not there.
    """
    note = read_note(files, folder)
    newest = loaded.segments[-1] if loaded.segments else None
    epoch, first, last = (newest.epoch, newest.first, newest.last) if newest else (0, 0, 0)
    if epoch > note.epoch or (epoch == note.epoch and first >= note.first and last >= note.last):
        return
    if loaded.torn and epoch == note.epoch and first >= note.first:
        torn = loaded.torn[-1]
        raise JournalError(f"{torn.text}, but had been written", torn.path, torn.offset)
    raise JournalError(
        f"epoch {note.epoch} had a segment from entry {note.first:,} on, and entry {note.last:,};"
        f" now epoch {epoch} ends with {last:,}: a file is gone or was cut",
        newest.path if newest else f"{folder}/{NAME}",
        newest.end if newest else 0,
    )
