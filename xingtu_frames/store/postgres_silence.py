"""A connection that is given up where the server says nothing for longer than it may take for anything.

A network that drops everything is noticed by the sockets; a server whose disk or machine stands still keeps them alive.
"""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

SILENCE_S = 330.0
"""Longer than a statement may take, which the server itself ends."""

Value = TypeVar("Value")


class PatientConnection(psycopg.Connection[tuple[object, ...]]):
    """A connection that waits for an answer, but not for ever."""

    def wait(self, gen: PQGen[Value], *args: Any, **options: Any) -> Value:
        """Wait for what psycopg waits for, until the server has been silent for too long."""
        return super().wait(_bounded(gen), *args, **options)


def _bounded(waiting: PQGen[Value]) -> PQGen[Value]:
    heard = time.monotonic()
    try:
        state = next(waiting)
        while True:
            ready = yield state
            moment = time.monotonic()
            if ready:
                heard = moment
            elif moment - heard > SILENCE_S:
                raise psycopg.OperationalError(f"the server has said nothing for {SILENCE_S:g} s")
            state = waiting.send(ready)
    except StopIteration as done:
        result: Value = done.value
        return result
