"""Files read row by row: the same as read as a whole, and with an end to what they take."""

from datetime import date
from pathlib import Path

import pytest

from cpor_batch.domain.claim import Level, Source
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.errors import InputRefusedError
from cpor_batch.pipeline.line_stage import open_line_stage, pack_line, unpack_line
from cpor_batch.pipeline.read_amount import read_amount
from cpor_batch.pipeline.side_stream import SideStream, open_side_stream
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import ExportLine, ExportProduct
from cpor_batch.reconciliation.export import group_key
from cpor_batch.rulebook.side_sheets import EXPORT, load_side_sheet
from cpor_batch.settings import Settings
from tests.builders import OTHER_TENANT, SUBSCRIPTION, TENANT
from tests.reconciliation.exports import export_line

HEADER = "Claim ID,Status,Last updated,Customer tenant ID"


def read(
    path: Path, settings: Settings | None = None
) -> tuple[SideStream, list[tuple[int, dict[str, str | date], int]]]:
    workspace = Workspace(settings or Settings())
    with open_side_stream(path, workspace, schema=load_side_sheet(workspace.assets, EXPORT)) as stream:
        rows = [(row.source.row, dict(row.values), len(row.faults)) for row in stream.rows]
    return stream, rows


@pytest.mark.parametrize("name", ["export.csv", "export.tsv", "export.txt"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_whatever_parts_it_and_however_it_is_written(
    tmp_path: Path, name: str, separator: str, encoding: str
) -> None:
    path = tmp_path / name
    text = f"{HEADER}\r\nCA-1,Approved,2021-04-09 10:15,{TENANT}\r\n,,,\r\nCA-2,Godkänd,,\r\n"
    path.write_text(text.replace(",", separator), encoding=encoding, newline="")

    stream, rows = read(path)

    assert rows == [
        (
            2,
            {"claim_id": "CA-1", "status": "Approved", "changed_on": date(2021, 4, 9), "tenant_id": TENANT},
            0,
        ),
        (4, {"claim_id": "CA-2", "status": "Godkänd"}, 0),
    ]
    assert (stream.count, stream.size) == (2, path.stat().st_size)


def test_the_header_may_stand_below_a_title_and_a_separator_line(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("sep=;\nClaims of April\n\nClaim ID;Status\nCA-1;Approved\n", encoding="utf-8")

    _, rows = read(path)

    assert rows == [(4, {"claim_id": "CA-1", "status": "Approved"}, 0)]


def test_a_row_that_cannot_be_read_is_told_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{HEADER}\nCA-1,Approved,someday,contoso\n", encoding="utf-8")

    _, rows = read(path)

    assert rows == [(2, {"claim_id": "CA-1", "status": "Approved"}, 2)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Claim ID,Status\nCA-1,\xff\n", "not written in UTF-8"),
        (b"Claim ID,Status\nCA-1,\x00\n", "binary data"),
        (b"Claim ID,Status\n" + b"CA-1,Approved\n" * 100_000 + b"CA-2,\xff\n", "not written in UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)

    with pytest.raises(InputRefusedError) as refused:
        read(path)
    assert words in str(refused.value)


def test_a_line_keeps_everything_on_its_way_through_the_stage() -> None:
    full = export_line(
        reference=ClaimReference("CB-7K3M9Q2T"),
        customer_domain="contoso.example",
        solution_area="Microsoft 365",
        activity="Usage",
        engagement="OSU-Microsoft 365",
        products=(
            ExportProduct(name="Exchange Online", level=Level.WORKLOAD),
            ExportProduct(name="x", level=None),
        ),
        subscription_id=SUBSCRIPTION,
        subscription_ends_on=date(2022, 1, 1),
        notified_on=date(2021, 4, 1),
        approved_on=date(2021, 4, 2),
        associated_on=date(2021, 4, 3),
        reason="why",
    )

    assert unpack_line(pack_line(full)) == full
    bare = ExportLine(source=Source(file="a", sheet=None, row=2))
    assert unpack_line(pack_line(bare)) == bare


def test_the_stage_gives_lines_back_by_claim_and_claims_by_tenant() -> None:
    lines = [
        export_line(2, claim_id="CA-1"),
        export_line(3, claim_id="CA-2", tenant_id=OTHER_TENANT),
        export_line(4, claim_id="CA-3"),
        export_line(5, claim_id="CA-1", tenant_id=None),
    ]
    with open_line_stage(
        tenant_of=lambda line: line.tenant_id, key_of=group_key, pack=pack_line, unpack=unpack_line
    ) as stage:
        stage.add(lines)
        batches = list(stage.batches())

    assert [[[line.source.row for line in group] for group in batch] for batch in batches] == [
        [[3], [2, 5], [4]]
    ]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234.50", "1234.50"), ("-3", "-3"), ("(12.5)", "-12.5"), ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("0,5", "0.5"), ("1,234,567", "1234567"), ("1 234,5", "1234.5"), ("1E-05", "0.00001"), (0.1, "0.1"),
        (7, "7"), ("\N{MINUS SIGN}4", "-4"),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(cell: str | float, amount: str) -> None:
    assert read_amount(cell).value == amount


@pytest.mark.parametrize("cell", ["1,234", "12 EUR", "NaN", "Infinity", "1.2.3", True, "--1", float("inf")])
def test_what_is_no_amount_or_two_is_refused(cell: str | float) -> None:
    assert read_amount(cell).fault is not None


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_a_blank_amount_is_none(cell: str | None) -> None:
    reading = read_amount(cell)

    assert (reading.value, reading.fault) == (None, None)
