"""
What the messages, components and groups of a dictionary in XML are made of.

Each is a run of ``<field name= required=>``, ``<group>``, which holds such a run, and
``<component>``, which stands for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lxml import etree

from exsim.config.nearest import instead
from exsim.errors import Problem
from exsim.wire.fix_dictionary import Block, Component, Field, Include, Member, members_of

_REQUIRED: Final = {"Y": True, "y": True, "N": False, "n": False}
_DEEPEST: Final = 64
"""Groups and components in each other; in the standard it is 18."""
_MOST: Final = 100_000
"""Fields of a message, with those of all groups; in the standard it is 4,653."""


def name_of(element: etree._Element) -> str:
    """What stands between the angle brackets."""
    return str(element.tag)


class Elements:
    """Where the elements of a file are, and what was found wrong with them."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self._path = path
        self._problems = problems

    def count(self) -> int:
        """How many mistakes are noted."""
        return len(self._problems)

    def problem(self, element: etree._Element, text: str) -> None:
        """Note a mistake."""
        self._problems.append(Problem(text, self._path, element.sourceline or 0))

    def unknown(self, parent: etree._Element, element: etree._Element, known: str) -> None:
        """Note an element that its parent cannot have."""
        self.problem(element, f"<{name_of(parent)}> has no <{name_of(element)}>, only {known}")

    def attribute(self, element: etree._Element, name: str) -> str:
        """An attribute that has to be there; empty text, and a mistake noted, if it is not."""
        value = element.get(name) or ""
        if not value:
            self.problem(element, f"<{name_of(element)}> has no {name}")
        return value


class Blocks:
    """Reads such runs; components, and what they include in turn, as they are met."""

    def __init__(
        self,
        elements: Elements,
        fields: Mapping[str, Field],
        components: Iterable[etree._Element],
    ) -> None:
        self._elements = elements
        self._fields = fields
        self._unread: dict[str, etree._Element] = {}
        self._open: list[str] = []  # components that are being read, each included by the last
        self._read: dict[str, Component] = {}
        self._sizes: dict[str, int] = {}
        self._depth = 0
        for element in components:
            name = elements.attribute(element, "name")
            if self._unread.setdefault(name, element) is not element and name:
                elements.problem(element, f"a component {name} is there already")
        self._names = tuple(self._unread)

    def components(self) -> Iterable[Component]:
        """Every component, those that are included before those that include them."""
        for name in self._names:
            self._component(name)
        return self._read.values()

    def read(self, parent: etree._Element) -> Block:
        """The run that an element holds."""
        if self._depth == _DEEPEST:
            self._elements.problem(parent, f"this is nested more than {_DEEPEST} deep")
            return ()
        self._depth += 1
        block = tuple(self._members(parent))
        self._depth -= 1
        if self._size(block) > _MOST:
            self._elements.problem(parent, f"this comes to more than {_MOST} fields")
            return ()
        return block

    def _members(self, parent: etree._Element) -> Iterator[Member | Include]:
        for element in parent:
            required = self._required(element)
            if element.tag == "field":
                yield Member(self._tag(element), required)
            elif element.tag == "group":
                yield Member(self._tag(element), required, self._entry(element))
            elif element.tag == "component":
                name = self._elements.attribute(element, "name")
                component = self._component(name) if name else None
                if component is not None:
                    yield Include(component, required)
                elif name:
                    self._elements.problem(element, self._why_not(name))
            else:
                self._elements.unknown(parent, element, "<field>, <group>, <component>")

    def _size(self, block: Block) -> int:
        """How many fields a block has, with those of its groups."""
        size = 0
        for part in block:
            if isinstance(part, Include):
                size += self._sizes[part.component.name]
            else:
                size += 1 + self._size(part.entry or ())
        return size

    def _component(self, name: str) -> Component | None:
        """The component of that name; None where there is none, or it is being read."""
        element = self._unread.pop(name, None)
        if element is not None:
            self._open.append(name)
            component = Component(name, self.read(element))
            self._open.pop()
            self._sizes[name] = self._size(component.members)
            self._read[name] = component
        return self._read.get(name)

    def _why_not(self, name: str) -> str:
        if name in self._open:
            way = " > ".join([*self._open[self._open.index(name) :], name])
            return f"the component {name} includes itself: {way}"
        return f"there is no component {name}{instead(name, self._names)}"

    def _entry(self, group: etree._Element) -> Block:
        before = self._elements.count()
        entry = self.read(group)
        if not members_of(entry) and self._elements.count() == before:
            self._elements.problem(group, "the group has no field that begins an entry")
        return entry

    def _required(self, element: etree._Element) -> bool:
        text = element.get("required", "N")
        if text not in _REQUIRED:
            self._elements.problem(element, f"required is {text!r}: it is 'Y' or 'N'")
        return _REQUIRED.get(text, False)

    def _tag(self, element: etree._Element) -> bytes:
        name = self._elements.attribute(element, "name")
        field = self._fields.get(name)
        if field is None and name:
            what = f"there is no field {name}{instead(name, self._fields)}"
            self._elements.problem(element, what)
        return field.tag if field is not None else b""
