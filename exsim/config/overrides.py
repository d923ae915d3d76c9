"""``--set SECTION.KEY=VALUE``: what the command line puts over the file."""

from __future__ import annotations

from exsim.config.ini import Entry, Place, Section, section_of
from exsim.config.nearest import nearest
from exsim.errors import Problem


def override(text: str, sections: list[Section], problems: list[Problem]) -> None:
    """
    Set one key as ``text`` says, in a new section where there is none of that title, or of one
    that looks so much like it that it must be meant.

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
        names = [other.name for other in sections if other.kind == wanted.kind and other.name]
        close = nearest(wanted.name, names) if wanted.name else None
        if close is not None:
            meant = f"[{wanted.kind}:{close}]"
            problems.append(place.problem(f"there is no {wanted}: did you mean {meant}?"))
            return
        sections.append(section)
    section.entries[key] = Entry(value.strip(), place)
