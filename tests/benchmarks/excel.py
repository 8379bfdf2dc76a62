"""A large .xlsx as Excel itself writes it: shared texts, a reference in every cell, dates as numbers.

Written by hand because a general writer takes a minute for a file that is read in seconds.
"""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

Cell = str | int | date | None

_FIRST_DAY: Final = date(1899, 12, 30)
_TEXT_STYLE, _DATE_STYLE = 0, 1
_ROWS_AT_ONCE: Final = 2_000
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Claims" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}


def write_sheet(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook of one sheet, Claims, with the header in row 1. The same rows give the same bytes."""
    texts: dict[str, int] = {}
    letters = [column_letter(index) for index in range(len(header))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in _PARTS.items():
            archive.writestr(_member(name), _HEAD + content)
        with archive.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            lines = [_row_xml(1, header, letters, texts)]
            for number, row in enumerate(rows, start=2):
                lines.append(_row_xml(number, row, letters, texts))
                if len(lines) >= _ROWS_AT_ONCE:
                    sheet.write("".join(lines).encode())
                    lines.clear()
            sheet.write("".join(lines).encode() + b"</sheetData></worksheet>")
        with archive.open(_member("xl/sharedStrings.xml"), "w", force_zip64=True) as shared:
            shared.write(f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">'.encode())
            shared.write("".join(map(_text_xml, texts)).encode())
            shared.write(b"</sst>")


def _text_xml(text: str) -> str:
    return f'<si><t xml:space="preserve">{escape(text)}</t></si>'


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (2021, 4, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _row_xml(number: int, row: Sequence[Cell], letters: Sequence[str], texts: dict[str, int]) -> str:
    cells = []
    for letter, cell in zip(letters, row, strict=True):
        if cell is None:
            continue
        if isinstance(cell, str):
            index = texts.setdefault(cell, len(texts))
            cells.append(f'<c r="{letter}{number}" s="{_TEXT_STYLE}" t="s"><v>{index}</v></c>')
        elif isinstance(cell, date):
            cells.append(f'<c r="{letter}{number}" s="{_DATE_STYLE}"><v>{(cell - _FIRST_DAY).days}</v></c>')
        else:
            cells.append(f'<c r="{letter}{number}"><v>{cell}</v></c>')
    return f'<row r="{number}" spans="1:{len(row)}">{"".join(cells)}</row>'


def column_letter(index: int) -> str:
    """Return the letters of the column with this index, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
