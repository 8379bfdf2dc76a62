"""A claim's own PoE document behind a generated cover page: one file to upload or to print."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.content import fingerprint_of
from cpor_batch.documents.libraries import require_libraries
from cpor_batch.documents.naming import document_path
from cpor_batch.documents.rendering import render_cover, template_fingerprint
from cpor_batch.documents.result import DocumentError
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.domain.evidence import Unreadable
from cpor_batch.domain.limits import GIBIBYTE, MEBIBYTE, Limits
from cpor_batch.files import sha256_of, write_atomically
from cpor_batch.isolation import Child, ChildDiedError

_CHILD: Final = "cpor_batch.documents.returned.appending:append"
_MAX_BYTES: Final = 64 * MEBIBYTE
_MAX_MEMORY: Final = 2 * GIBIBYTE
_MAX_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOrder:
    """One bundle to be made."""

    order: DocumentOrder
    """The claim, its partner and language; its date is the cover's."""
    attachment: Path
    signed_on: date | None = None

    @property
    def path(self) -> str:
        """Where the bundle is kept, relative to the out folder, with "/"."""
        return document_path(DocumentKind.BUNDLE, self.order.reference, self.order.claim)


def fingerprint_of_bundle(bundle: BundleOrder, assets: Assets) -> str:
    """Return the SHA-256 (hex) of what it is made from; DocumentError where the document is missing."""
    _, sha256 = _look_at(bundle)
    cover = fingerprint_of(bundle.order, template_fingerprint=template_fingerprint(assets))
    facts = (cover, bundle.attachment.name, sha256, bundle.signed_on, bundle.order.dated_on)
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()


def write_bundle(bundle: BundleOrder, *, out: Path, assets: Assets, limits: Limits) -> Path:
    """Write the cover with the document behind it and return the path; the same files give the same bytes.

    A document that is no PDF is not opened: the cover names it. Raises DocumentError for a missing or broken
    document, OutputError, and what making a document raises.
    """
    require_libraries()
    target = out / bundle.path
    size, sha256 = _look_at(bundle)
    facts: dict[str, object] = {"name": bundle.attachment.name, "size": _shown(size), "sha256": sha256}
    if bundle.attachment.suffix.lower() != ".pdf":
        write_atomically(target, _print_cover(bundle, {**facts, "pages": None}, assets))
        return target
    if size > min(limits.file_bytes, _MAX_BYTES):
        raise _error(bundle, f"it has {_shown(size)}.", "Print it to a new PDF with smaller pictures.")
    made = _append(bundle, lambda pages: _print_cover(bundle, {**facts, "pages": pages}, assets), limits)
    write_atomically(target, made)
    return target


def _look_at(bundle: BundleOrder) -> tuple[int, str]:
    """Return the size and the SHA-256 of the claim's own document."""
    try:
        return bundle.attachment.stat().st_size, sha256_of(bundle.attachment)
    except OSError as exc:
        raise _error(bundle, f"it cannot be opened ({exc.strerror or exc}).", "Check the file.") from exc


def _append(bundle: BundleOrder, make_cover: Callable[[int], bytes], limits: Limits) -> bytes:
    memory, seconds = min(limits.child_bytes, _MAX_MEMORY), min(limits.seconds, _MAX_SECONDS)
    arguments = (str(bundle.attachment), str(bundle.order.reference))
    try:
        with Child(_CHILD, *arguments, memory_bytes=memory, seconds=seconds) as child:
            pages = child.receive()
            if not isinstance(pages, int):
                raise _refused(bundle, pages)
            child.send(make_cover(pages))
            made = child.receive()
    except ChildDiedError as exc:
        reason = f"reading it failed: {exc.death.value}."
        raise _error(bundle, reason, "Print it to a new PDF, or ask for it again.") from exc
    if not isinstance(made, bytes):
        raise _refused(bundle, made)
    return made


def _print_cover(bundle: BundleOrder, attachment: dict[str, object], assets: Assets) -> bytes:
    from cpor_batch.documents.printing import open_printer

    page = render_cover(bundle.order, attachment, assets, signed_on=bundle.signed_on)
    return open_printer(assets).print_page(page, where=bundle.order.reference, is_form=False).pdf


def _refused(bundle: BundleOrder, answer: object) -> DocumentError:
    if not isinstance(answer, Unreadable):
        raise TypeError(f"unexpected answer of the reading process: {type(answer).__name__}")
    return _error(bundle, answer.message[:1].lower() + answer.message[1:], answer.hint)


def _error(bundle: BundleOrder, message: str, hint: str) -> DocumentError:
    where = f"{bundle.order.reference}, PoE document {bundle.attachment.name}"
    return DocumentError(message, hint=hint, where=where)


def _shown(size: int) -> str:
    kilobytes = max(1, round(size / 1024))
    return f"{kilobytes} kB" if kilobytes < 1024 else f"{size / MEBIBYTE:.1f} MB"  # noqa: PLR2004  # 1 MB
