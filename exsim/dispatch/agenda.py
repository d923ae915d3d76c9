"""What a venue has to do later, by its market clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")


class Agenda(Generic[Task]):
    """Tasks by due time (nanoseconds UTC); those due at one time keep the order of adding."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Task]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, due: int, task: Task) -> None:
        """Do ``task`` at ``due``."""
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, task))

    def next_due(self) -> int | None:
        """When the first task falls due, or None when there is none."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: int) -> tuple[int, Task] | None:
        """Take out the first task that is due by ``now``, with its due time."""
        if not self._heap or self._heap[0][0] > now:
            return None
        due, _, task = heapq.heappop(self._heap)
        return due, task

    def forget(self, doomed: Callable[[Task], bool]) -> None:
        """Forget the tasks of which ``doomed`` says so."""
        self._heap = [each for each in self.tasks() if not doomed(each[2])]

    def some(self, wanted: Callable[[Task], bool]) -> list[Task]:
        """Those of which ``wanted`` says so, in the order in which they were added."""
        found = [each for each in self._heap if wanted(each[2])]
        found.sort(key=_by_number)
        return [each[2] for each in found]

    def tasks(self) -> list[tuple[int, int, Task]]:
        """All of them in due order: when, the number they were added under, and what."""
        return sorted(self._heap, key=_by_due)

    @property
    def count(self) -> int:
        """How many were added since the start."""
        return self._count

    def restore(self, tasks: list[tuple[int, int, Task]], count: int) -> None:
        """Hold what :meth:`tasks` and :attr:`count` told."""
        self._heap = tasks  # what is in order is a heap
        self._count = count

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._count = 0


def _by_number(task: tuple[int, int, Any]) -> int:
    return task[1]


def _by_due(task: tuple[int, int, Any]) -> tuple[int, int]:
    return task[0], task[1]
