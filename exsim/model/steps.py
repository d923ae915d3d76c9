"""
Steps: verbs with their parameters, as values, as plain values (JSON), and as one line of text.

The short form, for ini files, scripts and the command line, has steps with semicolons between::

    ack; fill 200 @ 10.01; after 5m; fill rest; bust last "clearly erroneous"
    order fill rest; reject TOO_LATE            (of a cancel: fill the order that it names)
    ack force; reply 35=8,39=0,150=0; raw 8=FIX.4.4|35=0|

A parameter stands in its place or as ``name=value``; text with spaces is quoted. Any value may be
a template: ``{38}``, ``{OrderQty}`` or ``{qty}`` stand for that field of the request.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from exsim.model.amounts import UNIT, parse_amount
from exsim.model.codes import OrdStatus, Phase, Reason
from exsim.model.options import duration
from exsim.model.verbs import AMOUNTS, ENDS, FLAGS, PLAY, REQUEST, VERBS, parameters

MOST_STEPS: Final = 1_000
"""How many steps a rule may have."""
CLOCKS: Final = ("market", "session")
LAST: Final = "last"
"""The fill that came last, in the place of an ExecID."""
REST: Final = "rest"
"""All that is left, in the place of a quantity."""
ON_ERROR: Final = ("", "reject", "pass", "hold", "drop")
_LONGEST: Final = 10_000  # characters of a value
_SOH: Final = "\x01"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step: a verb, and what it is given, all as text.

    ``fields`` are those of a ``reply``, in order. ``force`` sends the message and leaves state as
    it is, ``silent`` changes state and sends nothing; ``late`` fills an order that has ended. With
    ``on_order`` it is done to the order that a cancel, replace or status request names.
    """

    do: str
    values: Mapping[str, str]
    fields: tuple[tuple[str, str], ...] = ()
    force: bool = False
    silent: bool = False
    late: bool = False
    on_order: bool = False

    def get(self, name: str, default: str = "") -> str:
        """A parameter, or the default where it is not given."""
        return self.values.get(name, default)


def step(do: str, **values: Any) -> Step:
    """
    A step from Python: ``step("fill", quantity=200, price="10.01")``.

    :raises ValueError: when it makes no sense.
    """
    return step_of({"do": do, **values})


# -- plain values


def steps_of(plain: Any) -> tuple[Step, ...]:
    """
    The steps of plain values: a line of text, one step, or a list of steps.

    :raises ValueError: saying which step is wrong, and what would be right.
    """
    if isinstance(plain, str):
        return parse_steps(plain)
    if isinstance(plain, Mapping):
        plain = [plain]
    if not isinstance(plain, Sequence) or isinstance(plain, bytes):
        raise ValueError("give steps as a line of text or as a list")
    found: list[Step] = []
    for number, each in enumerate(plain, 1):
        try:
            if isinstance(each, str):
                found += parse_steps(each)
            else:
                found.append(each if isinstance(each, Step) else step_of(each))
        except ValueError as error:
            raise ValueError(f"step {number}: {error}") from None
    return checked(found)


def step_of(plain: Any) -> Step:
    """
    The step of plain values: ``do`` and its parameters, or ``after`` and perhaps ``clock``.

    :raises ValueError: when it makes no sense.
    """
    if not isinstance(plain, Mapping):
        raise ValueError(f"{plain!r} is no step such as {{'do': 'ack'}}")
    given = {str(key): value for key, value in plain.items() if value is not None}
    if "after" in given and "do" not in given:
        given["do"], given["time"] = "after", given.pop("after")
    if "raw" in given:
        given["data"] = _bytes(given.pop("raw"))
    do = str(given.pop("do", ""))
    flags = {name: bool(given.pop(name, False)) for name in FLAGS}
    on_order = given.pop("on", REQUEST) == "order"
    fields = _pairs(given.pop("fields", ()))
    values = {name: _text(value) for name, value in given.items()}
    made = Step(do, values, fields, flags["force"], flags["silent"], flags["late"], on_order)
    check_step(made)
    return made


def plain_step(made: Step) -> dict[str, Any]:
    """A step as plain values, as :func:`step_of` takes them."""
    plain: dict[str, Any] = {"do": made.do, **made.values}
    if made.do == "after":
        del plain["do"]
        plain = {"after": plain.pop("time"), **plain}
    if made.fields:
        plain["fields"] = [list(pair) for pair in made.fields]
    plain |= {name: True for name in FLAGS if getattr(made, name)}
    if made.on_order:
        plain["on"] = "order"
    return plain


