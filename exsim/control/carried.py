"""
The REST interface of a node: beside that of all venues, one of each venue that it carries.

Other nodes ask there, under ``/carried/VENUE/api/v1``, so that no question goes round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from twisted.internet.interfaces import IReactorTime
from twisted.web.resource import Resource
from twisted.web.server import Request

from exsim.control.access import Access
from exsim.control.limits import BoundedSite
from exsim.control.operations import IControl
from exsim.control.resource import ControlResource

CARRIED: Final = "/carried/"
"""What a path begins with that asks for a venue that is carried here; its name follows."""

Find = Callable[[str], IControl | None]
"""What is asked for a venue, by its name; None where there is none of that name."""


def make_node_site(
    control: IControl, access: Access, reactor: IReactorTime, find: Find
) -> BoundedSite:
    """As :func:`exsim.control.resource.make_site` does, of a node."""
    return BoundedSite(CarriedResource(ControlResource(control, access, reactor), find), reactor)


class CarriedResource(Resource):
    """``whole``, and what is found under :data:`CARRIED`, with the same paths."""

    isLeaf = True

    def __init__(self, whole: ControlResource, find: Find) -> None:
        super().__init__()
        self._whole = whole
        self._find = find
        self._parts: dict[str, ControlResource] = {}

    def render(self, request: Request) -> Any:
        """Take what says which venue off the path."""
        path = request.path.decode("ascii", "replace")
        if not path.startswith(CARRIED):
            return self._whole.render(request)
        name, slash, rest = path.removeprefix(CARRIED).partition("/")
        part = self._part(unquote(name))
        if part is None:
            return self._whole.render(request)  # which says that there is no such path
        request.path = (slash + rest).encode("ascii", "replace")
        return part.render(request)

    def _part(self, name: str) -> ControlResource | None:
        part = self._parts.get(name)
        if part is None and (control := self._find(name)) is not None:
            part = self._parts[name] = self._whole.beside(control)
        return part
