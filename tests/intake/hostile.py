"""Files that are broken, hostile or merely odd: one function per kind, each with what must come of it."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.intake import Limits
from tests.intake.workbooks import (
    CLAIM,
    DECLARATION,
    HEADER,
    MAIN,
    STRICT,
    claims_xml,
    good_parts,
    packed,
    parts,
    row_xml,
    sheet_xml,
    text_cell,
)

READ: Final = "read"
"""The file is odd and honest: it is read, with its one good claim."""
MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One kind of file."""

    name: str
    make: Callable[[], bytes]
    expected: IssueCode | str
    says: str = ""
    """What the message must name."""
    limits: Limits = field(default_factory=Limits)

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.make())
        return path


def _packed_bytes(name: str, content: bytes, *, declared: int | None = None) -> bytes:
    """Return a good workbook with one more part, whose size the directory may lie about."""
    whole = bytearray(packed(good_parts(**{name: content})))
    if declared is not None:
        entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(name.encode()))
        struct.pack_into("<I", whole, entry + 24, declared)
    return bytes(whole)


def spaces(size: int) -> bytes:
    """Return a workbook whose sheet unpacks to `size` bytes, packed without ever having them all."""
    head = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    checksum, block = zlib.crc32(head), b" " * MEBIBYTE
    packed_sheet = bytearray(packer.compress(head))
    for _ in range(size // MEBIBYTE):
        packed_sheet += packer.compress(block)
        checksum = zlib.crc32(block, checksum)
    tail = b"</sheetData></worksheet>"
    packed_sheet += packer.compress(tail) + packer.flush()
    length = len(head) + size // MEBIBYTE * MEBIBYTE + len(tail)
    return raw_archive(
        [
            *(
                (
                    name,
                    zlib.compress(_bytes(content), 9)[2:-4],
                    len(_bytes(content)),
                    zlib.crc32(_bytes(content)),
                )
                for name, content in good_parts().items()
                if not name.endswith("sheet1.xml")
            ),
            ("xl/worksheets/sheet1.xml", bytes(packed_sheet), length, zlib.crc32(tail, checksum)),
        ]
    )


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def raw_archive(entries: list[tuple[str, bytes, int, int]]) -> bytes:
    """Return a zip archive of (name, deflated content, size, CRC): names may repeat, sizes may lie."""
    whole, directory = bytearray(), bytearray()
    for name, content, size, checksum in entries:
        encoded = name.encode()
        shared = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, checksum, len(content), size, len(encoded), 0)
        directory += b"PK\x01\x02\x14\x00" + shared + struct.pack("<HHHII", 0, 0, 0, 0, len(whole)) + encoded
        whole += b"PK\x03\x04" + shared + encoded + content
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(whole), 0)
    return bytes(whole + directory + b"PK\x05\x06" + end)


def small_bomb() -> bytes:
    return packed(parts({"Claims": claims_xml(after="<!--" + " " * 20 * MEBIBYTE + "-->")}))


def lying_bomb() -> bytes:
    return _packed_bytes("xl/other.xml", b"<a>" + b" " * 20 * MEBIBYTE + b"</a>", declared=100)


def lying_size() -> bytes:
    return _packed_bytes("xl/other.xml", b"<a>" + b"x" * 1000 + b"</a>", declared=100)


def many_large_parts() -> bytes:
    return packed(good_parts(**{f"xl/p{n}.xml": b"<a/>" + bytes(range(256)) * 40 for n in range(30)}))


