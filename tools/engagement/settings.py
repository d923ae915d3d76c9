"""``docs/fix-settings.rst``: the keys of FIX endpoints and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.model.options import REQUIRED, Option
from exsim.plugins import Catalogue
from tools.engagement.rst import document, escaped, paragraph, table, title

HEAD: Final = (
    "Every key of FIX endpoints and sessions, with its default. Written by"
    " ``python -m tools.engagement``. `Configuration <configuration.rst>`__ says how a file is"
    " written, and has the keys that are not FIX's own; `FIX: rules of engagement <fix.rst>`__"
    " tells what they are for."
)


def page() -> str:
    """The whole page."""
    protocol = Catalogue().protocol("fix")
    endpoint, session = protocol.endpoint_options, protocol.session_options
    shared = {option.name for option in endpoint} & {option.name for option in session}
    lines = [*title("FIX: settings", "="), *paragraph(HEAD)]
    lines += _section(
        "Of sessions, or of their endpoint",
        "In ``[session:NAME]`` for one counterparty, or in ``[endpoint:NAME]`` for all of it that"
        " do not say otherwise.",
        [option for option in session if option.name in shared],
    )
    lines += _section(
        "Of sessions alone",
        "In ``[session:NAME]``.",
        [option for option in session if option.name not in shared],
    )
    lines += _section(
        "Of endpoints alone",
        "In ``[endpoint:NAME]``.",
        [option for option in endpoint if option.name not in shared],
    )
    return document(lines)


def _section(heading: str, text: str, options: Sequence[Option]) -> list[str]:
    rows = [
        [f"``{option.name}``", _default(option), escaped(" ".join(option.help.split()))]
        for option in options
    ]
    return [
        *title(heading, "-"),
        *paragraph(text),
        *table(["key", "default", "what it does"], rows),
    ]


def _default(option: Option) -> str:
    if option.default is REQUIRED:
        return "(needed)"
    return f"``{option.default}``" if option.default else ""
