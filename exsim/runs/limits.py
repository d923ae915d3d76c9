"""An end to what takes too long, in whatever thread it is."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Overdue(BaseException):
    """
    It took too long.

    No ``Exception``: what isolates the errors of policies and bots must not take it for one.
    """


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """
    Do something that may take so many seconds.

    Python code is ended wherever it is; what waits in C goes on until it returns.

    :raises Overdue: when it takes longer.
    """
    thread, lock = threading.get_ident(), threading.Lock()
    ended, late = False, False

    def end() -> None:
        nonlocal late
        with lock:
            late = not ended
            if late:
                _raise_in(thread, ctypes.py_object(Overdue))

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            ended = True
            if late:
                _raise_in(thread, None)  # where it has not been raised yet
    if late:
        raise Overdue


def _raise_in(thread: int, error: ctypes.py_object[type[BaseException]] | None) -> None:
    """Have a thread raise an exception as soon as it runs Python code; with None, not any more."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
