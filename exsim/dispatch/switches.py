"""Kill switches: of the venue, of sessions, of accounts and of firms."""

from __future__ import annotations

from typing import Final

from exsim.model.plain import Plain

VENUE: Final = "venue"
SESSION: Final = "session"
ACCOUNT: Final = "account"
FIRM: Final = "firm"


class Switches:
    """
    What is switched off, and why: :attr:`off` by scope and name, the venue's under an empty name.

    Who is switched off enters and replaces nothing, but may cancel.
    """

    __slots__ = ("off",)

    def __init__(self) -> None:
        self.off: dict[tuple[str, str], str] = {}

    def set(self, scope: str, name: str, off: bool, why: str) -> None:
        """Switch somebody off, or on again."""
        if off:
            self.off[scope, name] = why
        else:
            self.off.pop((scope, name), None)

    def killed(self, session: str, account: str, firm: str) -> str:
        """What keeps an order out, in words; empty for nothing."""
        off = self.off
        for key in ((VENUE, ""), (SESSION, session), (ACCOUNT, account), (FIRM, firm)):
            why = off.get(key)
            if why is not None and (key[1] or key[0] == VENUE):
                name = f" {key[1]}" if key[1] else ""
                text = f"the kill switch of {key[0]}{name} is on"
                return f"{text}: {why}" if why else text
        return ""

    def state(self) -> Plain:
        """All of it."""
        return [[scope, name, why] for (scope, name), why in self.off.items()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.off = {(scope, name): why for scope, name, why in plain}
