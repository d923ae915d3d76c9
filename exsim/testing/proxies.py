"""A proxy as a test sees it: between the system under test and another acceptor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, overload

from exsim.client.blocking_operations import BlockingOperations
from exsim.control import proxy_results as pr
from exsim.filters import filter_of
from exsim.testing.asking import Span, matched, span
from exsim.testing.sessions import Direction, Fault, Match
from exsim.testing.then import or_none, then

Protocol = Literal["fix", "ouch", "soup", "raw"]
Changes = Mapping[str | int, str | None] | str


class Held:
    """
    A message that a proxy holds: :meth:`release` or :meth:`drop` it.

    What else is known of it is as :class:`exsim.control.proxy_results.HeldMessage` has it:
    ``session``, ``direction``, ``type``, ``text``, ``fields``, ...
    """

    def __init__(self, simulator: BlockingOperations, proxy: str, result: pr.HeldMessage) -> None:
        self._simulator = simulator
        self._proxy = proxy
        self.result = result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.result, name)

    def release(self, fields: Changes = "", raw: bytes | None = None) -> None:
        """
        Let it go on: as it is, with some fields changed (``{44: "10.05", 58: None}``, which takes
        Text away), or with other bytes in its place.
        """
        given = {"fields": _text(fields), "raw": raw}
        done = self._simulator.release_held(self._proxy, self.result.held, **given)  # type: ignore[arg-type]  # each as it is named
        return then(done, lambda _: None)

    def drop(self) -> None:
        """Let it never go on."""
        return then(self._simulator.drop_held(self._proxy, self.result.held), lambda _: None)

    def __repr__(self) -> str:
        return f"<held {self.result.held} of {self.result.session}: {self.result.text}>"


class HeldMessages:
    """The messages that a proxy holds."""

    def __init__(self, simulator: BlockingOperations, proxy: str) -> None:
        self._simulator = simulator
        self._proxy = proxy

    @overload
    def wait(self, within: Span = ...) -> Held: ...

    @overload
    def wait(self, within: Span = ..., *, count: int) -> list[Held]: ...

    def wait(self, within: Span = "2s", *, count: int | None = None) -> Held | list[Held]:
        """
        Wait for a message that is held: the oldest one. With ``count``, for so many: a list.

        :raises AssertionError: when they do not come in time.
        """
        __tracebackhide__ = True
        least = count or 1

        def look(found: pr.AwaitedHeld) -> Held | list[Held]:
            __tracebackhide__ = True
            if not found.complete:
                raise AssertionError(
                    f"Expected {least} messages held at proxy {self._proxy} within {span(within)}:"
                    f" found {len(found.items)}."
                )
            held = [Held(self._simulator, self._proxy, item) for item in found.items]
            return held[0] if count is None else held

        asked = self._simulator.wait_held(self._proxy, timeout=span(within), count=least)
        return then(asked, look)

    def all(self) -> list[Held]:
        """All that wait now, oldest first."""
        page = self._simulator.list_held(self._proxy, limit=1000)
        return then(
            page, lambda page: [Held(self._simulator, self._proxy, item) for item in page.items]
        )


class Proxy:
    """
    A proxy: the system under test connects to ``host`` and ``port``, and is connected on.

    ``origin`` is what filters call it: ``exsim.expect("D", endpoint=proxy.origin)``. As a context
    manager it is removed at the end of the block, otherwise by :meth:`remove`.
    """

    def __init__(self, simulator: BlockingOperations, result: pr.Proxy) -> None:
        self._simulator = simulator
        self.name = result.name
        self.origin = result.origin
        self.host = result.host
        self.port = result.port or 0
        self.held = HeldMessages(simulator, result.name)

    def fault(
        self,
        kind: str,
        match: Match | None = None,
        direction: Direction | None = None,
        count: int | None = None,
        probability: str = "1",
        seed: int | None = None,
        **parameters: str | int | bool,
    ) -> Fault:
        """
        Have messages that go by and fit ``match`` go wrong from now on, ``count`` times.

        ``direction`` is ``in`` for what the client says. docs/proxy.rst has the kinds.
        """
        made = self._simulator.create_fault(
            kind=kind,
            endpoint=self.origin,
            match=str(filter_of(match)) if match else None,
            direction=direction,
            count=count,
            probability=probability,
            seed=seed,
            parameters=parameters,
        )
        return then(made, lambda made: Fault(self._simulator, made.name))

    def hold(
        self, kind: str = "", /, direction: Direction = "in", count: int | None = None, **match: Any
    ) -> Fault:
        """
        Hold messages of a type (``"D"``) that fit: they wait in ``held``.

        ``match`` are names of fields: ``symbol="AAA"``, ``qty__ge=500``.
        """
        return self.fault("hold", matched(kind, match), direction, count)

    def links(self) -> list[pr.Link]:
        """Who is connected, oldest first."""
        return then(self._simulator.list_links(self.name, limit=1000), lambda page: page.items)

    def remove(self) -> None:
        """Close its links, and listen no more."""
        return or_none(lambda: self._simulator.delete_proxy(self.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def _text(fields: Changes) -> str:
    if isinstance(fields, str):
        return fields
    return "|".join(f"{tag}={value or ''}" for tag, value in fields.items())
