"""The hot part of :mod:`exsim.journal.format` in C; not in an install of pure Python."""

from exsim.model.journal import Entry

def batch(entries: list[Entry], start: int) -> tuple[bytes, int] | None:
    """
    A batch of the entries from ``start`` on, and how many it took.

    None where they are more than 512, or of more than 16 sessions, or odd: Python sees to these.
    """

def entries(data: bytes, words: int, count: int) -> tuple[list[int], list[int], list[bytes]] | None:
    """
    Of the entries whose words begin at that offset the times, the kinds, each with the number of
    its names above it, and the data; None where these are not all there.
    """
