"""
The verbs at work: what :data:`exsim.model.verbs.VERBS` says is done here, whoever asks for it.

Holds, live orders, rules, behaviours and scripts all come through :func:`do`. Each verb leaves the
state of orders consistent, or does nothing and raises: the error says what would be right. With
``force`` a message is sent that is no outcome of anything (:mod:`exsim.dispatch.lies`).

``now`` is market time; events are appended to the desk's ``out``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.dispatch import order_verbs, request_verbs
from exsim.dispatch.desk import Desk
from exsim.dispatch.lies import tell
from exsim.dispatch.pending import forget
from exsim.dispatch.subject import Subject
from exsim.errors import Conflict
from exsim.model.events import Event, Outgoing, RawBytes, Report
from exsim.model.steps import Step, check_value
from exsim.model.verbs import ORDER, VERBS

Doer = Callable[[Desk, Subject, Step, int], None]


def do(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """
    Do one step, whose values are no templates any more.

    :raises exsim.errors.Conflict: when that cannot be; nothing is changed then.
    :raises exsim.errors.NotFound: when the order has no such fill.
    """
    doer = DOERS.get(step.do)
    if doer is None:
        raise Conflict(f"{step.do} is for rules: there is nothing to do it to")
    for name, value in step.values.items():
        _check(step.do, name, value)
    before = len(desk.out)
    if step.force:
        tell(desk, subject, step, now)
    else:
        if VERBS[step.do].about == ORDER:
            order_verbs.check_order(subject, step)
        doer(desk, subject, step, now)
    _remember(subject, desk.out, before)
    if step.silent:
        del desk.out[before:]


def _check(do: str, name: str, value: str) -> None:
    try:
        check_value(do, name, value)
    except ValueError as error:
        raise Conflict(f"{do} {name}: {error}") from None


def _remember(subject: Subject, out: list[Event], before: int) -> None:
    """The ExecID of the last report of the order."""
    order = subject.order
    for event in out[before:]:
        if isinstance(event, Report) and order is not None and event.order_id == order.order_id:
            subject.exec_id = event.exec_id


# -- messages of one's own making


def _reply(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    check_reply(subject)
    desk.out.append(Outgoing(subject.session, step.fields))
    _answered(subject)


def _raw(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    check_reply(subject)
    desk.out.append(RawBytes(subject.session, step.get("data").encode("latin-1")))
    _answered(subject)


def check_reply(subject: Subject) -> None:
    """
    Whether there is somebody to send a message to.

    :raises exsim.errors.Conflict: when there is not.
    """
    if not subject.session:
        raise Conflict("it came by no session, so there is nobody to reply to")


def _answered(subject: Subject) -> None:
    """A message of somebody's making answers a request that was undecided."""
    if not subject.decided and subject.request is not None:
        subject.decided = True
        forget(subject.venue, subject.request)


DOERS: Final[dict[str, Doer]] = {
    "release": request_verbs.release,
    "match": request_verbs.match,
    "ack": request_verbs.ack,
    "pending": request_verbs.pending,
    "fill": order_verbs.fill,
    "reject": request_verbs.reject,
    "cancel": order_verbs.cancel,
    "expire": order_verbs.expire,
    "restate": order_verbs.restate,
    "bust": order_verbs.bust,
    "correct": order_verbs.correct,
    "stop": order_verbs.stop,
    "suspend": order_verbs.suspend,
    "resume": order_verbs.resume,
    "calculate": order_verbs.mark,
    "done-for-day": order_verbs.mark,
    "drop": request_verbs.drop,
    "reply": _reply,
    "raw": _raw,
}
"""By verb; ``hold``, ``after`` and ``webhook`` are done by :mod:`exsim.dispatch.plays`."""
