"""What a message can be refused for before anyone has to decide on it."""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError

# SessionRejectReasons(373) that only a message of an application can give
GROUP_COUNT: Final = 16
APPL_VER: Final = 18


class Refused(RemoteError):
    """
    A message that is malformed: answered by a Reject(3).

    ``reason`` is a SessionRejectReason(373), ``tag`` the field at fault, b"" for none.
    """

    def __init__(self, reason: int, tag: bytes = b"") -> None:
        super().__init__(reason, tag)
        self.reason: int = reason
        self.tag: bytes = tag


class RefusedAs(RemoteError):
    """
    A message that is well formed, but asks for what cannot be, where the version has a message that
    says so: of type ``msg_type``, with that ``body``.
    """

    def __init__(self, msg_type: bytes, body: bytes) -> None:
        super().__init__(msg_type, body)
        self.msg_type: bytes = msg_type
        self.body: bytes = body


class RefusedBusiness(RemoteError):
    """A message that is well formed, but asks for what cannot be: BusinessMessageReject(j).

    ``reason`` is a BusinessRejectReason(380).
    """

    def __init__(self, reason: int, text: str) -> None:
        super().__init__(text)
        self.reason: int = reason
        self.text: str = text
