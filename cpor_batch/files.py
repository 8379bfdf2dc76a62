"""Files: written whole or not at all, under names that every system takes."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from cpor_batch.errors import OutputError

_BLOCK_BYTES: Final = 1024 * 1024
_DATABASE_START: Final = b"SQLite format 3\x00"
_HYPHENS: Final = re.compile(r"-+")
_MAX_BYTES: Final = 96
"""Of a slug outside ASCII: some file systems allow 143 bytes for a name, with all before and behind it."""
# Letters and marks that show nothing: fillers of Hangul, joiners, and selectors of a letter's variant.
_INVISIBLE: Final = frozenset(
    map(
        chr,
        (
            0x34F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x3164,
            0xFFA0,
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Windows takes these for devices, with any extension, in any folder.
_DEVICE_NAMES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
# Letters that do not decompose into an ASCII letter and an accent.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "đ": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`; whoever looks sees the old file or the whole new one, or OutputError."""
    with open_for_replacement(path) as file:
        file.write(content)


@contextmanager
def open_for_replacement(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when the block ends well.

    Folders are made as needed. A link or anything else but a file at `path` is refused. OutputError says
    what to do; nothing is left behind then.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        _refuse_all_but_files(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as exc:
        raise _output_error(path, exc) from exc
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def safe_name(text: str, *, max_length: int = 60) -> str:
    """Return `text` as a slug of small letters, digits and hyphens, at most `max_length` long, never empty.

    Latin letters lose their accents; letters of other scripts stay what they are. Safe on every file system:
    no separators, no trailing dots, no device names, no invisible characters. Different texts may give the
    same slug, so a file's name needs something unique beside it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    letters = unicodedata.normalize("NFC", "".join(_without_accents(unicodedata.normalize("NFKD", folded))))
    slug = _shorten(_HYPHENS.sub("-", letters).strip("-"), max_length).strip("-")
    if not slug:
        return "unnamed"
    return f"{slug}-" if slug in _DEVICE_NAMES else slug


def ascii_name(text: str, *, max_length: int = 60) -> str:
    """Return `text` as `safe_name` does, but in a-z, 0-9 and hyphens alone: for names of other systems."""
    latin = safe_name(text, max_length=max_length).encode("ascii", "replace").decode()
    return safe_name(latin, max_length=max_length)


def _without_accents(decomposed: str) -> Iterator[str]:
    """Yield letters and digits, marks that belong to a letter outside Latin, and hyphens for all else."""
    base = ""
    for character in decomposed:
        category = unicodedata.category(character)
        kind = category[0]
        if character in _INVISIBLE or category == "Cf":
            continue
        if kind == "M":
            if base and not base.isascii():
                yield character
            continue
        base = character if kind in "LN" else ""
        yield base or "-"


def _shorten(slug: str, max_length: int) -> str:
    return slug[:max_length].encode()[: max(max_length, _MAX_BYTES)].decode(errors="ignore")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes in lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _refuse_all_but_files(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "no ordinary file"
        raise OutputError(f"this is {what}.", hint="Move it away, or choose another name.", where=str(path))
    with path.open("rb") as file:
        if file.read(len(_DATABASE_START)) == _DATABASE_START:
            raise OutputError(
                "this is a database, perhaps the ledger.", hint="Choose another name.", where=str(path)
            )


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may undo the renaming. Windows cannot open folders, and needs it less.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _output_error(path: Path, exc: OSError) -> OutputError:
    reason = exc.strerror or str(exc)
    if isinstance(exc, PermissionError):
        hint = (
            "Close the file if it is open in Excel, and see that you may write in its folder; then run the "
            "command again."
        )
    else:
        hint = "Make room or name another place, then run the command again."
    return OutputError(f"cannot be written ({reason}).", hint=hint, where=str(path))
