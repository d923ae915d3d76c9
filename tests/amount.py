"""
How much a test tries: ``make check`` a part, ``make test`` all.

That goes for tests that try many cases of one kind and take seconds. A part is the first of the
same cases, for which the time of ``make check`` is enough; ``EXSIM_TESTS=all`` asks for all.
"""

from __future__ import annotations

import os
from unittest import skipUnless

ALL = os.environ.get("EXSIM_TESTS") == "all"


whole_only = skipUnless(ALL, "make test runs it")
"""For tests that take seconds, and of which others see a part sooner."""


def amount(part: int, whole: int) -> int:
    """How many cases to try."""
    return whole if ALL else part
