"""Processes that drive venues, one each, so that clients do not wait for each other."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any, Final

from exsim.bench.answers import Answers
from exsim.bench.child import START_SECONDS
from exsim.bench.driver import BenchError, Line, Load, connect, drive
from exsim.bench.orders import ADD, Market, Orders, reports_of, requests_of
from exsim.errors import ExsimError

VERSION: Final = "FIX.4.2"
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Job:
    """
    What a client is to do; ``sender`` is its CompID. The times from orders to their reports are
    told where ``timed``: they are many.
    """

    sender: str
    orders: int
    window: int
    seconds: float
    timed: bool = False


@contextmanager
def clients(places: Sequence[int | None]) -> Iterator[list[Connection]]:
    """Processes that carry out jobs, each on its CPU, if one is said; they end with their pipes."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes = []
        for cpu in places:
            ours, theirs = context.Pipe()
            process = context.Process(target=_client, args=(theirs, cpu), daemon=True)
            process.start()
            theirs.close()
            stack.callback(process.join)
            stack.callback(ours.close)  # the last one goes first
            pipes.append(ours)
        yield pipes


def log_on(pipes: Sequence[Connection], addresses: Sequence[Address], job: Job) -> None:
    """
    Have each client log on at an address.

    :raises BenchError: when one cannot.
    """
    for pipe, address in zip(pipes, addresses, strict=True):
        pipe.send((address, job))
    for pipe in pipes:
        _answer(pipe)


def work(pipes: Sequence[Connection]) -> list[Load]:
    """
    Have those who logged on do their job at the same time, until the last is done.

    :raises BenchError: when one cannot.
    """
    for pipe in pipes:
        pipe.send("go")
    return [_answer(pipe) for pipe in pipes]


def _answer(pipe: Connection) -> Any:
    try:
        answer = pipe.recv() if pipe.poll(START_SECONDS + 90) else None
    except EOFError:
        answer = None
    if answer is None:
        raise BenchError("a client does not answer")
    if isinstance(answer, str):
        raise BenchError(answer)
    return answer


def _client(pipe: Connection, cpu: int | None) -> None:
    """Carry out jobs until nobody is there to give one."""
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})
    while True:
        try:
            address, job = pipe.recv()
            pipe.send(_work(address, job, pipe))
        except EOFError:
            return
        except (ExsimError, OSError) as error:
            pipe.send(str(error))


def _work(address: Address, job: Job, pipe: Connection) -> Load:
    """Log on, wait for the word, send, and log out."""
    orders = Orders(VERSION, job.sender, Market(), time.time_ns())
    requests = orders.requests(ADD, job.orders)
    answers = Answers(orders.prefix, requests_of(ADD, job.orders), reports_of(ADD))
    line = Line(connect(address), orders, requests, answers)
    try:
        line.log_on()
        pipe.send(True)
        pipe.recv()
        load = drive([line], job.window, 1, job.seconds)
        return load if job.timed else replace(load, latencies=())
    finally:
        line.close()
