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
    :param together: whether all venues are in one process.
    """

    def __init__(self, reading: Reading, plugged: PluggedSections, together: bool) -> None:
        self._reading = reading
        self._plugged = plugged
        self._together = together

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
        """Where it trades: at all venues, or the only one, where nothing is said."""
        known = tuple(venue.name for venue in self._reading.sections("venue"))
        for venue in given:
            self._reading.refer(section, "venue", "venue", venue)
        problem = self._problem(section, given, known)
        if problem:
            place = section.entries["venue"].place if given else section.place
            self._reading.problem(place, f"{section} {problem}")
        return given or known

    def _problem(self, section: Section, given: tuple[str, ...], known: tuple[str, ...]) -> str:
        """What is wrong with where it trades; empty for nothing."""
        if section.name not in self._plugged.plugins:
            return ""
        if not getattr(self._plugged.plugins[section.name], "several", False):
            if len(given or known) < 2:
                return ""
            if not given:
                return f"needs 'venue': one of {', '.join(known)}"
            return "venue: it trades at one: write a section for each"
        if given and len(set(given)) < 2:
            return f"venue: it trades at several: name two or more of {', '.join(known)}"
        if len(given or known) > 1 and not self._together:
            return "trades at several venues, which processes = venue puts asunder"
        return ""
