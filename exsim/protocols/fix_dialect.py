"""
The dialect of a session: its dictionaries, and the names that they have for what is on the wire.

A session's own dictionaries, of files, take the place of exsim's of the same versions. A message
is told by the dictionary of its own version. What that does not name is looked up in the session's
other ones, then in the newest of exsim's, so that a tag that any version knows has a name in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from exsim.errors import ConfigError, Problem
from exsim.model.settings import Values
from exsim.protocols.fix_versions import FIXT
from exsim.sessions.fix_header import HEADER_TAGS
from exsim.sessions.fix_rules import ANY_VERSION
from exsim.wire.fix import DATA_FIELDS
from exsim.wire.fix_dictionary import (
    APPL_VER_IDS,
    TRANSPORT,
    Dictionary,
    Field,
    Member,
    members_of,
)
from exsim.wire.fix_tables import TABLES
from exsim.wire.fix_types import SEVERAL

Dictionaries = Callable[[str], Dictionary]
"""Gives the dictionary of a version, such as ``FIX.4.4``; KeyError where there is no such one."""

FALL_BACK: Final = ("FIX.5.0SP2", TRANSPORT, "FIX.4.3", "FIX.4.2")
"""Versions that have between them all tags and all types of message of any version."""

_MSG_TYPE: Final = b"35"
_LENGTH: Final = "LENGTH"
_DATA: Final = ("DATA", "XMLDATA")
_MOST_DIALECTS: Final = 100


def is_number(key: str) -> bool:
    """Whether people who name a field gave its tag."""
    return key.isascii() and key.isdigit()


class Names:
    """
    Names as dictionaries have them, of which the first that has one decides.

    ``header_tags`` are those of the header in any version or in the dialect; ``data_fields`` as
    :func:`exsim.wire.fix.decode` takes them.
    """

    __slots__ = (
        "_coded",
        "_dictionaries",
        "_known",
        "_uncoded",
        "_versions",
        "data_fields",
        "header_tags",
    )

    def __init__(
        self,
        dictionaries: Dictionaries,
        versions: Sequence[str],
        header_tags: Set[bytes],
        data_fields: Mapping[bytes, bytes] | None,
    ) -> None:
        self._dictionaries = dictionaries
        self._versions = versions
        self.header_tags = header_tags
        self.data_fields = data_fields
        # What was found before: no more than the dictionaries have, whatever messages have.
        self._known: dict[bytes, str] = {}
        self._coded: dict[tuple[bytes, bytes], str] = {}
        self._uncoded: set[bytes] = set()

    def _all(self) -> Iterator[Dictionary]:
        """One after the other: those that nobody comes to need not be read."""
        return map(self._dictionaries, self._versions)

    def field_name(self, tag: bytes) -> str:
        """The name of a tag, or empty text."""
        name = self._known.get(tag)
        if name is None:
            field = next(self._fields(tag), None)  # no generator: compiled, it is made whole
            name = "" if field is None else field.name
            if name:
                self._known[tag] = name
        return name

    def tag(self, name: str) -> str | None:
        """The tag of the field of that name, or None."""
        for dictionary in self._all():
            field = dictionary.field_named(name)
            if field is not None:
                return field.tag.decode()
        return None

    def message_name(self, msg_type: bytes) -> str:
        """The name of a type of message, or empty text."""
        for dictionary in self._all():
            message = dictionary.messages.get(msg_type)
            if message is not None:
                return message.name
        return ""

    def meaning(self, tag: bytes, value: bytes) -> str:
        """
        The name of a code, such as ``BUY`` for Side(54) 1, or empty text.

        Of a field that has several codes at once it is all their names, with spaces between; a
        code among them that has none stays as it is.
        """
        if tag in self._uncoded:
            return ""
        if tag == _MSG_TYPE:
            return self.message_name(value)
        found = self._coded.get((tag, value))
        if found is not None:
            return found
        field = next(self._fields(tag), None)
        if field is None:
            return ""
        if not field.codes:
            self._uncoded.add(tag)
            return ""
        if field.type not in SEVERAL or b" " not in value:
            return self._code_name(tag, value)
        codes = value.split(b" ")
        names = [self._code_name(tag, code) for code in codes]
        if not any(names):
            return ""
        return " ".join(
            name or code.decode("utf-8", "backslashreplace")
            for name, code in zip(names, codes, strict=True)
        )

    def _code_name(self, tag: bytes, code: bytes) -> str:
        found = self._coded.get((tag, code))
        if found is None:
            for field in self._fields(tag):  # no generator: compiled, it is made whole
                found = field.codes.get(code)
                if found is not None:
                    self._coded[tag, code] = found
                    return found
        return found or ""

    def _fields(self, tag: bytes) -> Iterator[Field]:
        for dictionary in self._all():
            field = dictionary.fields.get(tag)
            if field is not None:
                yield field


class Dialect:
    """
    The dictionaries of sessions that name the same files.

    ``data_fields`` are those of any version and those of the files, by their length fields; None
    where the files have no further ones.

    :param standard: exsim's own.
    :param own: those of the files, one of a version at most.
    """

    __slots__ = ("_header_tags", "_names", "_own", "data_fields", "standard")

    def __init__(self, standard: Dictionaries, own: Iterable[Dictionary] = ()) -> None:
        self.standard = standard
        self._own = {dictionary.version: dictionary for dictionary in own}
        self._names: dict[tuple[str, str], Names] = {}
        header = [member for each in self._own.values() for member in members_of(each.header)]
        self._header_tags = HEADER_TAGS.union(member.tag for member in header)
        data_fields = dict(DATA_FIELDS)
        for each in self._own.values():
            data_fields.update(_data_fields(each))
        self.data_fields = data_fields if data_fields != DATA_FIELDS else None

    @property
    def own(self) -> Sequence[Dictionary]:
        """Those of the files."""
        return tuple(self._own.values())

    def dictionary(self, version: str) -> Dictionary:
        """
        The dictionary of a version.

        :raises KeyError: when there is no such version.
        """
        return self._own.get(version) or self.standard(version)

    def names(self, begin_string: bytes, appl_ver_id: bytes) -> Names:
        """
        The names of a version.

        :param appl_ver_id: the version of the application over FIXT.1.1, where it alone counts.
        """
        version = begin_string.decode("ascii", "replace")
        if version not in TABLES:
            version = ""
        application = APPL_VER_IDS.get(appl_ver_id, "") if version == TRANSPORT else ""
        key = (version, application)
        found = self._names.get(key)
        if found is None:
            wanted = filter(None, (version, application, *self._own, *FALL_BACK))
            found = self._names[key] = Names(
                self.dictionary,
                tuple(dict.fromkeys(wanted)),
                self._header_tags,
                self.data_fields,
            )
        return found

    def names_in(self, data: bytes, appl_ver_id: bytes) -> Names:
        """The names of the version of a message, which takes that of its session over FIXT.1.1."""
        begin_string = _value(data, b"8") if data.startswith(b"8=") else b""
        if begin_string == FIXT:
            # A message may say its own; a Logon says that of all that follow.
            appl_ver_id = _value(data, b"1128") or _value(data, b"1137") or appl_ver_id
        return self.names(begin_string, appl_ver_id)


def _value(data: bytes, tag: bytes) -> bytes:
    """The value of the first field of that tag, found without taking the message apart."""
    field = tag + b"="
    if not data.startswith(field):
        field = b"\x01" + field
    return data.partition(field)[2].partition(b"\x01")[0]


def _data_fields(dictionary: Dictionary) -> dict[bytes, bytes]:
    """Fields of raw data by the field just before that has their length."""
    found: dict[bytes, bytes] = {}
    blocks = [dictionary.header, dictionary.trailer]
    blocks += [component.members for component in dictionary.components.values()]
    blocks += [message.members for message in dictionary.messages.values()]
    while blocks:
        length = b""
        for part in blocks.pop():
            kind = ""
            if isinstance(part, Member):
                kind = dictionary.fields[part.tag].type
                if kind in _DATA and length:
                    found[length] = part.tag
                if part.entry is not None:
                    blocks.append(part.entry)
            length = part.tag if isinstance(part, Member) and kind == _LENGTH else b""
    return found


class Dialects:
    """
    The dialects of endpoints and sessions, by the files that their ``dictionary`` names.

    :param standard: exsim's own dictionaries.
    :param read: gives the dictionary in the file of a path; raises
        :exc:`~exsim.errors.ConfigError` with all that is wrong with it.
    """

    __slots__ = ("_made", "_read", "_standard")

    def __init__(self, standard: Dictionaries, read: Dictionaries) -> None:
        self._standard = standard
        self._read = read
        self._made: dict[tuple[str, ...], Dialect] = {}

    def get(self, files: tuple[str, ...]) -> Dialect:
        """
        The dialect of these files.

        :raises exsim.errors.ConfigError: when one of them holds no dictionary.
        """
        dialect = self._made.get(files)
        if dialect is None:
            if len(self._made) >= _MOST_DIALECTS:  # their sessions keep them
                self._made.clear()
            own = [self._read(path) for path in files]
            dialect = self._made[files] = Dialect(self._standard, own)
        return dialect

    def problems(self, options: Values) -> list[Problem]:
        """What is wrong with the files that the keys of an endpoint or a session name."""
        spoken = options.get("begin_string", ANY_VERSION)
        found: list[Problem] = []
        first: dict[str, str] = {}
        for path in options["dictionary"]:
            try:
                version = self._read(path).version
            except ConfigError as error:
                found += error.problems
                continue
            what = f"{path} is a dictionary of {version}"
            if first.setdefault(version, path) != path:
                found.append(Problem(f"{what}, as {first[version]} is: name one of them"))
            elif spoken not in (ANY_VERSION, TRANSPORT, version):
                found.append(Problem(f"{what}, which a session of {spoken} never speaks"))
        return found
