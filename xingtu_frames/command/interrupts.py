"""Ctrl-C on the command line: the first ends the work in order, a second one ends the process at once.

Process-wide: it replaces Python's own handler of SIGINT, and no other, since a shell may have had the signal ignored.
"""

from __future__ import annotations

import atexit
import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_came = threading.Event()


def came() -> bool:
    """Return whether there was an interrupt."""
    return _came.is_set()


def take_over() -> bool:
    """Let the first interrupt raise KeyboardInterrupt and the next end the process; False if it is not ours to do."""
    if threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return False
    signal.signal(signal.SIGINT, _first)
    return True


def let_go() -> None:
    """Let an interrupt end the process at once: there is nothing left that should be done in order."""
    if signal.getsignal(signal.SIGINT) is _first:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _first(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _came.set()
    raise KeyboardInterrupt


@contextlib.contextmanager
def handled() -> Iterator[None]:
    """Handle interrupts for a while; a process that was interrupted is not held up at its end either."""
    ours = take_over()
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if came():
                atexit.register(signal.signal, signal.SIGINT, signal.SIG_DFL)
