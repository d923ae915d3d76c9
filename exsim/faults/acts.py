"""What each kind of fault does to a message, but for what needs to know the protocol's bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from exsim.faults.kinds import IN, OUT
from exsim.interfaces import Best, Surgery
from exsim.model.luck import Luck
from exsim.model.treatment import HALF_CLOSE, RESET, SLICES, Defect, Piece, Treatment

_SECOND: Final = 1_000_000_000


class Case:
    """
    A fault at work on one message: its parameters, its chance, the protocol's surgery, and the
    ``best`` prices of the venue.

    ``now`` is nanoseconds since 1970 UTC by the session's clock; ``name`` that of the fault.
    """

    __slots__ = ("best", "direction", "kind", "luck", "name", "now", "surgery", "values")

    def __init__(
        self,
        name: str,
        kind: str,
        direction: str,
        values: Mapping[str, Any],
        luck: Luck,
        surgery: Surgery,
        now: int,
        best: Best,
    ) -> None:
        self.best = best
        self.name = name
        self.kind = kind
        self.direction = direction
        self.values = values
        self.luck = luck
        self.surgery = surgery
        self.now = now


Act = Callable[[Treatment, Case], None]


def _drop(treatment: Treatment, case: Case) -> None:
    treatment.pieces = []


def _ignore(treatment: Treatment, case: Case) -> None:
    treatment.pieces = []
    treatment.ignored = True


def _hold(treatment: Treatment, case: Case) -> None:
    treatment.held = True


def _unmade(treatment: Treatment, case: Case) -> None:
    treatment.pieces = []
    treatment.unused = True


def _delay(treatment: Treatment, case: Case) -> None:
    extra = case.luck.below(case.values["jitter"] + 1) if case.values["jitter"] else 0
    for piece in treatment.pieces:
        piece.delay += case.values["time"] + extra


def _latency(treatment: Treatment, case: Case) -> None:
    time = case.values["time"]
    extra = time if case.kind == "latency" else case.luck.below(time + 1)
    for piece in treatment.pieces:
        piece.delay += extra
        piece.in_order = True


def _bandwidth(treatment: Treatment, case: Case) -> None:
    for piece in treatment.pieces:
        piece.paced += len(piece.raw) * _SECOND // case.values["rate"]
        piece.in_order = True


def _duplicate(treatment: Treatment, case: Case) -> None:
    copy = treatment.raw
    if case.values["poss_dup"]:
        copy = case.surgery.duplicate(copy, case.now)
    treatment.pieces += [Piece(copy) for _ in range(case.values["copies"])]


def _insert(treatment: Treatment, case: Case) -> None:
    piece = Piece(case.values["raw"])
    where = case.values["where"]
    if where == "before":
        treatment.pieces.insert(0, piece)
    elif where == "after":
        treatment.pieces.append(piece)
    else:
        treatment.pieces = [piece]


def _garbage(treatment: Treatment, case: Case) -> None:
    data = case.values["raw"]
    if data is None:
        data = bytes(case.luck.below(256) for _ in range(case.values["size"]))
    treatment.pieces.insert(0, Piece(data))


def _join(treatment: Treatment, case: Case) -> None:
    for piece in treatment.pieces:
        piece.passes = case.values["count"]
        piece.delay += case.values["within"]
        piece.ahead = case.kind == "join"


def _slicer(treatment: Treatment, case: Case) -> None:
    for piece in treatment.pieces:
        piece.defect = Defect(SLICES, case.values["size"], case.values["gap"])


def _cut(treatment: Treatment, case: Case) -> None:
    """Only the beginning of the message still goes, and then the connection ends."""
    treatment.pieces = [] if case.direction == IN else [_beginning(treatment, case)]
    treatment.ends = f"fault {case.name}: {case.kind}"
    if case.kind == "reset":
        last = Piece(b"")
        last.defect = Defect(RESET)
        treatment.pieces.append(last)


def _beginning(treatment: Treatment, case: Case) -> Piece:
    raw, at = treatment.raw, case.values["at"]
    sizes = {"all": len(raw), "half": len(raw) // 2}
    return Piece(raw[: sizes.get(at, at)])


def _half_close(treatment: Treatment, case: Case) -> None:
    last = Piece(b"")
    last.defect = Defect(HALF_CLOSE)
    if case.direction == IN:
        treatment.pieces = []
    treatment.pieces.append(last)
    treatment.hole_out = True


def _black_hole(treatment: Treatment, case: Case) -> None:
    ways = case.values["ways"]
    treatment.hole_in = ways != OUT
    treatment.hole_out = ways != IN
    treatment.pieces = []


def _refuse(treatment: Treatment, case: Case) -> None:
    treatment.refused = case.values["text"]
    treatment.silent = case.values["silent"]
    treatment.code = case.values["code"]


def _logout(treatment: Treatment, case: Case) -> None:
    treatment.logout = case.values["text"]
    if case.direction == IN:
        _ignore(treatment, case)


def _skip(treatment: Treatment, case: Case) -> None:
    treatment.skipped += case.values["by"]
    _operate(treatment, case)
    treatment.kept = treatment.raw


def _late(treatment: Treatment, case: Case) -> None:
    """As if it were made only later: it has no number yet."""
    for piece in treatment.pieces:
        piece.delay += case.values["time"]
        piece.unnumbered = True
    treatment.unused = True


def _conflate(treatment: Treatment, case: Case) -> None:
    """Told with all others at the end of the interval that it is in."""
    interval = case.values["time"]
    for piece in treatment.pieces:
        piece.delay += interval - case.now % interval
        piece.unnumbered = piece.merged = True
    treatment.unused = True


def _cross(treatment: Treatment, case: Case) -> None:
    by = 0 if case.values["locked"] else case.values["by"]
    _replace(treatment, case.surgery.crossed(treatment.raw, case.best, by))


def _halt(treatment: Treatment, case: Case) -> None:
    told = case.surgery.halted(treatment.raw, case.now)
    if told:
        piece = Piece(told)
        piece.unnumbered = True
        treatment.pieces.append(piece)


def _operate(treatment: Treatment, case: Case) -> None:
    """Have the protocol's surgery change the message, wherever it is among the pieces."""
    _replace(treatment, case.surgery.operate(case.kind, treatment.raw, case.values, case.luck))


