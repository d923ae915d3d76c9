"""The hot part of :mod:`exsim.filters.plain` in C."""

def is_plain(whole: bytes, end: int) -> bool:
    """Whether no field before ``end`` may announce data."""
