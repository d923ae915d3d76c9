"""
exsim's own dictionaries of FIX: each is read from its table when it is first asked for, and kept.

Those of files are read in :mod:`exsim.config.fix_xml`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from exsim.wire.fix_dictionary import Dictionary
from exsim.wire.fix_tables import TABLES, parse_table


@cache
def standard(version: str) -> Dictionary:
    """
    The dictionary of a version, such as ``FIX.4.4``, ``FIXT.1.1`` or ``FIX.5.0SP2``.

    :raises KeyError: when exsim has none of that name.
    """
    table = files("exsim.wire") / "tables" / TABLES[version]
    return parse_table(table.read_text("utf-8"))
