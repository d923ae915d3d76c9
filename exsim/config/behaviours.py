"""The sections ``[behaviour:NAME]``: outcomes that an order chooses by itself."""

from __future__ import annotations

from typing import Any

from exsim.config.behaviour_keys import BEHAVIOUR
from exsim.config.ini import Section
from exsim.config.reading import Reading
from exsim.dispatch.fitting import check_fits
from exsim.filters import parse
from exsim.model.behaviours import Behaviour


class Behaviours:
    """Reads all of these sections."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def all(self) -> tuple[Behaviour, ...]:
        """Those of the configuration, in the order of the file."""
        found = [self._behaviour(section) for section in self._reading.sections("behaviour")]
        return tuple(each for each in found if each is not None)

    def _behaviour(self, section: Section) -> Behaviour | None:
        reading = self._reading
        reading.check_keys(section, BEHAVIOUR)
        values: dict[str, Any] = reading.values(section, BEHAVIOUR)
        if values["venue"]:
            reading.refer(section, "venue", "venue", values["venue"])
        if not (values["symbols"] or values["prefixes"] or values["match"]):
            values["prefixes"] = (f"{section.name}-",)
        if values["then"] is None:
            return None
        if values["match"] and not values["symbols"] and not values["prefixes"]:
            try:
                check_fits(parse(values["match"]), values["then"])
            except ValueError as error:
                reading.problem(section.entries["then"].place, f"{section} then: {error}")
        return Behaviour(section.name, **values)
