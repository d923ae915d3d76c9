"""
Making the parts that settings name: venues, their policies and pricing sources.

Kept by the exchange, since REST makes venues and sessions while it runs, by the same rules.
"""

from __future__ import annotations

import random
from typing import Protocol

from exsim.dispatch.chain import Chain, Link
from exsim.dispatch.venue import Venue
from exsim.engine.matching import MatchingEngine
from exsim.interfaces import IPolicy, IPricingSource, IProtocol
from exsim.model.options import read_options
from exsim.model.settings import PolicySettings, PricingSettings, Settings, VenueSettings
from exsim.orders.registry import Orders
from exsim.services.view import Messages, View


class Plugins(Protocol):
    """Where classes come from: :class:`exsim.plugins.Catalogue`."""

    def policy(self, kind: str) -> type[IPolicy]:
        """The class of a kind of policy."""

    def pricing(self, source: str) -> type[IPricingSource]:
        """The class of a pricing source."""

    def protocol(self, name: str) -> IProtocol:
        """A protocol module."""


class Parts:
    """Makes venues and chains; each policy is made once a venue, with randomness of its own."""

    def __init__(self, settings: Settings, plugins: Plugins, messages: Messages) -> None:
        self.seed = settings.seed
        self._plugins = plugins
        self._messages = messages
        self._policies = {policy.name: policy for policy in settings.policies}
        self._pricing = {pricing.name: pricing for pricing in settings.pricing}
        self._links: dict[tuple[str, str], Link] = {}

    def protocol(self, name: str) -> IProtocol:
        """The protocol module of this name."""
        return self._plugins.protocol(name)

    def venue(self, settings: VenueSettings) -> Venue:
        """A venue with empty books.

        :raises exsim.errors.ConfigError: when it names a policy or source that there is not.
        """
        pricing = self._source(settings.pricing) if settings.pricing else None
        venue = Venue(settings, MatchingEngine(), Orders(settings.keep_finished), pricing, ())
        self.renew_chain(venue)
        return venue

    def renew_chain(self, venue: Venue) -> None:
        """Make the venue's policies anew, as they were at the start."""
        self.forget(venue.name)
        venue.chain = tuple(self._link(venue, name) for name in venue.settings.policies)

    def forget(self, venue: str) -> None:
        """Forget the policies made for a venue."""
        for key in [key for key in self._links if key[0] == venue]:
            del self._links[key]

    def session_chain(self, venue: Venue, names: tuple[str, ...]) -> Chain:
        """The chain of a session: its own policies, then its venue's."""
        return tuple(self._link(venue, name) for name in names) + venue.chain

    def _link(self, venue: Venue, name: str) -> Link:
        link = self._links.get((venue.name, name))
        if link is None:
            seed = self.seed if venue.settings.seed is None else venue.settings.seed
            view = View(venue, random.Random(f"{seed}:{venue.name}:{name}"), self._messages)
            link = self._links[venue.name, name] = Link(self._policy(name), view)
        return link

    def _policy(self, name: str) -> IPolicy:
        settings = self._policies.get(name) or PolicySettings(name, name, {})
        policy = self._plugins.policy(settings.kind)
        return policy(name, settings.options or read_options(policy.options, {}))

    def _source(self, name: str) -> IPricingSource:
        settings = self._pricing.get(name) or PricingSettings(name, name, {})
        source = self._plugins.pricing(settings.source)
        return source(name, settings.options or read_options(source.options, {}))
