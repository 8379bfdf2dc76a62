"""What documents need of this machine's disk, packed to travel to workers that do not share it.

The built-in templates do not travel: every worker has them, and they are compared when the work begins.
"""

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.sources import find_source
from cpor_batch.domain.document import DocumentOrder

KEPT: Final = 8
"""How many fingerprints a worker keeps unpacked."""
_TEMPLATES: Final = "templates"
_LOGOS: Final = "logos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Luggage:
    """The user's own templates and the logos of some documents, as bytes."""

    templates_dir: str | None
    """Where the templates lie on the machine that they come from; None without own templates."""
    files: Mapping[str, bytes] = field(repr=False)
    """By the place that each has when unpacked, with "/"."""
    logos: Mapping[str, str]
    """Path on the machine that the logo comes from -> its place in `files`."""
    fingerprint: str
    """SHA-256 (hex) of all files and their places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The same files on a worker's disk."""

    luggage: Luggage
    folder: Path

    @property
    def assets(self) -> Assets:
        """The templates in use."""
        if self.luggage.templates_dir is None:
            return Assets()
        return Assets(templates_dir=self.folder / _TEMPLATES)

    def localise(self, order: DocumentOrder) -> DocumentOrder:
        """Return the order with the logo's path on this machine."""
        if order.partner.logo is None:
            return order
        logo = self.folder / self.luggage.logos[order.partner.logo]
        return replace(order, partner=replace(order.partner, logo=str(logo)))

    def restore_names(self, message: str) -> str:
        """Return the message with the paths that its reader knows."""
        for path, place in self.luggage.logos.items():
            message = message.replace(str(self.folder / place), path)
        return message.replace(str(self.folder / _TEMPLATES), self.luggage.templates_dir or "")


def pack(orders: Iterable[DocumentOrder], assets: Assets) -> Luggage:
    """Return what these documents need; OSError where a logo cannot be read.

    Raises ConfigurationError for a template that is a link out of its folder.
    """
    files = {f"{_TEMPLATES}/{name}": content for name, content in _read_own_templates(assets)}
    (logos, content) = _read_logos({order.partner.logo for order in orders if order.partner.logo is not None})
    files |= content
    own = assets.templates_dir
    return Luggage(
        templates_dir=None if own is None else str(own),
        files=files,
        logos=logos,
        fingerprint=_fingerprint(files),
    )


def _read_own_templates(assets: Assets) -> Iterator[tuple[str, bytes]]:
    own = assets.templates_dir
    if own is not None:
        for name in assets.list_templates():
            if assets.template_path(name).is_relative_to(own):
                yield name, find_source(assets, name).read_bytes()


def _read_logos(paths: Iterable[str]) -> tuple[dict[str, str], dict[str, bytes]]:
    places, files = {}, {}
    for path in sorted(paths):
        content = Path(path).read_bytes()
        # The logo's name counts among what a document says, so it stays what it is.
        place = f"{_LOGOS}/{hashlib.sha256(content).hexdigest()}/{PurePath(path).name}"
        places[path], files[place] = place, content
    return places, files


def _fingerprint(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


_UNPACKED: "OrderedDict[str, tempfile.TemporaryDirectory[str]]" = OrderedDict()


def unpack(luggage: Luggage) -> Unpacked:
    """Return the luggage as files of this machine, written once by each process; for one thread at a time."""
    if luggage.fingerprint not in _UNPACKED:
        while len(_UNPACKED) >= KEPT:
            _UNPACKED.popitem(last=False)[1].cleanup()
        folder = tempfile.TemporaryDirectory(prefix="cpor-batch-")
        for name, content in luggage.files.items():
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        Path(folder.name, _TEMPLATES).mkdir(exist_ok=True)
        _UNPACKED[luggage.fingerprint] = folder
    _UNPACKED.move_to_end(luggage.fingerprint)
    return Unpacked(luggage=luggage, folder=Path(_UNPACKED[luggage.fingerprint].name))
