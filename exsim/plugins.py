"""
Plugins: protocols, policies, pricing sources and bots, looked up by name.

A plugin file, ``twisted/plugins/exsim_*.py`` here or one in a third party's own
``twisted/plugins/``, holds one line per plugin::

    from exsim.plugins import PolicyPlugin

    half = PolicyPlugin("half", "acme.policies.Half", "Fill half of every order.")

Twisted reads every plugin file for each of its programs, so that such a file imports nothing
but this module, and this module nothing that is heavy. The class at ``path`` is imported when
it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib import import_module
from inspect import signature
from typing import Any, ClassVar, Final

from twisted.plugin import IPlugin, getPlugins
from zope.interface import Attribute, Interface, implementer
from zope.interface.exceptions import Invalid
from zope.interface.verify import verifyClass

from exsim.errors import ExsimError
from exsim.interfaces import IBot, IPolicy, IPricingSource, IProtocol
from exsim.model.options import Option

_SOUND: Final[set[tuple[str, str]]] = set()
"""What was looked at and is as it should be, by kind and path: that is not cheap."""


class PluginError(LookupError, ExsimError):
    """A plugin that was asked for by name cannot be had."""


class UnknownPlugin(PluginError):
    """No plugin has this name."""


class DuplicatePlugin(PluginError):
    """More than one plugin has this name."""


class BrokenPlugin(PluginError):
    """The plugin is there, but what it names cannot be loaded or used."""


class IPolicyPlugin(Interface):
    """Names an :class:`~exsim.interfaces.IPolicy`."""

    name: str = Attribute("What ``kind =`` of a [policy:NAME] section says.")
    path: str = Attribute("The class, as ``package.module.Class``; made with a name and options.")
    summary: str = Attribute("What it does, one sentence.")

    def load() -> Any:
        """Import the class.

        :raises BrokenPlugin: when that fails, or it is no policy.
        """


class IPricingPlugin(Interface):
    """Names an :class:`~exsim.interfaces.IPricingSource`."""

    name: str = Attribute("What ``source =`` of a [pricing:NAME] section says.")
    path: str = Attribute("The class, as ``package.module.Class``; made with a name and options.")
    summary: str = Attribute("What it does, one sentence.")

    def load() -> Any:
        """Import the class.

        :raises BrokenPlugin: when that fails, or it is no pricing source.
        """


class IBotPlugin(Interface):
    """Names an :class:`~exsim.interfaces.IBot`."""

    name: str = Attribute("What ``kind =`` of a [bot:NAME] section says.")
    path: str = Attribute("The class, as ``package.module.Class``; made with a name and options.")
    summary: str = Attribute("What it does, one sentence.")

    def load() -> Any:
        """Import the class.

        :raises BrokenPlugin: when that fails, or it is no bot.
        """


class IProtocolPlugin(Interface):
    """Names an :class:`~exsim.interfaces.IProtocol`."""

    name: str = Attribute("What ``protocol =`` of an [endpoint:NAME] section says.")
    path: str = Attribute("The class, as ``package.module.Class``; made without arguments.")
    summary: str = Attribute("What it does, one sentence.")

    def load() -> Any:
        """Import the class.

        :raises BrokenPlugin: when that fails, or it is no protocol.
        """


@dataclass(frozen=True)
class _Plugin:
    """A line of a plugin file: a name, the dotted path of a class, and what that does."""

    name: str
    path: str
    summary: str

    word: ClassVar[str]
    seam: ClassVar[type[Interface]]
    made_with: ClassVar[tuple[str, ...]]
    declares: ClassVar[tuple[str, ...]]

    def load(self) -> Any:
        """Import the class and check it.

        :raises BrokenPlugin: with plugin, file and reason.
        """
        try:
            loaded = _imported(self.path)
            if (self.word, self.path) not in _SOUND:
                self._check(loaded)
                _SOUND.add((self.word, self.path))
        except Exception as error:  # whatever a third party's module may raise
            reason = " ".join(str(error).split())
            if not isinstance(error, Invalid | _Unfit):
                reason = f"{type(error).__name__}: {reason}"
            raise BrokenPlugin(
                f"the {self.word} {self.name!r}, which {_place(self)} names as {self.path}, "
                f"cannot be used: {reason}"
            ) from error
        return loaded

    def _check(self, loaded: Any) -> None:
        if not isinstance(loaded, type):
            raise _Unfit(f"{loaded!r} is no class")
        verifyClass(self.seam, loaded)
        for attribute in self.declares:
            options = getattr(loaded, attribute, None)
            if not isinstance(options, tuple) or any(not isinstance(o, Option) for o in options):
                raise _Unfit(f"its class attribute {attribute!r} is no tuple of Option")
        try:
            signature(loaded).bind(*self.made_with)
        except TypeError as error:
            arguments = ", ".join(self.made_with)
            raise _Unfit(f"it is made by {loaded.__name__}({arguments}): {error}") from None


class _Unfit(ExsimError):
    """What a plugin names is not what it should be."""


@implementer(IPlugin, IPolicyPlugin)
class PolicyPlugin(_Plugin):
    """A policy: ``PolicyPlugin(name, path, summary)``."""

    word = "policy"
    seam = IPolicy
    made_with = ("name", "options")
    declares = ("options",)


@implementer(IPlugin, IPricingPlugin)
class PricingPlugin(_Plugin):
    """A pricing source: ``PricingPlugin(name, path, summary)``."""

    word = "pricing source"
    seam = IPricingSource
    made_with = ("name", "options")
    declares = ("options",)


@implementer(IPlugin, IBotPlugin)
class BotPlugin(_Plugin):
    """A bot: ``BotPlugin(name, path, summary)``."""

    word = "bot"
    seam = IBot
    made_with = ("name", "options")
    declares = ("options",)


@implementer(IPlugin, IProtocolPlugin)
class ProtocolPlugin(_Plugin):
    """A protocol: ``ProtocolPlugin(name, path, summary)``."""

    word = "protocol"
    seam = IProtocol
    made_with = ()
    declares = ("endpoint_options", "session_options")


_INSTALLED: Final[dict[type[Any], Sequence[Any]]] = {}


def _installed(interface: type[Any]) -> Sequence[Any]:
    """The plugins of a kind that Twisted finds, which looks through folders each time."""
    if interface not in _INSTALLED:
        _INSTALLED[interface] = tuple(getPlugins(interface))
    return _INSTALLED[interface]


class Catalogue:
    """
    All plugins by name. Twisted is asked for each kind once, when it is first needed.

    ``find`` gives the plugins that provide an interface; else they are those that a process finds
    at first.
    """

    def __init__(self, find: Callable[[type[Any]], Iterable[Any]] = _installed) -> None:
        self._find = find
        self._found: dict[type[Any], Sequence[Any]] = {}
        self._protocols: dict[str, IProtocol] = {}

    def policies(self) -> Sequence[IPolicyPlugin]:
        """The policies that there are, by name."""
        return self._all(IPolicyPlugin)

    def pricings(self) -> Sequence[IPricingPlugin]:
        """The pricing sources that there are, by name."""
        return self._all(IPricingPlugin)

    def bots(self) -> Sequence[IBotPlugin]:
        """The kinds of bots that there are, by name."""
        return self._all(IBotPlugin)

    def protocols(self) -> Sequence[IProtocolPlugin]:
        """The protocols that there are, by name."""
        return self._all(IProtocolPlugin)

    def policy(self, kind: str) -> type[IPolicy]:
        """The class of a kind of policy.

        :raises PluginError: when there is none that can be used.
        """
        loaded: type[IPolicy] = _named(kind, "policy", self.policies()).load()
        return loaded

    def pricing(self, source: str) -> type[IPricingSource]:
        """The class of a pricing source.

        :raises PluginError: when there is none that can be used.
        """
        loaded: type[IPricingSource] = _named(source, "pricing source", self.pricings()).load()
        return loaded

    def bot(self, kind: str) -> type[IBot]:
        """The class of a kind of bot.

        :raises PluginError: when there is none that can be used.
        """
        loaded: type[IBot] = _named(kind, "bot", self.bots()).load()
        return loaded

    def protocol(self, name: str) -> IProtocol:
        """A protocol module, the same one each time.

        :raises PluginError: when there is none that can be used.
        """
        if name not in self._protocols:
            self._protocols[name] = _named(name, "protocol", self.protocols()).load()()
        return self._protocols[name]

    def _all(self, interface: type[Any]) -> Sequence[Any]:
        if interface not in self._found:
            by_name = sorted(self._find(interface), key=lambda plugin: (plugin.name, plugin.path))
            self._found[interface] = by_name
        return self._found[interface]


def _named(name: str, word: str, plugins: Sequence[Any]) -> Any:
    """The one plugin of this name."""
    found = [plugin for plugin in plugins if plugin.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        places = " and as ".join(f"{plugin.path} in {_place(plugin)}" for plugin in found)
        raise DuplicatePlugin(f"the {word} {name!r} is there twice, as {places}: rename one")
    known = sorted({plugin.name for plugin in plugins}, key=lambda other: -_likeness(name, other))
    raise UnknownPlugin(
        f"there is no {word} {name!r}; known, the nearest first: {', '.join(known) or 'none'}. "
        "A plugin file that fails to import is only logged by Twisted: if one is missing here, "
        "look at the log"
    )


def _likeness(one: str, other: str) -> float:
    """How much two names look alike, 0 to 1; case does not count."""
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _imported(path: str) -> Any:
    """What a dotted path names."""
    module, dot, name = path.rpartition(".")
    if not dot:
        raise _Unfit("the path should read package.module.Class")
    return getattr(import_module(module), name)


def _place(plugin: object) -> str:
    """The plugin file that holds a plugin."""
    for name, module in list(sys.modules.items()):
        if name.startswith("twisted.plugins.") and any(
            value is plugin for value in vars(module).values()
        ):
            return str(module.__file__)
    return "an unknown file"
