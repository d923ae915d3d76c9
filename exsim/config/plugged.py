"""Sections that a plugin stands behind: policies, pricing sources and bots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from exsim.config.ini import Section
from exsim.config.nearest import nearest
from exsim.config.reading import Reading
from exsim.config.schema import KINDS
from exsim.model.options import REQUIRED, Option, path


class PluginLike(Protocol):
    """What is asked here of a policy or a pricing source; its class has the options too."""

    options: tuple[Option, ...]

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        """Make it; ``ValueError`` where options do not go together."""


def lookup_text(error: LookupError) -> str:
    """What a look-up said; ``str`` of a KeyError would put it in quotes."""
    return " ".join(map(str, error.args))


class PluggedSections:
    """
    All sections of one such kind, and the plugins that are used by their own name instead.

    ``find`` gives the plugin of a name or raises ``LookupError``; ``made`` has name, plugin and
    options of each by its name, ``texts`` what its section says, key by key, ``common`` the values
    of the keys that all of the kind have, and ``plugins`` the plugins of sections that have one.
    """

    def __init__(
        self, reading: Reading, kind: str, find: Callable[[str], type[PluginLike]]
    ) -> None:
        self.made: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self.texts: dict[str, dict[str, str]] = {}
        self.common: dict[str, dict[str, Any]] = {}
        self.plugins: dict[str, type[PluginLike]] = {}
        self._reading = reading
        self._kind: Final = KINDS[kind]
        self._selector = self._kind.options[0].name
        self._find = find
        for section in reading.sections(kind):
            self._read(section)

    def _read(self, section: Section) -> None:
        common = self.common[section.name] = self._reading.values(section, self._kind.options)
        wanted = common[self._selector]
        values: dict[str, Any] = {}
        if wanted is not None:
            try:
                plugin = self._find(wanted)
            except LookupError as error:
                place = section.entries[self._selector].place
                text = f"{section} {self._selector}: {lookup_text(error)}"
                self._reading.problem(place, text)
            else:
                values = self._values(section, plugin)
                self.plugins[section.name] = plugin
        self.made[section.name] = (section.name, wanted or "", values)
        self.texts[section.name] = {key: entry.text for key, entry in section.entries.items()}

    def _values(self, section: Section, plugin: type[PluginLike]) -> dict[str, Any]:
        before = len(self._reading.problems)
        self._reading.check_keys(section, (*self._kind.options, *plugin.options))
        values = self._reading.values(section, plugin.options)
        for option in plugin.options:
            if option.parse is path and values[option.name]:
                self._reading.check_file(section, option.name, values[option.name])
        if len(self._reading.problems) == before:
            try:
                plugin(section.name, values)
            except ValueError as error:
                entry = section.entries.get(str(error).partition(":")[0])  # the key that it names
                if entry is None:
                    self._reading.problem(section.place, f"{section}: {error}")
                else:
                    self._reading.problem(entry.place, f"{section} {error}")
        return values

    def refer(self, section: Section, key: str, word: str) -> None:
        """Note ``word``, from a key of another section, where nothing has that name."""
        if word in self.made:
            return
        problem = self._imply(word)
        if problem:
            self._reading.problem(section.entries[key].place, f"{section} {key}: {problem}")

    def _imply(self, word: str) -> str:
        """Use a plugin without a section of its own; what is wrong with that, or nothing."""
        title = f"[{self._kind.name}:{word}]"
        try:
            plugin = self._find(word)
        except LookupError as error:
            close = nearest(word, self.made)
            hint = f" (did you mean {close!r}?)" if close else ""
            return f"there is no {title} section{hint}, and {lookup_text(error)}"
        needed = [repr(option.name) for option in plugin.options if option.default is REQUIRED]
        if needed:
            keys = " and ".join(needed)
            return f"{word} needs {keys}: write a section {title} with {self._selector} = {word}"
        values = {option.name: option.value(None) for option in plugin.options}
        self.made[word] = (word, word, values)
        return ""
