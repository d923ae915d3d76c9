"""The sections ``[bot:NAME]``: traders that act by themselves."""

from __future__ import annotations

from typing import Any

from exsim.config.ini import Section
from exsim.config.plugged import PluggedSections
from exsim.config.reading import Reading
from exsim.model.settings import BotSettings


class Bots:
    """
    Reads all of these sections.

    :param plugged: has read the keys of each.
    """

    def __init__(self, reading: Reading, plugged: PluggedSections) -> None:
        self._reading = reading
        self._plugged = plugged

    def all(self) -> tuple[BotSettings, ...]:
        """Those of the configuration, in the order of the file."""
        return tuple(self._bot(section) for section in self._reading.sections("bot"))

    def _bot(self, section: Section) -> BotSettings:
        values: dict[str, Any] = dict(self._plugged.common[section.name])
        name, kind, options = self._plugged.made[section.name]
        del values["kind"]
        values["texts"] = self._plugged.texts[section.name]
        values["venues"] = self._venues(section, values.pop("venue"))
        return BotSettings(name, kind, options, **values)

    def _venues(self, section: Section, given: tuple[str, ...]) -> tuple[str, ...]:
        """Where it trades; the only venue where nothing is said."""
        known = [venue.name for venue in self._reading.sections("venue")]
        for venue in given:
            self._reading.refer(section, "venue", "venue", venue)
        if given:
            return given
        if len(known) > 1:
            text = f"{section} needs 'venue': one of {', '.join(known)}"
            self._reading.problem(section.place, text)
        return tuple(known[:1])
