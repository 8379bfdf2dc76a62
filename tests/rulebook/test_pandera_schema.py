from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.pandera_schema import build_schema, code_of_failure
from tests.builders import TENANT, edition, rulebook


def failures(
    edition_name: str = "cpor-2021", **columns: list[str | None]
) -> list[tuple[str, int, IssueCode]]:
    frame = pd.DataFrame({key: pd.Series(cells, dtype="str") for key, cells in columns.items()})
    try:
        build_schema(rulebook().sheet, edition(edition_name)).validate(frame, lazy=True)
    except SchemaErrors as exc:
        cases: Any = exc.failure_cases  # a DataFrame, untyped in pandera
        return sorted(
            (str(column), int(index), code_of_failure(check))
            for column, index, check in zip(cases["column"], cases["index"], cases["check"], strict=True)
        )
    return []


def test_good_rows_pass() -> None:
    assert failures(claim_name=["Contoso", "x" * 100], tenant_id=[TENANT, TENANT], mpn_id=["1", "0123"]) == []


def test_every_bad_cell_is_found_at_its_row_with_the_code_of_its_issue() -> None:
    found = failures(
        claim_name=["x" * 101, None, "ok"],
        tenant_id=[TENANT, "contoso", f"{TENANT}\n"],
        subscription_id=[None, "sales", TENANT],
        mpn_id=["12a", "1234567", None],
    )

    assert found == [
        ("claim_name", 0, IssueCode.TEXT_TOO_LONG),
        ("claim_name", 1, IssueCode.CELL_REQUIRED),
        ("mpn_id", 0, IssueCode.MPN_ID_NOT_NUMERIC),
        ("mpn_id", 2, IssueCode.CELL_REQUIRED),
        ("subscription_id", 1, IssueCode.SUBSCRIPTION_ID_NOT_A_GUID),
        ("tenant_id", 1, IssueCode.TENANT_ID_NOT_A_GUID),
        ("tenant_id", 2, IssueCode.TENANT_ID_NOT_A_GUID),
    ]


@pytest.mark.parametrize(("name", "expected"), [("cpor-2021", 1), ("mci-2023", 0)])
def test_what_is_required_depends_on_the_edition(name: str, expected: int) -> None:
    assert len(failures(name, customer_domain=[None])) == expected


def test_unknown_columns_do_no_harm() -> None:
    assert failures(account_manager=["Someone", None]) == []


def test_another_failure_is_not_mistaken_for_an_issue() -> None:
    with pytest.raises(ValueError, match="dtype"):
        code_of_failure("dtype('str')")
