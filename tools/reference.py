"""
Write what is told of the configuration from what the code says of it.

``python -m tools.reference`` writes ``etc/exsim-full.ini`` and, between its two markers, the list
of keys in ``docs/configuration.rst``; and, by :mod:`tools.faults`, ``docs/faults.rst``. A test
holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Final, NamedTuple, Protocol, TypeVar

from exsim.config.schema import KINDS
from exsim.model.options import REQUIRED, Option
from exsim.plugins import Catalogue
from tools import faults
from tools.engagement.rst import escaped

ROOT: Final = Path(__file__).resolve().parent.parent
INI: Final = ROOT / "etc" / "exsim-full.ini"
RST: Final = ROOT / "docs" / "configuration.rst"
BEGIN: Final = ".. The keys, written by python -m tools.reference:\n"
END: Final = ".. That was the last key.\n"


class Plugin(Protocol):
    """What is asked here of a line in a plugin file."""

    name: str
    path: str
    summary: str


P = TypeVar("P", bound=Plugin)

INI_HEAD: Final = """\
# Every kind of section and every key that exsim has, with its default. A key behind a # may be
# left out, and is what stands there then; to change it, take the # away too.
#
# exsim.ini, beside this file, is the one to begin with. Written by: python -m tools.reference
"""

EXAMPLES: Final = {
    "venue": "XSIM",
    "leader": "XSIM",
    "comp_id": "XSIM",
    "time": "250ms",
    "connect": "tcp:127.0.0.1:9878",
    "file": "prices.csv",
    "target_comp_id": "XSIM",
    "then": "ack; fill 50%; after 1s; cancel",
}
"""What a key without a default says in the file."""
PORTS: Final = {"fix": 9878, "ouch": 9881, "itch": 9882, "glimpse": 9883}
OTHER_PORTS: Final = {"proxy": 9978, "gateway": 9979}
"""The same of ``listen``, by protocol, and by kind."""


class Part(NamedTuple):
    """A section of the reference: one of the file, one of the document."""

    kind: str
    name: str
    """After the colon, in the file."""
    help: str
    options: Sequence[Option]
    key: str = ""
    plugin: str = ""
    """``key = plugin`` is what gives the section these options."""


def parts(catalogue: Catalogue) -> Iterator[Part]:
    """Every section that there can be, with the keys of what comes with exsim itself."""
    for kind, name in (
        ("exsim", ""),
        ("rest", ""),
        ("venue", "XSIM"),
        ("instrument", "XSIM:AAA"),
        ("account", "XSIM:HOUSE"),
        ("fees", "XSIM:standard"),
        ("behaviour", "HALF"),
        ("proxy", "middle"),
        ("gateway", "all-venues"),
    ):
        yield Part(kind, name, KINDS[kind].help, KINDS[kind].options)
    for plugin in _own(catalogue.protocols()):
        protocol = catalogue.protocol(plugin.name)
        endpoint, session = names_of(plugin.name)
        for kind, name, own in (
            ("endpoint", endpoint, protocol.endpoint_options),
            ("session", session, protocol.session_options),
        ):
            options = (*KINDS[kind].options, *own)
            yield Part(kind, name, KINDS[kind].help, options, "protocol", plugin.name)
    for policy in _own(catalogue.policies()):
        options = (*KINDS["policy"].options, *catalogue.policy(policy.name).options)
        yield Part("policy", policy.name, policy.summary, options, "kind", policy.name)
    for source in _own(catalogue.pricings()):
        options = (*KINDS["pricing"].options, *catalogue.pricing(source.name).options)
        yield Part("pricing", source.name, source.summary, options, "source", source.name)

    for bot in _own(catalogue.bots()):
        options = (*KINDS["bot"].options, *catalogue.bot(bot.name).options)
        yield Part("bot", bot.name, bot.summary, options, "kind", bot.name)


def names_of(protocol: str) -> tuple[str, str]:
    """What the endpoint and the session of a protocol are called in the file."""
    return ("order-entry", "CLIENT") if protocol == "fix" else (protocol, protocol.upper())


def _own(plugins: Iterable[P]) -> list[P]:
    """The plugins that come with exsim."""
    return [plugin for plugin in plugins if plugin.path.startswith("exsim.")]


def full_ini(catalogue: Catalogue) -> str:
    """The text of ``etc/exsim-full.ini``."""
    lines = INI_HEAD.splitlines()
    for part in parts(catalogue):
        title = f"[{part.kind}:{part.name}]" if part.name else f"[{part.kind}]"
        lines += ["", "", *_comment(part.help), title]
        for option in part.options:
            lines += ["", *_comment(option.help), _setting(part, option)]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(text, 96, break_on_hyphens=False)]


def _setting(part: Part, option: Option) -> str:
    if part.kind == "bot" and option.name == "running":
        return "running = no"  # whoever tries the file is alone
    if option.default is REQUIRED:
        port = (PORTS | OTHER_PORTS).get(part.plugin or part.kind)
        examples = {
            **EXAMPLES,
            part.key: part.plugin,
            "endpoint": names_of(part.plugin)[0],
            "url": {"external-websocket": "wss://127.0.0.1:9443/stream"}.get(
                part.plugin, "https://127.0.0.1:8000/quotes"
            ),
            "listen": f"tcp:{port}:interface=127.0.0.1",
        }
        value = examples[option.name]
        return f"{option.name} = {value}"
    return f"#{option.name} = {option.default}".rstrip()


def keys_rst(catalogue: Catalogue) -> str:
    """The list of keys for ``docs/configuration.rst``."""
    lines = []
    for part in parts(catalogue):
        title = f"``{KINDS[part.kind].title}``"
        if part.plugin:
            title += f", ``{part.key} = {part.plugin}``"
        lines += ["", title, "~" * len(title), "", *wrap(escaped(part.help), 100), ""]
        for option in part.options:
            lines += [f"``{option.name}``", *_indented(option)]
    return "\n".join(lines) + "\n\n"


def _indented(option: Option) -> list[str]:
    if option.default is REQUIRED:
        default = "Has to be given."
    else:
        default = f"Default: ``{option.default}``." if option.default else "Default: empty."
    return [f"    {line}" for line in wrap(f"{escaped(option.help)} {default}", 96)]


def with_keys(document: str, keys: str) -> str:
    """The document with this list of keys between its markers."""
    head, _begin, rest = document.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    return head + BEGIN + keys + END + tail


def main() -> None:
    """Write them."""
    catalogue = Catalogue()
    INI.write_text(full_ini(catalogue), encoding="utf-8")
    document = RST.read_text(encoding="utf-8")
    RST.write_text(with_keys(document, keys_rst(catalogue)), encoding="utf-8")
    faults.main()


if __name__ == "__main__":
    main()
