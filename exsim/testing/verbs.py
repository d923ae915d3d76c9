"""
The verbs: what a test does about a request or an order.

They are the steps of a rule (``exsim.when("D").then(ack(), fill(200, "10.01"))``), and what is done
at once to a hold (``hold.fill(200, "10.01")``) or an order (``exsim.order("first").cancel()``).
docs/rules.rst has the table of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exsim.client.codec import Amount, Fields, amount, pairs
from exsim.control import double_schemas as ds


@dataclass(frozen=True, slots=True)
class Verb:
    """One step: what to do, and what it takes."""

    do: str
    values: Mapping[str, Any]

    def step(self) -> ds.RuleStep:
        """As a rule has it."""
        return ds.RuleStep(do=self.do, **self.values)  # type: ignore[arg-type]  # it is checked there


def _verb(do: str, told: Mapping[str, Any], **values: Any) -> Verb:
    """A verb of what was given; ``told`` says how it is told: ``force``, ``silent`` and so on."""
    given = {**values, **told}
    return Verb(do, {name: value for name, value in given.items() if value is not None})


def release() -> Verb:
    """Let the request go on with the next policy."""
    return _verb("release", {})


def match() -> Verb:
    """Give it to the matching engine, past all policies."""
    return _verb("match", {})


def ack(**told: Any) -> Verb:
    """Do what the request asks for: an order is accepted, and rests off the book."""
    return _verb("ack", told)


def pending(**told: Any) -> Verb:
    """Tell that the request is pending."""
    return _verb("pending", told)


def fill(quantity: Amount | None = None, price: Amount | None = None, **told: Any) -> Verb:
    """Fill the order: so much (``200``, ``"50%"``; else all that is left), at a price."""
    return _verb("fill", told, quantity=amount(quantity), price=amount(price))


def reject(reason: str | None = None, text: str | None = None, **told: Any) -> Verb:
    """Refuse the request, for a reason such as ``"TOO_LATE"``."""
    return _verb("reject", told, reason=reason, text=text)


def cancel(text: str | None = None, **told: Any) -> Verb:
    """Cancel the order, unasked."""
    return _verb("cancel", told, text=text)


def expire(**told: Any) -> Verb:
    """End the order as if its time were over."""
    return _verb("expire", told)


def restate(
    quantity: Amount | None = None,
    price: Amount | None = None,
    text: str | None = None,
    **told: Any,
) -> Verb:
    """Put the order on other terms, unasked."""
    return _verb("restate", told, quantity=amount(quantity), price=amount(price), text=text)


def bust(exec_id: str | None = None, text: str | None = None, **told: Any) -> Verb:
    """Cancel a fill, by default the last one: it never was."""
    return _verb("bust", told, exec_id=exec_id, text=text)


def correct(
    quantity: Amount | None = None,
    price: Amount | None = None,
    exec_id: str | None = None,
    text: str | None = None,
    **told: Any,
) -> Verb:
    """Correct the quantity or the price of a fill, by default of the last one."""
    given = {"quantity": amount(quantity), "price": amount(price), "exec_id": exec_id}
    return _verb("correct", told, text=text, **given)


def stop(quantity: Amount | None = None, price: Amount | None = None, **told: Any) -> Verb:
    """Tell that the order is stopped: guaranteed a price."""
    return _verb("stop", told, quantity=amount(quantity), price=amount(price))


def suspend(**told: Any) -> Verb:
    """Take the order out of the market without ending it."""
    return _verb("suspend", told)


def resume(**told: Any) -> Verb:
    """Put an order back that was suspended."""
    return _verb("resume", told)


def drop() -> Verb:
    """Forget the request: its sender hears nothing."""
    return _verb("drop", {})


def reply(fields: Fields) -> Verb:
    """Answer with a message of these fields, by tag or name, its type among them."""
    return _verb("reply", {}, fields=pairs(fields))


def raw(data: bytes) -> Verb:
    """Answer with these bytes."""
    return _verb("raw", {}, raw=data)


class Decided(ABC):
    """Something that the verbs can be done to, each as a method of its name."""

    @abstractmethod
    def do(self, verb: Verb) -> Any:
        """Do it; what became of the order."""

    def release(self) -> Any:
        """See :func:`release`."""
        return self.do(release())

    def match(self) -> Any:
        """See :func:`match`."""
        return self.do(match())

    def ack(self, **told: Any) -> Any:
        """See :func:`ack`."""
        return self.do(ack(**told))

    def pending(self, **told: Any) -> Any:
        """See :func:`pending`."""
        return self.do(pending(**told))

    def fill(self, quantity: Amount | None = None, price: Amount | None = None, **told: Any) -> Any:
        """See :func:`fill`."""
        return self.do(fill(quantity, price, **told))

    def reject(self, reason: str | None = None, text: str | None = None, **told: Any) -> Any:
        """See :func:`reject`."""
        return self.do(reject(reason, text, **told))

    def cancel(self, text: str | None = None, **told: Any) -> Any:
        """See :func:`cancel`."""
        return self.do(cancel(text, **told))

    def expire(self, **told: Any) -> Any:
        """See :func:`expire`."""
        return self.do(expire(**told))

    def restate(
        self,
        quantity: Amount | None = None,
        price: Amount | None = None,
        text: str | None = None,
        **told: Any,
    ) -> Any:
        """See :func:`restate`."""
        return self.do(restate(quantity, price, text, **told))

    def bust(self, exec_id: str | None = None, text: str | None = None, **told: Any) -> Any:
        """See :func:`bust`."""
        return self.do(bust(exec_id, text, **told))

    def correct(
        self,
        quantity: Amount | None = None,
        price: Amount | None = None,
        exec_id: str | None = None,
        text: str | None = None,
        **told: Any,
    ) -> Any:
        """See :func:`correct`."""
        return self.do(correct(quantity, price, exec_id, text, **told))

    def stop(self, quantity: Amount | None = None, price: Amount | None = None, **told: Any) -> Any:
        """See :func:`stop`."""
        return self.do(stop(quantity, price, **told))

    def suspend(self, **told: Any) -> Any:
        """See :func:`suspend`."""
        return self.do(suspend(**told))

    def resume(self, **told: Any) -> Any:
        """See :func:`resume`."""
        return self.do(resume(**told))

    def drop(self) -> Any:
        """See :func:`drop`."""
        return self.do(drop())

    def reply(self, fields: Fields) -> Any:
        """See :func:`reply`."""
        return self.do(reply(fields))

    def raw(self, data: bytes) -> Any:
        """See :func:`raw`."""
        return self.do(raw(data))
