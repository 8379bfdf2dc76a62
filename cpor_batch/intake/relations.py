"""Which part of an .xlsx or .xlsb workbook holds which sheet, and what the workbook refers to elsewhere."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from cpor_batch.intake.archive import Archive
from cpor_batch.intake.prolog import checked_pieces
from cpor_batch.intake.refusal import corrupt

_PACKAGE: Final = "_rels/.rels"
_DOCUMENT: Final = "/officeDocument"
_HIDDEN: Final = frozenset({"hidden", "veryHidden"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """One sheet of the workbook and the part that holds its cells."""

    name: str
    part: str
    is_hidden: bool


def workbook_part(archive: Archive) -> str | None:
    """Return the name of the part that holds the workbook, or None where there is none."""
    package = archive.find(_PACKAGE)
    if package is not None:
        for kind, target in _relations(archive, package, base="").values():
            if kind.endswith(_DOCUMENT):
                return archive.find(target)
    return archive.find("xl/workbook.xml") or archive.find("xl/workbook.bin")


def sheet_targets(archive: Archive, workbook: str) -> Mapping[str, str]:
    """Return the parts that the workbook refers to, by the identifier of the reference."""
    folder, name = posixpath.split(workbook.replace("\\", "/"))
    relations = archive.find(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    if relations is None:
        return {}
    found = _relations(archive, relations, base=folder)
    return {key: part for key, (_, target) in found.items() if (part := archive.find(target))}


def sheet_parts(archive: Archive, workbook: str) -> tuple[SheetPart, ...]:
    """Return the sheets of an .xlsx workbook in their order."""
    targets = sheet_targets(archive, workbook)
    sheets = []
    for attributes in _elements(archive, workbook, "sheet"):
        key = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
        part = targets.get(key)
        if part is not None and "name" in attributes:
            is_hidden = attributes.get("state", "") in _HIDDEN
            sheets.append(SheetPart(name=attributes["name"], part=part, is_hidden=is_hidden))
    return tuple(sheets)


def _relations(archive: Archive, part: str, *, base: str) -> Mapping[str, tuple[str, str]]:
    """Return identifier -> (type, name of the part) of the inner relations."""
    found = {}
    for attributes in _elements(archive, part, "Relationship"):
        if attributes.get("TargetMode") != "External" and "Target" in attributes:
            target = attributes["Target"]
            name = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(base, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), name)
    return found


def _elements(archive: Archive, part: str, name: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of that name, whatever their prefix."""
    found: list[dict[str, str]] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    content = b"".join(checked_pieces(iter([archive.read(part)]), part))
    parser = expat.ParserCreate("utf-8" if not content.startswith(b"<?xml") else None)
    parser.StartElementHandler = begin
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError as exc:
        raise corrupt(f'Its part "{part[:80]}" is no valid XML ({exc}).') from exc
    return found
