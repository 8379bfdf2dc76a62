"""Zip archives: their directory, and their parts unpacked piece by piece within limits.

`zipfile` believes the sizes that the directory declares; calamine does not. So everything that will be
unpacked is counted here as it really comes out.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from cpor_batch.domain.limits import MEBIBYTE, Limits
from cpor_batch.intake.refusal import RefusedError, corrupt, encrypted, too_large

# A workbook of Excel has some dozens of parts; a thousand pictures make some thousands.
_MOST_PARTS: Final = 10_000
_LARGEST_DIRECTORY: Final = 16 * MEBIBYTE
# Deflate can pack 1030 : 1. The densest honest sheets that were found reach 121 : 1.
_WORST_RATIO: Final = 250
_RATIO_COUNTS_FROM: Final = 8 * MEBIBYTE
_PIECE: Final = MEBIBYTE
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 0xFFFF
_END_64: Final = b"PK\x06\x06"
_LOCAL: Final = struct.Struct("<4s22xHH")
_LOCAL_START: Final = b"PK\x03\x04"
_ENCRYPTED_FLAG: Final = 1
# Pictures and sounds are never unpacked, and a blank one packs better than any sheet.
MEDIA: Final = frozenset(
    {".bmp", ".emf", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".wav", ".wdp", ".wmf", ".mp4"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open zip archive whose directory is in order."""

    file: BinaryIO
    parts: Mapping[str, zipfile.ZipInfo]
    limits: Limits

    def find(self, name: str) -> str | None:
        """Return the part's name as the archive spells it, or None; case and kind of slash do not matter."""
        if name in self.parts:
            return name
        return next((part for part in self.parts if _folded(part) == _folded(name)), None)

    def unpack(self, name: str) -> Iterator[bytes]:
        """Yield the part's content in pieces; RefusedError as soon as it goes over a limit or breaks off."""
        part = self.parts[name]
        if part.compress_type == zipfile.ZIP_STORED:
            yield from self._stored(part)
        elif part.compress_type == zipfile.ZIP_DEFLATED:
            yield from self._deflated(part)
        else:
            raise corrupt(f'The part "{_shown(name)}" is packed in a way that Excel does not use.')

    def read(self, name: str) -> bytes:
        """Return the whole content of a part that is small in every honest workbook."""
        content = bytearray()
        for piece in self.unpack(name):
            content += piece
            if len(content) > _LARGEST_DIRECTORY:
                raise too_large(f'The part "{_shown(name)}" is far larger than in any workbook of Excel.')
        return bytes(content)

    def _stored(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        left = part.compress_size
        self._seek(part)
        while left:
            piece = self.file.read(min(left, _PIECE))
            if not piece:
                raise corrupt(f'The part "{_shown(part.filename)}" breaks off.')
            left -= len(piece)
            yield piece

    def _deflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        left, size = part.compress_size, 0
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._seek(part)
        try:
            while not inflater.eof:
                packed = inflater.unconsumed_tail or self.file.read(min(left, _PIECE))
                if not inflater.unconsumed_tail:
                    left -= len(packed)
                piece = inflater.decompress(packed, _PIECE)
                if not packed and not piece:
                    raise corrupt(f'The part "{_shown(part.filename)}" breaks off.')
                size += len(piece)
                check_size(part.filename, size=size, packed=part.compress_size, limits=self.limits)
                yield piece
        except zlib.error as exc:
            raise corrupt(f'The part "{_shown(part.filename)}" is damaged.') from exc
        if size != part.file_size:
            raise corrupt(f'The part "{_shown(part.filename)}" has not the size that the file states.')

    def _seek(self, part: zipfile.ZipInfo) -> None:
        self.file.seek(part.header_offset)
        header = self.file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_START):
            raise corrupt(f'The part "{_shown(part.filename)}" is not where the file says.')
        _, name_bytes, extra_bytes = _LOCAL.unpack(header)
        self.file.seek(name_bytes + extra_bytes, 1)


def open_archive(file: BinaryIO, limits: Limits) -> Archive:
    """Read and check the directory of the archive; RefusedError where it is broken, not to be unpacked."""
    _check_end(file)
    file.seek(0)
    try:
        infos = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError) as exc:
        raise _broken_off() from exc
    infos = [info for info in infos if not info.is_dir()]
    _check_names(infos)
    _check_overlaps(infos)
    for info in infos:
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise encrypted()
        check_size(info.filename, size=info.file_size, packed=info.compress_size, limits=limits)
    total = sum(info.file_size for info in infos)
    if total > 2 * limits.part_bytes:
        raise too_large(f"Unpacked, the file has {total // MEBIBYTE} MB.")
    return Archive(file=file, parts={info.filename: info for info in infos}, limits=limits)


def check_size(name: str, *, size: int, packed: int, limits: Limits) -> None:
    """Raise RefusedError where a part is larger than allowed so far, or packed as only bombs are."""
    if PurePosixPath(name).suffix.lower() in MEDIA:
        return
    if size > limits.part_bytes:
        raise too_large(
            f'Its part "{_shown(name)}" has more than {limits.part_bytes // MEBIBYTE} MB when it is unpacked.'
        )
    if size > _RATIO_COUNTS_FROM and size > _WORST_RATIO * packed:
        raise too_large(
            f'Its part "{_shown(name)}" grows to more than {_WORST_RATIO} times its size when unpacked, '
            "as only files made to do harm do."
        )


def _check_end(file: BinaryIO) -> None:
    """Raise RefusedError unless the archive ends with a directory of reasonable size, before it is read."""
    file_bytes = file.seek(0, 2)
    file.seek(max(0, file_bytes - _END_BYTES - _LONGEST_COMMENT - 4096))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise _broken_off()
    parts, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    at_64 = tail.rfind(_END_64, 0, at)
    if at_64 >= 0 and at - at_64 >= 48:  # noqa: PLR2004 - the fields up to the directory's size
        parts, directory_bytes = struct.unpack_from("<QQ", tail, at_64 + 32)
    if parts > _MOST_PARTS or directory_bytes > _LARGEST_DIRECTORY:
        raise too_large(f"It has more parts than the {_MOST_PARTS} that a workbook can need.")


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        name = _folded(info.filename)
        if name in seen:
            # Readers disagree about which of the two counts, so what one sees is not what the other reads.
            raise corrupt(f'It holds the part "{_shown(info.filename)}" twice.')
        seen.add(name)


def _check_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise corrupt("Its parts overlap, as only in files made to do harm.")
        end = info.header_offset + info.compress_size


def _broken_off() -> RefusedError:
    return corrupt("The file is incomplete: its end is missing, as after a broken download or copy.")


def _folded(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _shown(name: str) -> str:
    """Return the name of a part for a message: printable and short."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
