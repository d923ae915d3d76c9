"""Who trades at a venue: ``[account:VENUE:NAME]`` and ``[fees:VENUE:NAME]``, and its own limits."""

from __future__ import annotations

from typing import Any

from exsim.config import schema
from exsim.config.ini import Section
from exsim.config.market_keys import ACCOUNT, FEES, RISK
from exsim.config.nearest import instead
from exsim.config.reading import Reading
from exsim.model.participants import AccountSettings, FeeTier, Participants, RiskSettings
from exsim.model.settings import Instrument


class Accounts:
    """All sections of accounts and fees, by venue."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sections: dict[tuple[str, str], list[Section]] = {}
        venues = [venue.name for venue in reading.sections("venue")]
        for kind in ("account", "fees"):
            for section in reading.sections(kind):
                reading.check_keys(section, schema.KINDS[kind].options)
                venue, colon, _name = section.name.partition(":")
                self._sections.setdefault((kind, venue), []).append(section)
                if colon and venue not in venues:
                    reading.refer(section, "", "venue", venue)

    def of_venue(
        self, venue: Section, values: dict[str, Any], instruments: list[Instrument]
    ) -> Participants:
        """Those of a venue; the keys of its limits are taken out of its ``values``."""
        risk = RiskSettings(**{option.name: values.pop(option.name) for option in RISK})
        fees = [self._fees(one) for one in self._sections.get(("fees", venue.name), [])]
        symbols = [instrument.symbol for instrument in instruments]
        tiers = [tier.name for tier in fees]
        accounts = [
            self._account(one, tiers, symbols)
            for one in self._sections.get(("account", venue.name), [])
        ]
        return Participants(risk, tuple(accounts), tuple(fees))

    def _account(self, section: Section, tiers: list[str], symbols: list[str]) -> AccountSettings:
        values = self._reading.values(section, ACCOUNT)
        self._known(section, "fee_tier", values["fee_tier"], tiers, "fees")
        for symbol, _limit in values["positions"]:
            self._known(section, "positions", symbol, symbols, "instrument")
        for session in values["sessions"]:
            self._reading.refer(section, "sessions", "session", session)
        return AccountSettings(section.name.partition(":")[2], **values)

    def _known(self, section: Section, key: str, wanted: str, known: list[str], kind: str) -> None:
        """Note a name that nothing of a kind has at the venue."""
        if wanted and wanted not in known:
            venue = section.name.partition(":")[0]
            text = f"there is no [{kind}:{venue}:{wanted}]{instead(wanted, known)}"
            self._reading.problem(section.entries[key].place, f"{section} {key}: {text}")

    def _fees(self, section: Section) -> FeeTier:
        return FeeTier(section.name.partition(":")[2], **self._reading.values(section, FEES))
