"""
How the fields of a message hang together: header, body, trailer, and entries of groups.

It is the tags alone that decide this, so messages with the same tags in the same order have one
shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exsim.wire.fix_dictionary import Member, members_of

ANYWHERE: Final = -1
"""The place of a field that stands in several places of its level."""


class Level:
    """
    What there may be in a header, body, trailer or entry of a group.

    ``order`` has the place of each tag, ``required`` the tags that have to be there, by number;
    ``groups`` what an entry may have, by the tag that counts the entries; ``first`` the tag that
    begins an entry.
    """

    __slots__ = ("first", "groups", "order", "required")

    def __init__(self, members: list[Member]) -> None:
        self.first = members[0].tag if members else b""
        self.order: dict[bytes, int] = {}
        self.groups: dict[bytes, Level] = {}
        required: list[tuple[int, bytes]] = []
        for place, member in enumerate(members):
            tag = member.tag
            self.order[tag] = ANYWHERE if tag in self.order else place
            if member.required:
                required.append((int(tag), tag))
            if member.entry is not None and tag not in self.groups:
                self.groups[tag] = Level(members_of(member.entry))
        self.required = tuple(tag for _number, tag in sorted(required))


class Part:
    """
    The fields of a message on one level: positions in the run of its tags, in order.

    ``groups`` are those that begin on this level, by the position of the field that counts them.
    """

    __slots__ = ("fields", "groups")

    def __init__(self) -> None:
        self.fields: list[int] = []
        self.groups: dict[int, Group] = {}


class Group:
    """A repeating group: its entries, and what they may have."""

    __slots__ = ("entries", "level")

    def __init__(self, level: Level) -> None:
        self.level = level
        self.entries: list[Part] = []


class Shape:
    """
    The parts of a message.

    ``misplaced`` is the position of the first field that does not lie where header, body or trailer
    have to, or -1.
    """

    __slots__ = ("_tags", "body", "header", "misplaced", "trailer")

    def __init__(self, tags: list[bytes], header: Level, body: Level, trailer: Level) -> None:
        self._tags = tags
        self.header = Part()
        self.body = Part()
        self.trailer = Part()
        self.misplaced = -1
        in_header, in_trailer = True, False
        position = 0
        while position < len(tags):
            tag = tags[position]
            if tag in header.order:
                right = in_header
                part, level = self.header, header
            elif tag in trailer.order:
                right, in_header, in_trailer = True, False, True
                part, level = self.trailer, trailer
            else:
                right, in_header, in_trailer = not in_trailer, False, False
                part, level = self.body, body
            if not right and self.misplaced < 0:
                self.misplaced = position
            position = self._take(position, part, level)

    def _take(self, position: int, part: Part, level: Level) -> int:
        """Put a field into a part, with the entries it counts if it does; where it goes on."""
        part.fields.append(position)
        entry_level = level.groups.get(self._tags[position])
        position += 1
        if entry_level is None:
            return position
        group = Group(entry_level)
        part.groups[position - 1] = group
        return self._take_entries(position, group)

    def _take_entries(self, position: int, group: Group) -> int:
        """
        Take the fields of a group, as many as there are.

        An entry begins with the field that has to be its first, and also where a field would be in
        the last entry for a second time.
        """
        tags, level = self._tags, group.level
        entry = Part()
        there: set[bytes] = set()
        while position < len(tags):
            tag = tags[position]
            if tag not in level.order:
                break
            if not group.entries or tag == level.first or tag in there:
                entry = Part()
                group.entries.append(entry)
                there.clear()
            there.add(tag)
            position = self._take(position, entry, level)
        return position


def by_number(tags: list[bytes], positions: Iterable[int]) -> list[int]:
    """Positions in the order in which faults are told: from the lowest tag to the highest."""
    rows = []
    for position in positions:
        tag = tags[position]
        digits = len(tag) if tag[:1] != b"-" else 0  # a negative number is below the others
        rows.append((digits, tag, position))
    rows.sort()
    return [row[2] for row in rows]
