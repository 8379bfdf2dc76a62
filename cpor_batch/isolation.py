"""Run a function in a child process with a memory limit and a deadline.

What comes from outside can make a parser abort, hang or eat all memory; a child can die of that without the
run dying with it. The child starts without `site` and imports only what its function needs.

A function for the child is named "package.module:function" and takes a `Channel` first. Both sides exchange
messages: plain values and frozen values of this package.
"""

import importlib
import os
import pickle
import subprocess
import sys
import threading
import time
from contextlib import suppress
from enum import Enum
from queue import Empty, SimpleQueue
from typing import IO, Final, Self, cast

_BOOTSTRAP: Final = (
    "import sys, pickle; "
    "sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from cpor_batch.isolation import serve; "
    "serve()"
)
# What a message may be made of besides containers, texts, numbers and classes of this package. No functions,
# so that a child that has been taken over cannot have the parent run anything.
_PLAIN_CLASSES: Final = frozenset(
    {
        ("array", "_array_reconstructor"),
        ("array", "array"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("builtins", "bytearray"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
    }
)
_PACKAGE: Final = __name__.partition(".")[0]
_LAST_WORDS_BYTES: Final = 4096
_KILLED: Final = -9


class Death(Enum):
    """Why a child ended without an answer."""

    DEADLINE = "it took longer than allowed"
    MEMORY = "it needed more memory than allowed"
    CRASH = "it crashed"


class ChildDiedError(Exception):
    """The child ended without an answer; the caller decides what that means for the file at hand."""

    def __init__(self, death: Death, detail: str = "") -> None:
        """Keep the cause and the child's last words, which are for the log and not for people."""
        super().__init__(f"{death.value}: {detail}" if detail else death.value)
        self.death = death
        self.detail = detail


class ChildFailedError(Exception):
    """The function in the child raised something that is a bug of ours; the text says what."""


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) in _PLAIN_CLASSES:
            return super().find_class(module, name)
        if module.partition(".")[0] == _PACKAGE:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a message")


class Channel:
    """The child's end: what it sends, and what it is told."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def send(self, message: object) -> None:
        """Send one value to the parent."""
        self._send("message", message)

    def receive(self) -> object:
        """Wait for the next value that the parent sends; EOFError when the parent has gone."""
        return _PlainUnpickler(self._incoming).load()

    def fail(self, kind: str, text: str) -> None:
        """Send what ended the child."""
        self._send(kind, text)

    def _send(self, kind: str, content: object) -> None:
        pickler = pickle.Pickler(self._outgoing, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.fast = (
            True  # messages are values without cycles; remembering every text takes most of the time
        )
        pickler.dump((kind, content))
        self._outgoing.flush()


class Child:
    """The parent's end of a function that runs in a child process. Close it, or use it in a `with` block."""

    def __init__(self, target: str, *arguments: object, memory_bytes: int, seconds: float) -> None:
        """Start `target` ("package.module:function") with `arguments`; every answer may take `seconds`."""
        import tempfile

        self._seconds = seconds
        self._asked_at = time.monotonic()
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOTSTRAP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            env={
                **os.environ,
                "RUST_BACKTRACE": "0",
            },  # looking up names for one takes longer than the reading
        )
        self._to_child = cast("IO[bytes]", self._process.stdin)  # a pipe was asked for, so it is there
        self._answers: SimpleQueue[tuple[str, object]] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        with suppress(OSError):  # the child has gone already; receive() says why
            pickle.dump(sys.path, self._to_child)
            pickle.dump((target, memory_bytes, seconds, arguments), self._to_child)
            self._to_child.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def send(self, message: object) -> None:
        """Send one value; the time for the next answer starts anew."""
        self._asked_at = time.monotonic()
        with suppress(OSError):  # the child has gone; receive() says why
            pickle.dump(message, self._to_child, protocol=pickle.HIGHEST_PROTOCOL)
            self._to_child.flush()

    def receive(self) -> object:
        """Return the next value; ChildDiedError if the child ends or is late, ChildFailedError for a bug."""
        left = self._asked_at + self._seconds - time.monotonic()
        try:
            kind, value = self._answers.get(timeout=max(0.0, left))
        except Empty:
            self.close()
            raise ChildDiedError(Death.DEADLINE) from None
        if kind == "message":
            return value
        if kind == "failed":
            self.close()
            raise ChildFailedError(str(value))
        raise self._obituary(kind, str(value))

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._last_words.close()
        with suppress(OSError):  # what was not yet written has no reader any more
            self._to_child.close()

    def _listen(self) -> None:
        pipe = cast("IO[bytes]", self._process.stdout)  # a pipe was asked for, so it is there
        with pipe:
            try:
                while True:
                    self._answers.put(_PlainUnpickler(pipe).load())
            except EOFError:
                self._answers.put(("ended", ""))
            except Exception as exc:  # noqa: BLE001 - whatever a broken message raises, the child is done for
                self._answers.put(("ended", f"{type(exc).__name__}: {exc}"))

    def _obituary(self, kind: str, text: str) -> ChildDiedError:
        if kind == "memory":
            death, detail = Death.MEMORY, text
        else:
            status = self._process.wait()
            self._last_words.seek(0, os.SEEK_END)
            self._last_words.seek(max(0, self._last_words.tell() - _LAST_WORDS_BYTES))
            words = self._last_words.read().decode(errors="replace").strip()
            # Rust says "memory allocation of N bytes failed" and aborts; the kernel just kills (-9).
            is_memory = status == _KILLED or "memory allocation of" in words or "MemoryError" in words
            death = Death.MEMORY if is_memory else Death.CRASH
            detail = f"exit status {status} {text} {words}".strip()
        self.close()
        return ChildDiedError(death, detail)


def serve() -> None:
    """Run in the child: apply the limits, call the function that the parent names, report how it ended."""
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not end up among the messages
    target, memory_bytes, seconds, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - our parent's
    _limit_this_process(memory_bytes, seconds)
    channel = Channel(sys.stdin.buffer, outgoing)
    module, _, function = target.partition(":")
    try:
        getattr(importlib.import_module(module), function)(channel, *arguments)
    except MemoryError:
        channel.fail("memory", "MemoryError")
    except (BrokenPipeError, EOFError, KeyboardInterrupt):
        pass  # the parent has gone or is going
    except BaseException as exc:  # noqa: BLE001 - the parent is told, and raises
        channel.fail("failed", f"{type(exc).__name__}: {exc}"[:_LAST_WORDS_BYTES])
    outgoing.close()
    os._exit(0)  # nothing is left to tidy up, and freeing a large sheet cell by cell takes time


def _limit_this_process(memory_bytes: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the deadline holds there all the same
        return
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    # A child whose parent was killed must not go on for ever.
    _lower(resource.RLIMIT_CPU, int(4 * seconds) + 1)


def _lower(limit: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(limit)
    if hard not in (resource.RLIM_INFINITY, -1):
        value = min(value, hard)
    resource.setrlimit(limit, (value, value))
