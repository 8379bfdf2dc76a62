"""Workbooks written part by part, so that a test decides what stands in every byte."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from cpor_batch.domain.issue import IssueCode
from cpor_batch.intake import Limits, ReadResult, read_workbook
from cpor_batch.intake.letters import column_letter
from tests.builders import rulebook

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

HEADER: Final = (
    "Claim name",
    "MPN ID",
    "Partner name",
    "Partner contact name",
    "Partner contact email",
    "Customer name",
    "Tenant ID",
    "Solution area",
    "Activity",
    "Product or workload",
    "Customer contact name",
    "Customer contact title",
    "Customer contact email",
)
CLAIM: Final = (
    "Mail for Contoso",
    "4711001",
    "Fabrikam",
    "Kim Berg",
    "kim@fabrikam.example",
    "Contoso",
    "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b",
    "Microsoft 365",
    "Usage",
    "Exchange Online",
    "Eva Lind",
    "CIO",
    "eva@contoso.example",
)


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row_xml(number: int, texts: Sequence[str | None], *, attributes: str = "", more: str = "") -> str:
    cells = "".join(
        text_cell(f"{column_letter(index)}{number}", text)
        for index, text in enumerate(texts)
        if text is not None
    )
    return f'<row r="{number}"{attributes}>{cells}{more}</row>'


def sheet_xml(*rows: str, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    data = f"<sheetData>{''.join(rows)}</sheetData>"
    return f'{DECLARATION}<worksheet xmlns="{namespace}">{before}{data}{after}</worksheet>'


def claims_xml(*, more: str = "", before: str = "", after: str = "") -> str:
    """Return a sheet with the header in row 1 and a good claim in row 2."""
    return sheet_xml(row_xml(1, HEADER), row_xml(2, CLAIM), more, before=before, after=after)


def parts(
    sheets: Mapping[str, str | bytes],
    *,
    states: Mapping[str, str] | None = None,
    properties: str = "",
    namespace: str = MAIN,
    office: str = OFFICE,
) -> dict[str, str | bytes]:
    """Return the parts of a workbook with these sheets (name -> XML)."""
    states = states or {}
    numbered = list(enumerate(sheets.items(), 1))
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"'
        + (f' state="{states[name]}"' if name in states else "")
        + "/>"
        for number, (name, _) in numbered
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    return {
        "[Content_Types].xml": (
            f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{DECLARATION}<workbook xmlns="{namespace}" xmlns:r="{office}">{properties}'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
        ),
        **{f"xl/worksheets/sheet{number}.xml": content for number, (_, content) in numbered},
    }


def good_parts(**more: str | bytes) -> dict[str, str | bytes]:
    """Return the parts of a workbook with one good claim, and some more."""
    return {**parts({"Claims": claims_xml()}), **more}


def packed(contents: Mapping[str, str | bytes]) -> bytes:
    """Return the zip archive of the parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write_claims(path: Path, *rows: str, after: str = "", before: str = "") -> Path:
    """Write a workbook whose sheet Claims has these rows."""
    path.write_bytes(packed(parts({"Claims": sheet_xml(*rows, before=before, after=after)})))
    return path


def read(path: Path, **changes: object) -> ReadResult:
    """Read the file as `check` does, with the packaged rulebook."""
    arguments: dict[str, object] = {"sheet_schema": rulebook().sheet, "limits": Limits(), **changes}
    return read_workbook(path, name=path.name, **arguments)  # type: ignore[arg-type]


def codes(result: ReadResult) -> list[IssueCode]:
    return [issue.code for issue in result.issues]
