"""The wording of single cells."""

from datetime import date, datetime, time, timedelta

import pytest

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell, CellFault, FaultKind
from cpor_batch.validation.reading import BLANK, Reading, shown
from cpor_batch.validation.wording import (
    find_control,
    read_address,
    read_claim_reference,
    read_lines,
    read_mpn_id,
    read_subscription_id,
    read_tenant_id,
    read_text,
)

GUID = "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b"


def code_of(reading: Reading) -> IssueCode | None:
    return reading.fault.code if reading.fault else None


@pytest.mark.parametrize("cell", [None, "", "   ", "\u00a0", "\u3000"])
def test_a_cell_without_anything_to_see_is_blank(cell: Cell) -> None:
    assert read_text(cell) == BLANK


@pytest.mark.parametrize("text", ["NA", "None", "null", "0", "=1+1", "'quoted", "-", "Ünïcode", "山田　太郎"])
def test_a_text_stays_as_it_is(text: str) -> None:
    assert read_text(text) == Reading(text)


def test_spaces_around_a_text_are_removed_and_reported() -> None:
    reading = read_text("\u00a0 Contoso  AB ")

    assert (reading.value, reading.before, reading.after) == (
        "Contoso  AB",
        "\u00a0 Contoso  AB ",
        "Contoso  AB",
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [(2021, "2021"), (2021.0, "2021"), (1.5, "1.5"), (-0.0, "0"), (999_999_999_999_999, "9" * 15)],
)
def test_a_number_is_read_as_its_digits_and_counts_as_no_correction(cell: Cell, text: str) -> None:
    assert read_text(cell) == Reading(text)


@pytest.mark.parametrize("cell", [10**15, 1e15, -(10**15), 1e300])
def test_a_number_of_more_than_fifteen_digits_has_lost_some(cell: Cell) -> None:
    assert code_of(read_text(cell)) is IssueCode.DIGITS_LOST


@pytest.mark.parametrize(
    "cell",
    [
        True,
        date(2021, 3, 1),
        datetime(2021, 3, 1, 12),  # noqa: DTZ001  (cells bear no time zone)
        time(12),
        timedelta(1),
        float("nan"),
    ],
)
def test_what_is_neither_text_nor_number_is_no_text(cell: Cell) -> None:
    assert code_of(read_text(cell)) is IssueCode.CELL_TYPE


def test_excel_errors_and_uncalculated_formulas_have_codes_of_their_own() -> None:
    assert code_of(read_text(CellFault(FaultKind.ERROR_VALUE, "#N/A"))) is IssueCode.CELL_ERROR_VALUE
    assert (
        code_of(read_mpn_id(CellFault(FaultKind.UNCALCULATED, "=A1"))) is IssueCode.CELL_FORMULA_UNCALCULATED
    )


@pytest.mark.parametrize(
    "character", ["\x00", "\t", "\x1b", "\x7f", "\x9f", "\u200b", "\u202e", "\u2066", "\ufeff"]
)
def test_invisible_characters_are_found_in_every_text(character: str) -> None:
    assert find_control(f"Con{character}toso") is not None
    assert find_control(f"Con{character}toso", line_breaks=True) is not None


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_line_breaks_are_controls_except_where_lines_are_allowed(line_break: str) -> None:
    text = f"One{line_break}Two"

    assert find_control(text) is not None
    assert read_lines(text) == Reading("One\nTwo")


@pytest.mark.parametrize("character", ["\u200c", "\u200d", "\u00ad", "\u200e", "é", "\U0001f44d"])
def test_characters_that_scripts_need_are_no_controls(character: str) -> None:
    assert find_control(f"Con{character}toso") is None


def test_an_address_is_parted_by_line_breaks_and_semicolons() -> None:
    assert read_address("1 Main Street\r\n 111 22 Stockholm ;; Sweden").value == (
        "1 Main Street",
        "111 22 Stockholm",
        "Sweden",
    )


def test_an_address_of_semicolons_alone_is_blank() -> None:
    assert read_address(" ;; ").value is None


@pytest.mark.parametrize(("cell", "digits"), [("4711001", "4711001"), ("007", "007"), (4711001.0, "4711001")])
def test_an_mpn_id_is_its_digits(cell: Cell, digits: str) -> None:
    assert read_mpn_id(cell) == Reading(digits)


@pytest.mark.parametrize("cell", ["MPN 1", "1 2", "1.5", 1.5, -1, "", True, date(2021, 1, 1), "²"])
def test_anything_else_is_no_mpn_id(cell: Cell) -> None:
    expected = None if cell == "" else IssueCode.MPN_ID_NOT_NUMERIC

    assert code_of(read_mpn_id(cell)) is (expected if cell != "²" else None)


@pytest.mark.parametrize("text", ["1.23457E+12", "1,2E+06", "4E6"])
def test_the_rounded_number_of_a_csv_file_has_lost_digits(text: str) -> None:
    assert code_of(read_mpn_id(text)) is IssueCode.DIGITS_LOST


@pytest.mark.parametrize(
    "text", [f"{{{GUID}}}", GUID.upper(), GUID.replace("-", ""), f" {GUID}", "６" + GUID[1:]]
)
def test_other_spellings_of_a_guid_are_read_and_reported(text: str) -> None:
    reading = read_tenant_id(text)

    assert (reading.value, reading.before, reading.after) == (GUID, text, GUID)


@pytest.mark.parametrize("number", [1234567890123456, 1.2345678901234567e31])
def test_a_guid_of_nothing_but_digits_loses_them_as_a_number(number: float) -> None:
    assert code_of(read_tenant_id(number)) is IssueCode.DIGITS_LOST
    assert code_of(read_subscription_id(number)) is IssueCode.DIGITS_LOST


def test_a_whole_number_is_shown_as_the_sheet_shows_it() -> None:
    fault = read_subscription_id(12345.0).fault

    assert fault is not None
    assert fault.message.startswith('"12345" is not')


@pytest.mark.parametrize("cell", ["contoso", GUID[:-1], f"{GUID}0", "0" * 32, 5, 5.5, True, date(2021, 1, 1)])
def test_what_is_no_guid_is_refused_with_the_code_of_its_column(cell: Cell) -> None:
    assert code_of(read_tenant_id(cell)) is IssueCode.TENANT_ID_NOT_A_GUID
    assert code_of(read_subscription_id(cell)) is IssueCode.SUBSCRIPTION_ID_NOT_A_GUID


def test_a_claim_reference_is_read_in_any_case() -> None:
    assert read_claim_reference("CB-7K3M9Q2T") == Reading("CB-7K3M9Q2T")
    assert read_claim_reference(" cb-7k3m9q2t").value == "CB-7K3M9Q2T"
    assert code_of(read_claim_reference("CB-1")) is IssueCode.CELL_TYPE


def test_values_are_shown_on_one_line_and_cut() -> None:
    assert shown("a\nb\u202e") == '"a\\u000ab\\u202e"'
    assert shown("x" * 100) == '"' + "x" * 59 + '…"'
