"""What is wrong with a venue's journal in PostgreSQL, and what an operator can do."""

from __future__ import annotations

from collections.abc import Iterator

from exsim.errors import ConfigError
from exsim.journal.format import JournalError
from exsim.services.postgres.reading import DamagedRows
from exsim.services.snapshots import DamagedSnapshot, OtherSnapshot, decode
from exsim.services.sources import Source


def look(source: Source) -> list[str]:
    """
    Read all, and tell what a start would refuse, in sentences; none where all is well. Nothing is
    changed: rows are the database's to keep, and it has backups and standbys for that.

    :raises exsim.errors.ConfigError: when there is no such journal.
    :raises OSError: when it cannot be read.
    """
    try:
        reader = source.reader()
        for _columns in reader.columns(reader.first - 1):
            pass
        source.snapshots().newest(reader.epoch, reader.last)
    except DamagedRows as error:
        return [f"found: {error}", *_advice(source, error)]
    except (ConfigError, JournalError) as error:
        if "the state after entry" not in str(error):
            raise
        return [f"found: {error}", "put the database back from a backup or a standby"]
    return []


def _advice(source: Source, error: DamagedRows) -> Iterator[str]:
    """What can be done where rows are damaged from an entry on."""
    yield "put the database back from a backup or a standby, which have the rows as they were"
    kept = [seq for seq in _sound(source, error.epoch) if seq < error.row]
    if error.row > 1 and not kept and error.epoch > 1:
        yield "without one nothing of it can be used: no snapshot tells what was before the damage"
        return
    yield (
        f"or give up all that was done from entry {error.row:,} on, which counterparties were told"
        " of, while no exsim has the venue:"
    )
    of_it = f"venue = {_quoted(error.venue)} AND epoch = {error.epoch}"
    yield f"  DELETE FROM exsim.batch WHERE {of_it} AND last >= {error.row};"
    yield f"  DELETE FROM exsim.snapshot WHERE {of_it} AND seq >= {error.row};"
    yield f"  UPDATE exsim.venue SET noted = 0 WHERE {of_it};"


def _sound(source: Source, epoch: int) -> Iterator[int]:
    """The entries after which there are sound snapshots."""
    snapshots = source.snapshots()
    for found, seq, path in snapshots.all():
        if found == epoch:
            try:
                decode(snapshots.read(path))
            except (DamagedSnapshot, OtherSnapshot):
                continue
            yield seq


def _quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
