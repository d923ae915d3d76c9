"""The names of the benchmarks."""

from __future__ import annotations

from typing import Final

BENCHMARKS: Final = {
    "fix-in": "CPU time that a FIX order takes from bytes to a message known to be right.",
}
"""A sentence on each, for ``exsim bench --help``."""
