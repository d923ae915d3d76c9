"""
Entries of the table of operations: one instrument at several venues.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import consolidated_results as kr
from exsim.control import consolidated_schemas as ks
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.entries import Operation, read

# fmt: off
CONSOLIDATED: Final[tuple[Operation, ...]] = (
    read("list_consolidated", "/consolidated",
         "List the instruments of all venues, those that are the same as one",
         r.Page[kr.ConsolidatedInstrument], s.PageArguments),
    read("get_consolidated", "/consolidated/{symbol}",
         "Show the books of an instrument at all venues as one",
         kr.Consolidated, ks.ConsolidatedArguments, 404, 409, tagged=True),
)
# fmt: on
