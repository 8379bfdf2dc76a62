"""Break off what takes too long, in whichever thread it runs: workers of a cluster work in threads."""

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TooSlowError(BaseException):
    """Time is up. Not an Exception, because WeasyPrint catches those and goes on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlowError in what is done within, after so many seconds."""
    is_main = threading.current_thread() is threading.main_thread()
    with _by_signal(seconds) if is_main and hasattr(signal, "SIGALRM") else _by_timer(seconds):
        yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TooSlowError


@contextmanager
def _by_timer(seconds: float) -> Iterator[None]:
    """Signals reach the main thread alone; another one is only ever broken off by the interpreter itself."""
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock, is_over = threading.Lock(), threading.Event()

    def ring() -> None:
        with lock:
            if not is_over.is_set():
                raise_in(thread, ctypes.py_object(TooSlowError))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over.set()
        timer.cancel()
        raise_in(thread, None)  # one that rang at the last moment must not strike later
