"""What a venue's agenda holds: requests to go on with, and fills that are not done yet."""

from __future__ import annotations

from collections.abc import Callable

from exsim.dispatch.chain import Chain
from exsim.model.decisions import FillStep
from exsim.model.plain import Plain, request_of, request_state
from exsim.model.requests import Request


class Resume:
    """Agenda: go on with a delayed request at ``position`` of its chain."""

    __slots__ = ("chain", "position", "request")

    def __init__(self, request: Request, chain: Chain, position: int) -> None:
        self.request = request
        self.chain = chain
        self.position = position


class NextFill:
    """Agenda: one step of a fill that a policy spread over time."""

    __slots__ = ("number", "step")

    def __init__(self, number: int, step: FillStep) -> None:
        self.number = number
        self.step = step


Task = Resume | NextFill


def is_of(task: Task, session: str) -> bool:
    """Whether a task is a delayed request of a session."""
    return isinstance(task, Resume) and task.request.session == session


def task_state(task: Task) -> Plain:
    """A task as plain values."""
    if isinstance(task, Resume):
        names = [link.policy.name for link in task.chain]
        return [request_state(task.request), names, task.position]
    step = task.step
    return [task.number, step.qty, step.price, step.after]


def task_of(plain: Plain, chain_of: Callable[[list[str]], Chain]) -> Task:
    """The task of plain values; ``chain_of`` makes a chain of the names of its policies."""
    if len(plain) == 3:
        request, names, position = plain
        return Resume(request_of(request), chain_of(names), position)
    number, qty, price, after = plain
    return NextFill(number, FillStep(qty, price, after))
