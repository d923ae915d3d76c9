"""The hot part of :mod:`exsim.protocols.fix_recall` in C."""

class Shapes:
    """Reads messages that have the same tags in the same order as others; knows at most 16."""

    def __len__(self) -> int: ...
    def learn(self, fields: list[tuple[object, ...]], defaults: tuple[object, ...]) -> None:
        """Know messages with these fields, if they are not too many."""

    def read(self, raw: bytes) -> tuple[object, ...] | None:
        """What a message has that a request is made of; None for one of another shape."""

def is_answer(raw: bytes) -> bool:
    """Whether a message that exsim sent tells what became of a request."""
