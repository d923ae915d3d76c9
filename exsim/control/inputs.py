"""What all that operations take has in common."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from exsim.control.fields import Amount, Key, Status


class Input(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """
    Base of what is given.

    Of the fields that ``some_of`` names at least one has to be there, of ``one_of`` exactly one.
    """

    some_of: ClassVar[tuple[str, ...]] = ()
    one_of: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if self.some_of and all(getattr(self, name) is None for name in self.some_of):
            raise ValueError(f"Give {' or '.join(self.some_of)}, or both")
        if self.one_of and sum(getattr(self, name) is not None for name in self.one_of) != 1:
            raise ValueError(f"Give either {' or '.join(self.one_of)}")


class Telling(Input, frozen=True, kw_only=True):
    """
    How it is told. With ``force`` the message is sent, and state is left as it is; what it
    says may be given, too. With ``silent`` state changes, and nothing is sent.
    """

    force: bool = False
    silent: bool = False
    report_id: Key | None = None
    status: Status | None = None
    cum: Amount | None = None
    leaves: Amount | None = None
    average: Amount | None = None
