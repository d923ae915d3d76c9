"""The hot parts of this package in C."""

from exsim.filters.looks import Plan
from exsim.model.journal import Entry

def is_plain(whole: bytes, end: int) -> bool:
    """Whether no field before ``end`` may announce data."""

def sift(plans: dict[str, Plan], entries: list[Entry], begin: int) -> int:
    """
    The index of the first entry from ``begin`` on that may fit, by the plan for its origin; how
    many there are where none may.
    """