LAUGHS: Final = (
    "<!DOCTYPE sst [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)


def with_declaration(declaration: str, part: str, *, encoding: str = "utf-8", text: str = "&a9;") -> bytes:
    content = good_parts()
    strings = f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    xml = {
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": str(content["xl/worksheets/sheet1.xml"]).removeprefix(DECLARATION),
        "xl/workbook.xml": str(content["xl/workbook.xml"]).removeprefix(DECLARATION),
        "docProps/app.xml": "<Properties/>",
    }[part]
    first = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return packed({**content, part: (first + declaration + xml).encode(encoding)})


def stray_cell(reference: str) -> bytes:
    number = "".join(letter for letter in reference if letter.isdigit())
    return packed(parts({"Claims": claims_xml(more=f'<row r="{number}">{text_cell(reference, " ")}</row>')}))


def large_sheet(*, declaration: str = "", more: str = "") -> bytes:
    """Return a workbook whose sheet is large enough for the look to go on while it is read."""
    rows = "".join(row_xml(number, CLAIM) for number in range(3, 20_000))
    return packed(parts({"Claims": declaration + claims_xml(more=rows + more).removeprefix(DECLARATION)}))


def stray_cell_in_large_sheet() -> bytes:
    return large_sheet(more='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def stray_cell_without_references() -> bytes:
    row = "<row>" + "<c><v>1</v></c>" * 3 + '<c r="XFD1048576"><v>1</v></c></row>'
    return packed(parts({"Claims": sheet_xml(row_xml(1, HEADER), row_xml(2, CLAIM), row)}))


def stray_cell_behind_prefix() -> bytes:
    inner = claims_xml(more='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').removeprefix(DECLARATION)
    prefixed = inner.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    return packed(parts({"Claims": prefixed}))


def stray_formula() -> bytes:
    return packed(
        parts({"Claims": claims_xml(more='<row r="1048576"><c r="XFD1048576"><f>1+1</f></c></row>')})
    )


def duplicate_part() -> bytes:
    entries = [(name, _bytes(content)) for name, content in good_parts().items()]
    entries.append(("xl/worksheets/sheet1.xml", sheet_xml(row_xml(1, HEADER)).encode()))
    return _raw(entries)


def duplicate_part_by_case() -> bytes:
    entries = [(name, _bytes(content)) for name, content in good_parts().items()]
    return _raw([*entries, ("XL/Worksheets/Sheet1.xml", b"<worksheet/>")])


def _raw(entries: list[tuple[str, bytes]]) -> bytes:
    return raw_archive(
        [(name, zlib.compress(content)[2:-4], len(content), zlib.crc32(content)) for name, content in entries]
    )


def overlapping_parts() -> bytes:
    whole = bytearray(packed(good_parts(**{"xl/a.xml": b"<a/>" * 99, "xl/b.xml": b"<a/>" * 99})))
    first, second = (
        whole.rindex(b"PK\x01\x02", 0, whole.rindex(name)) for name in (b"xl/a.xml", b"xl/b.xml")
    )
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    return bytes(whole)


def many_parts() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in good_parts().items():
            archive.writestr(name, content)
        for number in range(20_000):
            archive.writestr(f"xl/x{number}", b"")
    return buffer.getvalue()


def truncated() -> bytes:
    whole = packed(good_parts())
    return whole[: len(whole) * 2 // 3]


def damaged_sheet() -> bytes:
    whole = bytearray(packed(good_parts()))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    whole[at : at + 40] = b"\xff" * 40
    return bytes(whole)


def damaged_text() -> bytes:
    """Return a workbook stored unpacked in which one letter of a cell has changed since its sum was taken."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in good_parts().items():
            archive.writestr(name, content)
    return buffer.getvalue().replace(b"Exchange Online", b"Exchange 0nline", 1)


def encrypted_ooxml() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    buffer = BytesIO()
    OOXMLFile(BytesIO(packed(good_parts()))).encrypt("open sesame", buffer)
    return buffer.getvalue()


def password_zip() -> bytes:
    whole = bytearray(packed(good_parts()))
    at = 0
    while (at := whole.find(b"PK\x01\x02", at)) >= 0:
        whole[at + 8] |= 1
        at += 4
    return bytes(whole)


def old_excel() -> bytes:
    import xlwt

    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Claims")
    for index, (header, cell) in enumerate(zip(HEADER, CLAIM, strict=True)):
        sheet.write(0, index, header)
        sheet.write(1, index, cell)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def open_document(content: str, *, manifest: str = "<manifest/>") -> bytes:
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


ODS_NAMES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text")
)


def ods_content(rows: str) -> str:
    return (
        f"{DECLARATION}<office:document-content {ODS_NAMES} "
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Claims">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )


def ods_row(texts: tuple[str, ...], attributes: str = "", more: str = "") -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row{attributes}>{cells}{more}</table:table-row>"


def ods_repeated() -> bytes:
    cell = (
        '<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'
    )
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    return open_document(ods_content(ods_row(HEADER) + ods_row(CLAIM) + row))


def xlsb_without_sheets() -> bytes:
    content = good_parts()
    content["_rels/.rels"] = str(content["_rels/.rels"]).replace("workbook.xml", "workbook.bin")
    content["xl/workbook.bin"] = b"\x83\x01\x00\x84\x01\x00"
    del content["xl/workbook.xml"]
    return packed(content)


def strict_workbook() -> bytes:
    office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    sheet = sheet_xml(row_xml(1, HEADER), row_xml(2, CLAIM), namespace=STRICT)
    return packed(parts({"Claims": sheet}, namespace=STRICT, office=office))


def wide_sheet() -> bytes:
    text = claims_xml().removeprefix(DECLARATION)
    return packed(parts({"Claims": ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")}))


def formatted_rows() -> bytes:
    rows = "".join(f'<row r="{number}" s="1" customFormat="1"/>' for number in range(3, 1_048_577))
    return packed(parts({"Claims": claims_xml(more=rows)}))


def formatted_cells_far_away() -> bytes:
    more = '<row r="900000"><c r="XFD900000" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    return packed(parts({"Claims": claims_xml(more=more)}))


def deep_xml() -> bytes:
    return packed(good_parts(**{"docProps/app.xml": b"<a>" * 100_000}))


def nothing_but_comments() -> bytes:
    return packed(good_parts(**{"docProps/app.xml": b"<!--" + b"x" * 3 * MEBIBYTE}))


def control_characters_in_xml() -> bytes:
    return packed(parts({"Claims": claims_xml().replace("Fabrikam", "Fabri\x00kam")}))


PDF: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HTML: Final = b"<html><body><table><tr><td>Claim name</td></tr></table></body></html>"
CSV: Final = (";".join(HEADER) + "\n" + ";".join(CLAIM) + "\n").encode()
XXE: Final = '<!DOCTYPE sst [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>'
QUADRATIC: Final = "<!DOCTYPE sst [<!ENTITY a9 '" + "x" * 50_000 + "'>]>"
REMOTE: Final = '<!DOCTYPE sst SYSTEM "http://example.com/x.dtd">'

_TOO_LARGE: Final = IssueCode.FILE_TOO_LARGE
_CORRUPT: Final = IssueCode.FILE_CORRUPT
_DTD: Final = IssueCode.FILE_XML_DTD
_TYPE: Final = IssueCode.FILE_TYPE
_ENCRYPTED: Final = IssueCode.FILE_ENCRYPTED
_SHEET: Final = IssueCode.SHEET_TOO_LARGE
STRINGS: Final = "xl/sharedStrings.xml"
SHEET: Final = "xl/worksheets/sheet1.xml"

KINDS: Final = (
    Hostile(name="bomb.xlsx", make=small_bomb, expected=_TOO_LARGE, says="250 times"),
    Hostile(name="bomb_that_lies.xlsx", make=lying_bomb, expected=_TOO_LARGE, says="250 times"),
    Hostile(name="size_that_lies.xlsx", make=lying_size, expected=_CORRUPT, says="xl/other.xml"),
    Hostile(
        name="part_over_limit.xlsx",
        make=many_large_parts,
        expected=_TOO_LARGE,
        says="more than 0 MB",
        limits=Limits(part_bytes=10_000),
    ),
    Hostile(
        name="parts_over_limit.xlsx",
        make=many_large_parts,
        expected=_TOO_LARGE,
        says="Unpacked",
        limits=Limits(part_bytes=20_000),
    ),
    Hostile(
        name="file_over_limit.xlsx",
        make=lambda: packed(good_parts()),
        expected=_TOO_LARGE,
        says="limit",
        limits=Limits(file_bytes=1000),
    ),
    Hostile(name="laughs.xlsx", make=lambda: with_declaration(LAUGHS, STRINGS), expected=_DTD, says=STRINGS),
    Hostile(
        name="laughs_in_sheet.xlsx", make=lambda: with_declaration(LAUGHS, SHEET), expected=_DTD, says=SHEET
    ),
    Hostile(
        name="laughs_in_workbook.xlsx",
        make=lambda: with_declaration(LAUGHS, "xl/workbook.xml"),
        expected=_DTD,
    ),
    Hostile(
        name="laughs_elsewhere.xlsx", make=lambda: with_declaration(LAUGHS, "docProps/app.xml"), expected=_DTD
    ),
    Hostile(
        name="laughs_utf16.xlsx",
        make=lambda: with_declaration(LAUGHS, STRINGS, encoding="utf-16"),
        expected=_DTD,
        says=STRINGS,
    ),
    Hostile(
        name="laughs_utf16_without_mark.xlsx",
        make=lambda: with_declaration(LAUGHS, STRINGS, encoding="utf-16-be"),
        expected=_DTD,
    ),
    Hostile(
        name="laughs_behind_comment.xlsx",
        make=lambda: with_declaration("<!-- harmless --> <?x y?>" + LAUGHS, STRINGS),
        expected=_DTD,
    ),
    Hostile(
        name="quadratic.xlsx",
        make=lambda: with_declaration(QUADRATIC, STRINGS, text="&a9;" * 9999),
        expected=_DTD,
    ),
    Hostile(name="xxe.xlsx", make=lambda: with_declaration(XXE, STRINGS), expected=_DTD),
    Hostile(name="remote_dtd.xlsx", make=lambda: with_declaration(REMOTE, SHEET), expected=_DTD),
    Hostile(
        name="endless_comment.xlsx", make=nothing_but_comments, expected=_CORRUPT, says="docProps/app.xml"
    ),
    Hostile(
        name="stray_cell.xlsx", make=lambda: stray_cell("XFD1048576"), expected=_SHEET, says="XFD1048576"
    ),
    Hostile(name="stray_column.xlsx", make=lambda: stray_cell("XFD60000"), expected=_SHEET, says="XFD60000"),
    Hostile(name="stray_in_large.xlsx", make=stray_cell_in_large_sheet, expected=_SHEET, says="XFD1048576"),
    Hostile(
        name="laughs_in_large.xlsx",
        make=lambda: large_sheet(declaration=LAUGHS),
        expected=_DTD,
    ),
    Hostile(
        name="stray_cell_no_references.xlsx",
        make=stray_cell_without_references,
        expected=_SHEET,
        says="XFD1048576",
    ),
    Hostile(name="stray_cell_prefix.xlsx", make=stray_cell_behind_prefix, expected=_SHEET, says="XFD1048576"),
    Hostile(name="stray_formula.xlsx", make=stray_formula, expected=_SHEET, says="XFD1048576"),
    Hostile(name="repeated.ods", make=ods_repeated, expected=_SHEET),
    Hostile(name="utf16_sheet.xlsx", make=wide_sheet, expected=_CORRUPT, says="UTF-16"),
    Hostile(name="duplicate_part.xlsx", make=duplicate_part, expected=_CORRUPT, says="twice"),
    Hostile(name="duplicate_part_by_case.xlsx", make=duplicate_part_by_case, expected=_CORRUPT, says="twice"),
    Hostile(name="overlapping_parts.xlsx", make=overlapping_parts, expected=_CORRUPT, says="overlap"),
    Hostile(name="many_parts.xlsx", make=many_parts, expected=_TOO_LARGE, says="parts"),
    Hostile(name="truncated.xlsx", make=truncated, expected=_CORRUPT, says="incomplete"),
    Hostile(name="truncated.xls", make=lambda: old_excel()[:1500], expected=_CORRUPT),
    Hostile(name="damaged_sheet.xlsx", make=damaged_sheet, expected=_CORRUPT),
    Hostile(name="damaged_text.xlsx", make=damaged_text, expected=_CORRUPT),
    Hostile(name="empty.xlsx", make=lambda: b"", expected=_CORRUPT, says="empty"),
    Hostile(name="empty.csv", make=lambda: b"", expected=_CORRUPT, says="empty"),
    Hostile(name="encrypted.xlsx", make=encrypted_ooxml, expected=_ENCRYPTED),
    Hostile(name="encrypted.xls", make=encrypted_ooxml, expected=_ENCRYPTED),
    Hostile(name="password_zip.xlsx", make=password_zip, expected=_ENCRYPTED),
    Hostile(
        name="encrypted.ods",
        make=lambda: open_document(ods_content(""), manifest="<m><manifest:encryption-data/></m>"),
        expected=_ENCRYPTED,
    ),
    Hostile(name="text.xlsx", make=lambda: b"Claim name\nMail\n", expected=_TYPE, says="plain text"),
    Hostile(name="csv.xlsx", make=lambda: CSV, expected=_TYPE, says="CSV"),
    Hostile(name="page.xlsx", make=lambda: HTML, expected=_TYPE, says="web page"),
    Hostile(name="page.xls", make=lambda: HTML, expected=_TYPE, says="web page"),
    Hostile(name="page.csv", make=lambda: HTML, expected=_TYPE, says="web page"),
    Hostile(name="document.xlsx", make=lambda: PDF, expected=_TYPE, says="PDF"),
    Hostile(name="picture.xlsx", make=lambda: PNG, expected=_TYPE, says="PNG"),
    Hostile(name="workbook.csv", make=lambda: packed(good_parts()), expected=_TYPE, says="zip archive"),
    Hostile(name="workbook.xls", make=lambda: packed(good_parts()), expected=_TYPE, says="zip archive"),
    Hostile(name="workbook.xlsb", make=lambda: packed(good_parts()), expected=_TYPE, says=".xlsx"),
    Hostile(name="workbook.ods", make=lambda: packed(good_parts()), expected=_TYPE, says=".xlsx"),
    Hostile(name="old_excel.xlsx", make=old_excel, expected=_TYPE, says=".xls"),
    Hostile(
        name="letter.xlsx", make=lambda: packed({"word/document.xml": "<w/>"}), expected=_TYPE, says="Word"
    ),
    Hostile(
        name="archive.xlsx",
        make=lambda: packed({"readme.txt": "hello"}),
        expected=_TYPE,
        says="without a workbook",
    ),
    Hostile(name="claims.txt", make=lambda: CSV, expected=_TYPE, says='".txt"'),
    Hostile(name="claims", make=lambda: CSV, expected=_TYPE, says="without an extension"),
    Hostile(
        name="latin.csv", make=lambda: CSV.replace(b"Lind", b"Lindstr\xf6m"), expected=_TYPE, says="line 2"
    ),
    Hostile(name="binary.csv", make=lambda: CSV + b"\x00\x01", expected=_TYPE, says="binary"),
    Hostile(name="open_quote.csv", make=lambda: CSV + b'"' + CSV, expected=_CORRUPT, says="Row 3"),
    Hostile(
        name="macro_sheet.xlsm",
        make=lambda: packed(good_parts(**{"xl/macrosheets/sheet1.xml": "<m/>"})),
        expected=_TYPE,
        says="Excel 4.0",
    ),
    Hostile(name="hollow.xlsb", make=xlsb_without_sheets, expected=_CORRUPT),
    Hostile(name="traversal.xlsx", make=lambda: packed(good_parts(**{"../../evil.txt": "x"})), expected=READ),
    Hostile(name="strict.xlsx", make=strict_workbook, expected=READ),
    Hostile(name="formatted_rows.xlsx", make=formatted_rows, expected=READ),
    Hostile(name="formatted_cells.xlsx", make=formatted_cells_far_away, expected=READ),
    Hostile(name="deep_xml.xlsx", make=deep_xml, expected=READ),
    Hostile(
        name="lying_dimension.xlsx",
        make=lambda: packed(parts({"Claims": claims_xml(before='<dimension ref="A1:B1"/>')})),
        expected=READ,
    ),
    Hostile(
        name="huge_dimension.xlsx",
        make=lambda: packed(parts({"Claims": claims_xml(before='<dimension ref="A1:XFD1048576"/>')})),
        expected=READ,
    ),
    Hostile(name="capitals.XLSX", make=lambda: packed(good_parts()), expected=READ),
    Hostile(name="old.xls", make=old_excel, expected=READ),
)
