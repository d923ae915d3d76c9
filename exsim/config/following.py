"""Sections ``[pricing:NAME]`` whose prices follow those of another venue: whether they can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exsim.config.nearest import instead
from exsim.config.plugged import PluggedSections
from exsim.config.reading import Reading
from exsim.interfaces import IFollowingSource
from exsim.model.settings import VenueSettings


def fault(venue: VenueSettings, leader: VenueSettings, source: str) -> tuple[str, str]:
    """
    Why sources of a venue cannot follow another one, or one ``source`` of that: the key that is
    wrong, and what is; empty where they can.
    """
    if venue.name == leader.name:
        return "leader", f"{venue.name} has this source itself: name another venue"
    if source and source not in leader.pricing:
        known = ", ".join(leader.pricing) or "none"
        hint = instead(source, leader.pricing) or f"; there are: {known}"
        return "leader_source", f"venue {leader.name} has no pricing source {source!r}{hint}"
    ours, theirs = _clock(venue), _clock(leader)
    if ours != theirs:
        return "leader", (
            f"prices are followed by their time, and the clock of {leader.name} is not as that of "
            f"{venue.name}: give both the same clock, clock_scale and clock_start"
        )
    return "", ""


def _clock(venue: VenueSettings) -> tuple[str, int, int | None]:
    """How a venue's clock goes; a real one has no scale and no start."""
    day = venue.day
    if day.clock == "real":
        return day.clock, 0, None
    return day.clock, day.clock_scale if day.clock == "scaled" else 0, day.clock_start


class Following:
    """
    Looks at all of them.

    :param plugged: has read the keys of each.
    :param together: whether all venues are in one process.
    """

    def __init__(self, reading: Reading, plugged: PluggedSections, together: bool) -> None:
        self._reading = reading
        self._plugged = plugged
        self._together = together

    def check(self, venues: Sequence[VenueSettings]) -> None:
        """Note what keeps a source from following what it is to."""
        by_name = {venue.name: venue for venue in venues}
        for section in self._reading.sections("pricing"):
            plugin = self._plugged.plugins.get(section.name)
            values = self._plugged.made[section.name][2]
            if plugin is None or not IFollowingSource.implementedBy(plugin):
                continue
            if values.get("leader") is None:
                continue  # that is told already
            self._reading.refer(section, "leader", "venue", values["leader"])
            key, text = self._fault(section.name, values, by_name)
            if text:
                place = section.entries[key].place
                self._reading.problem(place, f"{section} {key}: {text}")

    def _fault(
        self, name: str, values: Mapping[str, Any], venues: Mapping[str, VenueSettings]
    ) -> tuple[str, str]:
        leader = venues.get(values["leader"])
        if leader is None:
            return "", ""
        if not self._together:
            return "leader", (
                f"it looks at venue {leader.name}, which processes = venue puts asunder: say "
                "processes = one, or have a source such as external-fix read its market data"
            )
        for venue in venues.values():
            if name in venue.pricing:
                key, text = fault(venue, leader, values.get("leader_source") or "")
                if text:
                    return key, text
        return "", ""
