"""``--set SECTION.KEY=VALUE``: what the command line puts over the file."""

from __future__ import annotations

from exsim.config.ini import Entry, Place, Section, section_of
from exsim.errors import Problem


def override(text: str, sections: list[Section], problems: list[Problem]) -> None:
    """
    Set one key as ``text`` says, in a new section where there is none of that title.

    The key follows the last dot before the first ``=``, since titles may have dots.
    """
    target, equals, value = text.partition("=")
    title, dot, key = (part.strip() for part in target.rpartition("."))
    place = Place(f"--set {target.strip()}")
    if not (equals and dot and title and key):
        example = "say SECTION.KEY=VALUE, such as --set rest.listen=tcp:0"
        problems.append(place.problem(example))
        return
    wanted = section_of(title, place)
    section = next((other for other in sections if str(other) == str(wanted)), wanted)
    if section is wanted:
        sections.append(section)
    section.entries[key] = Entry(value.strip(), place)
