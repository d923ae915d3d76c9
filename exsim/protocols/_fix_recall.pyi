"""The hot part of :mod:`exsim.protocols.fix_recall` in C."""

class Shape:
    """Reads messages that have the same tags in the same order."""

    def __new__(cls, fields: list[tuple[object, ...]], defaults: tuple[object, ...]) -> Shape: ...
    def read(self, raw: bytes) -> tuple[object, ...] | None: ...
