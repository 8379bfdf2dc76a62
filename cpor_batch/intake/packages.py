"""Look into a zip package (.xlsx, .xlsm, .xlsb, .ods) before calamine reads it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.limits import MEBIBYTE, Limits
from cpor_batch.intake.archive import MEDIA, Archive, open_archive
from cpor_batch.intake.facts import FactsOf, Findings, ScanInBackground, SheetFacts
from cpor_batch.intake.kinds import Kind, wrong_kind
from cpor_batch.intake.letters import column_letter
from cpor_batch.intake.messages import candidates
from cpor_batch.intake.prolog import checked_pieces
from cpor_batch.intake.refusal import RefusedError
from cpor_batch.intake.relations import SheetPart, sheet_parts, workbook_part

_MIME_TYPE: Final = "mimetype"
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_PACKAGES: Final = (
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("visio/document.xml", "a Visio drawing"),
    ("index/document.iwa", "a Numbers document"),
    ("content.xml", "an OpenDocument file that does not say that it is a spreadsheet"),
    ("androidmanifest.xml", "an Android program"),
    ("meta-inf/manifest.mf", "a Java program"),
)
# Below this a scan takes no time worth hiding; above it, half as long as calamine takes to read the sheet.
_LARGE_SHEET: Final = 16 * MEBIBYTE
_MACRO_SHEETS: Final = "/macrosheets/"
_MACRO_PARTS: Final = ("vbaproject.bin", "/basic/", "/scripts/")
_LINK_PARTS: Final = (
    ("/externallinks/", "other workbooks"),
    ("/connections.", "data connections"),
    ("/querytables/", "queries"),
)


def look_into_package(file: BinaryIO, promised: Kind, limits: Limits, *, in_turn: bool) -> Findings:
    """Return what calamine does not tell of the sheets that may be read; RefusedError where none must be.

    The scan of a large sheet may go on in the background, unless everything is to be done in turn.
    """
    archive = open_archive(file, limits)
    workbook = workbook_part(archive)
    found = _kind_of(archive, workbook)
    if found != promised:
        raise wrong_kind(found.value if isinstance(found, Kind) else found, promised)
    names = ["/" + name.replace("\\", "/").casefold() for name in archive.parts]
    if any(_MACRO_SHEETS in name for name in names):
        raise RefusedError(
            IssueCode.FILE_TYPE,
            "The workbook contains sheets of Excel 4.0 macros, which cannot be read.",
            "Copy the claims into a new workbook and save it as .xlsx.",
        )
    facts: Mapping[str, FactsOf] = {}
    if promised is Kind.OPEN_XML and workbook is not None:
        sheets = _wanted(sheet_parts(archive, workbook))
        facts = _look_at_sheets(archive, sheets, _scan_xml, in_turn=in_turn)
    elif promised is Kind.BINARY and workbook is not None:
        from cpor_batch.intake.binary import binary_sheet_parts, scan_binary

        sheets = _wanted(binary_sheet_parts(archive, workbook))
        facts = _look_at_sheets(archive, sheets, scan_binary, in_turn=in_turn)
    elif promised is Kind.OPEN_DOCUMENT:
        from cpor_batch.intake.opendocument import look_into_document

        _drain(archive, except_for={"content.xml"})
        found_facts, corners = look_into_document(archive)
        facts = {name: partial(_same, found) for name, found in found_facts.items()}
        for name, (lowest, rightmost) in corners.items():
            check_area(name, lowest, rightmost, limits=limits)
    return Findings(
        facts=facts,
        has_macros=any(mark in name for name in names for mark in _MACRO_PARTS),
        links=tuple(words for mark, words in _LINK_PARTS if any(mark in name for name in names)),
    )


def _kind_of(archive: Archive, workbook: str | None) -> Kind | str:
    """Return the kind of the package by its parts, or in words what it is instead."""
    if _MIME_TYPE in archive.parts and archive.read(_MIME_TYPE).strip().startswith(_ODS):
        return Kind.OPEN_DOCUMENT
    names = {name.replace("\\", "/").casefold() for name in archive.parts}
    for part, words in _OTHER_PACKAGES:
        if part in names:
            return words
    if workbook is None:
        return "a zip archive without a workbook in it"
    return Kind.BINARY if workbook.casefold().endswith(".bin") else Kind.OPEN_XML


ScanSheet = Callable[
    [Callable[[], Iterator[bytes]], int], tuple[SheetFacts, tuple[int, int], tuple[int, int]]
]
"""(opens the sheet's pieces, most cells allowed) -> facts, lowest and rightmost cell."""


def _wanted(sheets: Sequence[SheetPart]) -> Mapping[str, str]:
    """Return the parts of the sheets that may hold the claims, by the sheet's name."""
    names = candidates([sheet.name for sheet in sheets if not sheet.is_hidden])
    return {sheet.name: sheet.part for sheet in sheets if sheet.name in names}


def _look_at_sheets(
    archive: Archive, sheets: Mapping[str, str], scan: ScanSheet, *, in_turn: bool
) -> Mapping[str, FactsOf]:
    _drain(archive, except_for=set(sheets.values()))
    facts: dict[str, FactsOf] = {}
    for name, part in sheets.items():
        look = partial(_look_at_sheet, archive, name, part, scan)
        # One at a time reads from the file, so a scan stays in the background only where it is the last.
        if len(sheets) == 1 and not in_turn and archive.parts[part].file_size > _LARGE_SHEET:
            next(checked_pieces(archive.unpack(part), part))
            facts[name] = ScanInBackground(look)
        else:
            facts[name] = partial(_same, look())
    return facts


def _look_at_sheet(archive: Archive, name: str, part: str, scan: ScanSheet) -> SheetFacts:
    facts, lowest, rightmost = scan(lambda: checked_pieces(archive.unpack(part), part), archive.limits.cells)
    check_area(name, lowest, rightmost, limits=archive.limits)
    return facts


def _same(facts: SheetFacts) -> SheetFacts:
    return facts


def _drain(archive: Archive, *, except_for: set[str]) -> None:
    """Unpack all other parts once: their sizes are counted, and none may declare a document type."""
    for name in archive.parts:
        if name not in except_for and PurePosixPath(name).suffix.lower() not in MEDIA:
            for _ in checked_pieces(archive.unpack(name), name):
                pass


def _scan_xml(
    pieces: Callable[[], Iterable[bytes]], most_cells: int
) -> tuple[SheetFacts, tuple[int, int], tuple[int, int]]:
    from cpor_batch.intake.scan import SheetScan, furthest_cells

    scan = SheetScan()
    scan.feed(pieces())
    if scan.most_cells <= most_cells:
        return scan.facts(), (0, 0), (0, 0)
    return scan.facts(), *furthest_cells(pieces())


def check_area(name: str, lowest: tuple[int, int], rightmost: tuple[int, int], *, limits: Limits) -> None:
    """Raise RefusedError where the area between A1 and the furthest cells is too large to lay out."""
    rows, columns = lowest[0], rightmost[1] + 1
    if rows * columns <= limits.cells:
        return
    far = {f"{column_letter(column)}{row}" for row, column in (lowest, rightmost)}
    cells = " and ".join(sorted(far))
    raise RefusedError(
        IssueCode.SHEET_TOO_LARGE,
        f'The sheet "{name}" reaches to cell {cells}: {rows:,} rows and {columns:,} columns, '
        f"more than {limits.cells:,} cells.",
        f"Delete the stray content in {cells}: in Excel select all rows below and all columns to the right "
        "of your table, choose Delete and save.",
        sheet=name,
    )
