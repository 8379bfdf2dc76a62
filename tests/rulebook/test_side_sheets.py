from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook import check_rules
from cpor_batch.rulebook.side_sheets import EXPORT, RECORDS, load_side_sheet, parse_side_sheet
from cpor_batch.rulebook.strict import parse_yaml
from tests.builders import edition

# As Partner Center documents the monthly report "CPOR - Microsoft 365 usage".
USAGE_COLUMNS = {
    "CustomerTenantId": "tenant_id",
    "CustomerName": "customer_name",
    "WorkloadName": "product",
    "ClaimId": "claim_id",
    "MpnId": "mpn_id",
    "DateAssociated": "associated_on",
    "PartnerAttributionType": "attribution",
}


def test_the_documented_columns_of_the_usage_report_are_known() -> None:
    sheet = load_side_sheet(Assets(), EXPORT)

    assert {header: sheet.match_header(header) for header in USAGE_COLUMNS} == USAGE_COLUMNS
    # The month of a row is no day on which anything happened to its claim.
    assert sheet.match_header("Date") is None


def test_every_status_that_an_export_names_is_one_of_an_edition() -> None:
    sheet = load_side_sheet(Assets(), EXPORT)

    known = {*edition("cpor-2021").statuses, *edition("mci-2023").statuses}
    assert set(sheet.statuses.values()) <= known


def test_a_list_of_records_needs_a_claim_and_a_status() -> None:
    sheet = load_side_sheet(Assets(), RECORDS)

    assert [column.key for column in sheet.columns if column.is_required] == ["claim", "status"]
    assert sheet.match_header(" STATUS* ") == "status"
    assert sheet.suggest_header("Reeson") == "reason"


COLUMN = "- {key: %s, header: %s, kind: text, reference: ours}"


def test_one_spelling_for_two_columns_is_refused_with_its_place() -> None:
    text = "name: X\ncolumns:\n  " + COLUMN % ("one", "First") + "\n  " + COLUMN % ("two", "first")

    with pytest.raises(RulebookError, match=r'x\.yaml:2: columns: "first" names both'):
        parse_side_sheet(parse_yaml(text.encode(), "x.yaml"))


def test_one_spelling_for_two_statuses_is_refused() -> None:
    text = (
        f"name: X\ncolumns:\n  {COLUMN % ('one', 'First')}\nstatuses:\n  approved: [Done]\n  rejected: [done]"
    )

    with pytest.raises(RulebookError, match='"done" names both the status approved and the status rejected'):
        parse_side_sheet(parse_yaml(text.encode(), "x.yaml"))


def test_a_side_sheet_of_ones_own_is_checked_with_the_rules(tmp_path: Path) -> None:
    own = tmp_path / EXPORT
    own.parent.mkdir()
    own.write_bytes(Assets().read_schema(EXPORT).replace(b"kind: digits", b"kind: digit", 1))

    (problem,) = check_rules(tmp_path)

    assert "Did you mean" in str(problem)
