"""
The end of a journal on a disk, where batches of entries are written. It is the way of every turn,
so it is compiled; folders and what is done where a file is full are with
:class:`exsim.services.store.Store`.
"""

from __future__ import annotations

from collections.abc import Callable

from exsim.journal.format import Encoder
from exsim.journal.segment import Segment
from exsim.model.journal import Entry


class Tail:
    """
    The file that is written to: ``segment`` is what is known of it. Beyond ``rotate_at`` bytes it
    is full.

    ``last`` numbers the newest entry written.

    :param put: writes bytes to a file, at an offset; see :class:`exsim.services.files.Files`.
    :param sync: makes a file last when the power is lost; None where nobody asks for that.
    :param renew: is called where there is no file, or a full one, and begins another; where it
        cannot, what is there is still good.
    """

    __slots__ = ("_encoder", "_put", "_renew", "_sync", "file", "last", "rotate_at", "segment")

    def __init__(
        self,
        put: Callable[[int, bytes, int], None],
        sync: Callable[[int], None] | None,
        renew: Callable[[], None],
    ) -> None:
        self.last = 0
        self.file: int | None = None
        self.segment: Segment | None = None
        self.rotate_at = 0
        self._encoder = Encoder()
        self._put = put
        self._sync = sync
        self._renew = renew

    def use(self, file: int, segment: Segment, size: int) -> None:
        """Go on in this file, up to so many bytes."""
        self.file = file
        self.segment = segment
        self.rotate_at = size

    def write(self, entries: list[Entry]) -> None:
        """
        Write entries, in order; those that were written before are passed over.

        :raises OSError: when it cannot be done now.
        """
        at = self.last + 1 - entries[0].seq if entries else 0
        if at < 0:
            at = 0
        encoder = self._encoder
        while at < len(entries):
            segment = self.segment
            if self.file is None or segment is None or segment.end >= self.rotate_at:
                self._renew()
            file, segment = self.file, self.segment
            assert file is not None and segment is not None
            data = encoder.encode(entries, at)
            self._put(file, data, segment.end)
            if self._sync is not None:
                self._sync(file)
            segment.add(self.last + 1, encoder.taken, len(data))
            self.last += encoder.taken
            at += encoder.taken