def _replace(treatment: Treatment, changed: bytes) -> None:
    for piece in treatment.pieces:
        if piece.raw == treatment.raw:
            piece.raw = changed
    treatment.raw = changed


SURGERY: Final = frozenset(
    (
        "change",
        "bad-checksum",
        "wrong-body-length",
        "missing-soh",
        "oversize-field",
        "low-number",
        "skip-number",
        "wrong-gap-fill",
        "stale-sending-time",
        "unknown-type",
        "oversize-packet",
        "wrong-sequence",
    )
)
"""The kinds that a protocol's surgery does."""

ACTS: Final[dict[str, Act]] = {
    "drop": _drop,
    "ignore": _ignore,
    "delay": _delay,
    "duplicate": _duplicate,
    "insert": _insert,
    "hold": _hold,
    "latency": _latency,
    "jitter": _latency,
    "bandwidth": _bandwidth,
    "slicer": _slicer,
    "cut": _cut,
    "reset": _cut,
    "black-hole": _black_hole,
    "half-close": _half_close,
    "join": _join,
    "garbage": _garbage,
    "reorder": _join,
    "ignore-resend-request": _ignore,
    "stop-heartbeats": _unmade,
    "ignore-test-request": _ignore,
    "refuse-logon": _refuse,
    "logout": _logout,
    **dict.fromkeys(SURGERY, _operate),
    "skip-number": _skip,
    "data-gap": _unmade,
    "crossed-book": _cross,
    "stale": _late,
    "late-snapshot": _late,
    "conflate": _conflate,
    "halt": _halt,
    "copy-lag": _late,
    "missing-trade": _unmade,
}
"""By the name of the kind."""