def _bytes(base64: Any) -> str:
    """Bytes in base64 as text of as many characters, as a step has them."""
    try:
        return b64decode(base64, validate=True).decode("latin-1")
    except (ValueError, TypeError):
        raise ValueError(f"{str(base64)[:40]!r} is no base64") from None


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    pairs = given.items() if isinstance(given, Mapping) else given
    found: list[tuple[str, str]] = []
    for pair in pairs:
        if isinstance(pair, str) or len(pair) != 2:
            raise ValueError(f"{pair!r} is no field: give tag or name, and value")
        found.append((_text(pair[0]), _text(pair[1])))
    return tuple(found)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{value!r} is neither text nor a whole number: write decimals as text")
    return str(value)


# -- checks


def checked(steps: Iterable[Step]) -> tuple[Step, ...]:
    """
    The steps, which can follow each other.

    :raises ValueError: when they cannot.
    """
    found = tuple(steps)
    if len(found) > MOST_STEPS:
        raise ValueError(f"{len(found)} steps are too many: at most {MOST_STEPS}")
    for each in found[:-1]:
        if each.do in ENDS:
            raise ValueError(f"nothing can follow {each.do}: whoever decides goes on from there")
    return found


def check_step(made: Step) -> None:
    """
    Whether a step makes sense by itself.

    :raises ValueError: saying what would be right.
    """
    verb = VERBS.get(made.do)
    if verb is None:
        raise ValueError(f"there is no verb {made.do[:40]!r}{_instead(made.do, VERBS)}")
    known = parameters(verb)
    for name, value in made.values.items():
        if name not in known:
            raise ValueError(f"{made.do} takes no {name[:40]!r}{_instead(name, known)}")
        if len(value) > _LONGEST:
            raise ValueError(f"{made.do} {name} is too long: at most {_LONGEST} characters")
        if "{" not in value:
            check_value(made.do, name, value)
    if made.fields and made.do != "reply":
        raise ValueError(f"{made.do} takes no fields; reply does")
    if made.do == "reply" and not made.fields:
        raise ValueError("reply needs fields, such as 35=8, the message's type among them")
    for needed, of in _NEEDED:
        if made.do == of and not made.get(needed):
            raise ValueError(f"{of} needs its {needed}")
    if (made.force or made.silent) and not verb.reports:
        raise ValueError(f"{made.do} tells no state, so that force and silent mean nothing")
    if made.late and made.do != "fill":
        raise ValueError(f"only a fill can be late, no {made.do}")
    if made.force and made.silent:
        raise ValueError("force sends and changes nothing, silent changes and sends nothing: one")
    told = [name for name in made.values if name not in verb.takes]
    if told and not made.force:
        raise ValueError(f"only a lie says another {told[0]}: add force")
    if made.on_order and verb.about == PLAY:
        raise ValueError(f"{made.do} is not done to an order")


def check_value(do: str, name: str, value: str) -> None:
    """
    Whether the value of a parameter can be one.

    :raises ValueError: saying what would be right.
    """
    if name == "quantity":
        if value != REST and not (do in _SHARES and value.endswith("%")):
            if parse_amount(value) <= 0:
                raise ValueError(f"quantity {value} is not above zero")
        elif value != REST:
            share(value)
    elif name in AMOUNTS:
        parse_amount(value)
    elif name == "reason" and value not in Reason.__members__:
        raise ValueError(f"there is no reason {value[:40]!r}{_instead(value, Reason.__members__)}")
    elif name == "status" and value not in OrdStatus.__members__:
        known = OrdStatus.__members__
        raise ValueError(f"there is no status {value[:40]!r}{_instead(value, known)}")
    elif name == "phase" and value not in _PHASES:
        raise ValueError(f"there is no phase {value[:40]!r}{_instead(value, _PHASES)}")
    elif name in ("time", "timeout"):
        duration(value)
    elif name == "clock" and value not in CLOCKS:
        raise ValueError(f"there is no clock {value[:40]!r}: market or session")
    elif name == "on_error" and value not in ON_ERROR:
        raise ValueError(f"on_error {value[:40]!r} is none of {', '.join(ON_ERROR[1:])}")
    elif name == "url" and not value.startswith(("http://", "https://")):
        raise ValueError(f"{value[:80]!r} is no address such as http://127.0.0.1:8000/answer")


_NEEDED: Final = (
    ("data", "raw"),
    ("url", "webhook"),
    ("time", "after"),
    ("kind", "fault"),
    ("phase", "phase"),
)
_PHASES: Final = {phase.value: phase for phase in Phase}
_SHARES: Final = frozenset({"fill", "stop", "restate"})


def share(value: str) -> int:
    """
    A share such as ``50%`` in units of 10^-8 of the whole.

    :raises ValueError: when it is none.
    """
    part = parse_amount(value.removesuffix("%").strip())
    if not 0 < part <= 100 * UNIT:
        raise ValueError(f"{value} is no share: from above 0% to 100%")
    return part // 100


