"""
Damage done to recordings: bits, bytes, fields, messages, and the whole course of events.

A recording is mutated by one to three faults, the first of a kind that goes round with the
number of the case, so that every kind has its share. All comes of the ``Random`` passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.fix_conversation import wrap
from tests.soak.recordings import Cut, Recording, Send, Step, Wait

SOH = b"\x01"
PIECES = (
    b"",
    SOH,
    b"=",
    b"8=FIX",
    b"\x019=",
    b"\x0110=",
    b"\x0110=000\x01",
    b"8=FIX.4.2\x019=5\x01",
)
VALUES = (
    b"",
    b"0",
    b"1",
    b"2",
    b"Y",
    b"N",
    b"A",
    b"-1",
    b"+7",
    b"007",
    b"1.5",
    b".",
    b"1e400",
    b"999999999999999999999",
    b"4294967296",
    b"20240229-23:59:50",
    b"99999999-99:99:99.999",
    b"\xff\x00",
    b"=",
    b" ",
    b"x" * 300,
    b"9" * 5_000,
)
NUMBERS = (b"0", b"-1", b"007", b"9223372036854775808", b"1" + b"0" * 300, b"9" * 5_000)
TAGS = (
    *b"8 9 10 35 34 49 52 56 36 43 7 8 16 89 93 95 96 97 98 108 112 115 122 123 128 141".split(),
    *b"11 37 38 40 41 44 54 55 59 60 99 126 453 448 552 553 554 586 789 1128 1137 5001".split(),
    *(b"0", b"-1", b"007", b"x", b"", b"9" * 30),
)

Fields = list[tuple[bytes, bytes]]
Fault = Callable[[list[Step], Random, Sequence[Recording]], None]


def mutated(number: int, recordings: Sequence[Recording], random: Random) -> list[Step]:
    """The steps of a recording after the faults of a case, empty ones left out."""
    steps = list(recordings[number % len(recordings)].steps)
    kind = number // len(recordings) % len(FAULTS)
    for fault in [FAULTS[kind], *random.choices(FAULTS, k=random.randrange(3))]:
        fault(steps, random, recordings)
    return [step for step in steps if not isinstance(step, Send) or step.data]


def _pick(steps: list[Step], random: Random) -> int:
    """The place of some message."""
    places = [at for at, step in enumerate(steps) if isinstance(step, Send)]
    return random.choice(places) if places else -1


def _alter(change: Callable[[bytes, Random], bytes]) -> Fault:
    """A fault that changes the bytes of a message."""

    def fault(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
        at = _pick(steps, random)
        if at >= 0:
            step = steps[at]
            assert isinstance(step, Send)
            steps[at] = Send(step.who, change(step.data, random))

    return fault


# -- bytes


def _flip_bit(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return (
        data[:at]
        + bytes(byte ^ 1 << random.randrange(8) for byte in data[at : at + 1])
        + data[at + 1 :]
    )


def _insert_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return (
        data[:at]
        + (random.choice(PIECES) or random.randbytes(random.choice((1, 3, 30))))
        + data[at:]
    )


def _delete_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 1, 3, 30)) :]


def _replace_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    new = random.choice(PIECES) or random.randbytes(random.choice((1, 3, 30)))
    return data[:at] + new + data[at + len(new) :]


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _junk(data: bytes, random: Random) -> bytes:
    """Far more than a message may be long, of what begins no message or one without an end."""
    piece = random.choice((b"x", b"\x01", b"8=FI", b"8=FIX.4.4\x019=5\x0135=0\x01", b"0=0\x01"))
    return data + piece * (random.choice((100, 6_000, 10_000)) // len(piece))


# -- fields


def _split(data: bytes) -> Fields:
    """The fields of a message between BodyLength and CheckSum."""
    fields = [tuple(field.partition(b"=")[::2]) for field in data.split(SOH)[2:-2]]
    return [(tag, value) for tag, value in fields] or [(b"35", b"0")]


def _join(data: bytes, fields: Fields, random: Random) -> bytes:
    """A message of these fields; in one of four, length and checksum stay those of ``data``."""
    texts = [b"=".join(field) for field in fields]
    parts = data.split(SOH)
    if random.randrange(4) == 0:
        return SOH.join([*parts[:2], *texts, *parts[-2:]])
    begin = parts[0][2:].decode("latin-1")
    return wrap(begin, [text.decode("latin-1") for text in texts])


def _of_fields(change: Callable[[Fields, int, Random], None]) -> Fault:
    """A fault that changes a message at one of its fields."""

    def altered(data: bytes, random: Random) -> bytes:
        fields = _split(data)
        change(fields, random.randrange(len(fields)), random)
        return _join(data, fields, random)

    return _alter(altered)


def _swap_fields(fields: Fields, at: int, random: Random) -> None:
    other = random.randrange(len(fields))
    fields[at], fields[other] = fields[other], fields[at]


def _double_field(fields: Fields, at: int, random: Random) -> None:
    fields.insert(random.randrange(len(fields) + 1), fields[at])


def _drop_field(fields: Fields, at: int, random: Random) -> None:
    del fields[at]


def _add_field(fields: Fields, at: int, random: Random) -> None:
    fields.insert(at, (random.choice(TAGS), random.choice(VALUES)))


def _change_tag(fields: Fields, at: int, random: Random) -> None:
    fields[at] = (random.choice(TAGS), fields[at][1])


def _change_value(fields: Fields, at: int, random: Random) -> None:
    fields[at] = (fields[at][0], random.choice(VALUES))


def _change_number(fields: Fields, at: int, random: Random) -> None:
    """A number a little off, or far: sequence numbers, quantities, counts, codes."""
    numbers = [at for at, (_tag, value) in enumerate(fields) if value.isdigit() and len(value) < 19]
    if numbers:
        at = random.choice(numbers)
        tag, value = fields[at]
        near = b"%d" % max(0, int(value) + random.choice((-10, -2, -1, 1, 2, 10, 2_000)))
        fields[at] = (tag, random.choice((near, near, near, random.choice(NUMBERS))))


def _change_version(data: bytes, random: Random) -> bytes:
    begin = random.choice(("FIX.4.0", "FIX.4.2", "FIX.4.4", "FIXT.1.1", "FIX.5.0", "FIX", "X", ""))
    return wrap(begin, [b"=".join(field).decode("latin-1") for field in _split(data)])


def _change_length(data: bytes, random: Random) -> bytes:
    parts = data.split(SOH)
    lengths = (b"", b"0", b"1", b"-1", b"99", b"2000", b"3000", b"0120", b"999999999999", b"x")
    return SOH.join([parts[0], b"9=" + random.choice(lengths), *parts[2:]])


def _change_checksum(data: bytes, random: Random) -> bytes:
    sums = (b"", b"0", b"000", b"256", b"0000", b"-01", b"x", b"0" * 40)
    return SOH.join([*data.split(SOH)[:-2], b"10=" + random.choice(sums), b""])


# -- the course of events


def _swap_steps(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    if steps:
        at, other = random.randrange(len(steps)), random.randrange(len(steps))
        steps[at], steps[other] = steps[other], steps[at]


def _double_step(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    if steps:
        steps.insert(random.randrange(len(steps) + 1), random.choice(steps))


def _drop_steps(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    at = random.randrange(len(steps) + 1)
    del steps[at : at + random.choice((1, 1, 1, 4))]


def _stop_early(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    del steps[random.randrange(len(steps) + 1) :]


def _break(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    """The socket is lost within a message, or time passes there."""
    at = _pick(steps, random)
    if at >= 0:
        step = steps[at]
        assert isinstance(step, Send)
        cut = random.randrange(len(step.data) + 1)
        between = random.choice((Cut(step.who), Wait(random.choice((0.0, 1.0, 36.0)))))
        steps[at : at + 1] = [
            Send(step.who, step.data[:cut]),
            between,
            Send(step.who, step.data[cut:]),
        ]


def _splice(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    """The end of another recording, or some of its messages, instead of the end of this one."""
    other = random.choice(recordings).steps
    at, begin = random.randrange(len(steps) + 1), random.randrange(len(other))
    if random.randrange(2):
        steps[at:at] = other[begin : begin + 4]
    else:
        steps[at:] = other[begin:]


def _merge(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    """A message within another one."""
    at, other = _pick(steps, random), _pick(steps, random)
    if at >= 0:
        outer, inner = steps[at], steps[other]
        assert isinstance(outer, Send) and isinstance(inner, Send)
        cut = random.randrange(len(outer.data) + 1)
        steps[at] = Send(outer.who, outer.data[:cut] + inner.data + outer.data[cut:])


def _confuse(steps: list[Step], random: Random, recordings: Sequence[Recording]) -> None:
    """A message comes from another socket."""
    at = _pick(steps, random)
    if at >= 0:
        step = steps[at]
        assert isinstance(step, Send)
        steps[at] = Send(random.choice("1234"), step.data)


FAULTS: tuple[Fault, ...] = (
    *map(_alter, (_flip_bit, _insert_bytes, _delete_bytes, _replace_bytes, _truncate, _junk)),
    *map(_of_fields, (_swap_fields, _double_field, _drop_field, _add_field)),
    *map(_of_fields, (_change_tag, _change_value, _change_number)),
    *map(_alter, (_change_version, _change_length, _change_checksum)),
    *(_swap_steps, _double_step, _drop_steps, _stop_early, _break, _splice, _merge, _confuse),
)
