"""
The dictionaries that a FIX session is held to: those of exsim itself, and those of files.

A version of exsim's own is read from its table when it is first asked for, and kept.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from exsim.config.fix_xml import read_xml
from exsim.errors import ConfigError, Problem
from exsim.wire.fix_dictionary import APPL_VER_IDS, TRANSPORT, Dictionary
from exsim.wire.fix_tables import TABLES, parse_table


@cache
def standard(version: str) -> Dictionary:
    """
    The dictionary of a version, such as ``FIX.4.4``, ``FIXT.1.1`` or ``FIX.5.0SP2``.

    :raises KeyError: when exsim has none of that name.
    """
    table = files("exsim.wire") / "tables" / TABLES[version]
    return parse_table(table.read_text("utf-8"))


def appl_version(appl_ver_id: bytes) -> Dictionary | None:
    """The dictionary of an application version by its ApplVerID code; None if there is none."""
    version = APPL_VER_IDS.get(appl_ver_id)
    return standard(version) if version is not None else None


def for_session(
    begin_string: str, appl_ver_id: str, path: str = "", transport: str = ""
) -> tuple[Dictionary, Dictionary]:
    """
    The dictionaries of the session and of the application; below FIXT.1.1 they are one.

    :param appl_ver_id: the code of the application version; it counts in FIXT.1.1 alone.
    :param path: a file that takes the place of the version's or application version's own.
    :param transport: a file that takes the place of FIXT.1.1.
    :raises exsim.errors.ConfigError: when a file is wrong, or not of that version.
    """
    if begin_string != TRANSPORT:
        if transport:
            why = f"is for {TRANSPORT}, which a session of {begin_string} does not speak"
            raise ConfigError([Problem(why, transport)])
        whole = _from_file(path, begin_string) if path else standard(begin_string)
        return whole, whole
    version = APPL_VER_IDS[appl_ver_id.encode()]
    session = _from_file(transport, TRANSPORT) if transport else standard(TRANSPORT)
    application = _from_file(path, version) if path else standard(version)
    return session, application


def _from_file(path: str, version: str) -> Dictionary:
    dictionary = read_xml(path)
    if dictionary.version != version:
        why = f"is a dictionary of {dictionary.version}, where one of {version} is needed"
        raise ConfigError([Problem(why, path)])
    return dictionary