def _instead(word: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown word: the nearest name, else all there are."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), names, n=1)
    if close:
        return f": did you mean {names[close[0]]!r}?"
    return f"; known: {', '.join(names.values())}" if names else "; it takes nothing"


# -- the short form


def parse_steps(text: str) -> tuple[Step, ...]:
    """
    The steps of a line.

    :raises ValueError: saying which step is wrong, and what would be right.
    """
    found: list[Step] = []
    for number, words in enumerate(_split(text), 1):
        try:
            found.append(_step(words))
        except ValueError as error:
            raise ValueError(f"step {number}: {error}") from None
    return checked(found)


def _split(text: str) -> list[list[str]]:
    """The words of each step; where one is in quotes, a NUL stands in it before what they hold."""
    steps: list[list[str]] = [[]]
    word, quote = "", ""
    for char in text + ";":
        if quote:
            if char == quote:
                quote = ""
            else:
                word += char
        elif char in "\"'" and (not word or word.endswith("=")):
            quote = char
            word += "\0"
        elif char in " \t\n;" or (char == "@" and "=" not in word and "/" not in word):
            if word:
                steps[-1].append(word)
            word = ""
            if char == "@":
                steps[-1].append("@")
            elif char == ";" and steps[-1]:
                steps.append([])
        else:
            word += char
    if quote:
        raise ValueError(f"a text that begins with {quote} has no end")
    return steps[:-1] if not steps[-1] else steps


def _step(words: list[str]) -> Step:
    on_order = words[0] == "order" and len(words) > 1
    do, *rest = words[1:] if on_order else words
    verb = VERBS.get(do)
    if verb is None:
        raise ValueError(f"there is no verb {do[:40]!r}{_instead(do, VERBS)}")
    known, places = parameters(verb), [name for name in verb.takes if name != "price"]
    if do == "reply":
        made = Step(do, {}, _fields(rest), on_order=on_order)
        check_step(made)
        return made
    values: dict[str, str] = {}
    flags: set[str] = set()
    at = False
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "@" and "price" in known and not at:
            at = True
            continue
        if word in FLAGS and (word != "late" or do == "fill"):
            flags.add(word)
            continue
        if at and "price" not in values:
            name, value = "price", word
        elif not (equals and name in known) or word[:1] == "\0":
            if not places:
                raise ValueError(f"{do} takes no {_plain(word)[:40]!r} there")
            name, value = places[0], word
        if name in places:
            places.remove(name)
        values[name] = _plain(value)
    if at and "price" not in values:
        raise ValueError(f"{do} @ needs a price after it, such as @ 10.01")
    if do == "raw" and "data" in values:
        values["data"] = values["data"].replace("|", _SOH)
    made = Step(do, values, (), "force" in flags, "silent" in flags, "late" in flags, on_order)
    check_step(made)
    return made


def _fields(words: list[str]) -> tuple[tuple[str, str], ...]:
    """The fields of a reply, with commas, bars or spaces between; a value in quotes is whole."""
    pairs: list[tuple[str, str]] = []
    for word in words:
        for part in [word] if "\0" in word else word.replace("|", ",").split(","):
            name, equals, value = part.partition("=")
            if part and (not equals or not name):
                raise ValueError(f"{_plain(part)[:40]!r} is no field such as 35=8")
            if part:
                pairs.append((name, _plain(value)))
    return tuple(pairs)


def _plain(word: str) -> str:
    return word.replace("\0", "")


def steps_text(steps: Iterable[Step]) -> str:
    """The steps as one line, as :func:`parse_steps` takes it."""
    return "; ".join(_step_text(each) for each in steps)


def _step_text(made: Step) -> str:
    words = ["order"] if made.on_order else []
    words.append(made.do)
    values = dict(made.values)
    if made.do == "raw":
        values["data"] = values["data"].replace(_SOH, "|")
    for name in parameters(VERBS[made.do]):
        if name not in values:
            continue
        value = _quoted(values[name])
        if name == "price":
            words += ["@", value]
        elif name == "quantity" or name in ("time", "url", "reason", "data", "kind", "phase"):
            words.append(value)
        else:
            words.append(f"{name}={value}")
    words += [f"{name}={_field_text(value)}" for name, value in made.fields]
    words += [name for name in FLAGS if getattr(made, name)]
    return " ".join(words)


def _field_text(value: str) -> str:
    return f'"{value}"' if "," in value or "|" in value else _quoted(value)


def _quoted(value: str) -> str:
    """A value as one word."""
    if value and not any(char in " \t\n;@\"'" for char in value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'
