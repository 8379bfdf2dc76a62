import io
from dataclasses import replace
from datetime import UTC, date, datetime

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.decision import build_fingerprint, conflict_id
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports.decision_workbook import DecisionSheet, decision_workbook_bytes
from tests.builders import TODAY, claim, state
from tests.domain.test_decision import conflict, side

NAMES = tuple(ClaimReference(f"CB-0000000{number}") for number in range(1, 6))


def states() -> dict[ClaimReference, ClaimState]:
    return {
        name: state(claim(claim_reference=name), last_event=number) for number, name in enumerate(NAMES, 1)
    }


def many(sides: int) -> Conflict:
    return conflict(*(side(reference=name, claim_name=f"Claim of {name}") for name in NAMES[:sides]))


def written(*conflicts: Conflict) -> Workbook:
    return load_workbook(io.BytesIO(bytes_of(*conflicts)))


def bytes_of(*conflicts: Conflict) -> bytes:
    made_of = DecisionSheet(
        conflicts=conflicts,
        states=states(),
        held=len(conflicts),
        as_of=TODAY,
        made_at=datetime(2021, 4, 1, tzinfo=UTC),
        tool_version="1",
    )
    return decision_workbook_bytes(made_of)


def cells(book: Workbook) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book["Decisions"]]


def test_the_claims_of_a_conflict_stand_side_by_side() -> None:
    known = side(
        poe_signed_on=date(2021, 2, 1), since=date(2021, 3, 1), file="a.xlsx", row=7, reference=NAMES[0]
    )
    other = side(poe_signed_on=date(2021, 1, 1), reference=NAMES[1], partner_name="Northwind")

    rows = {row[0]: row[1:3] for row in cells(written(conflict(known, other)))}

    assert rows["Partner"] == ["Fabrikam", "Northwind"]
    assert rows["PoE signed on"] == [datetime(2021, 2, 1), datetime(2021, 1, 1)]  # noqa: DTZ001 - cells have no zone
    assert rows["PoE age in months"] == [2, 3]
    assert rows["Since"] == [datetime(2021, 3, 1), None]  # noqa: DTZ001 - see above
    assert rows["From file, row"] == ["a.xlsx, row 7", "the ledger only"]
    assert rows["Rules would favour"][0] == "the first side: the most recent PoE, signed on 2021-02-01"


def test_more_sides_than_stand_abreast_go_below_and_keep_their_numbers() -> None:
    rows = cells(written(many(5)))

    heads = [row[1:4] for row in rows if row[0] is None and row[1] in {"First", "Fourth"}]
    names = [row[1:4] for row in rows if row[0] == "Claim"]
    assert heads == [["First", "Second", "Third"], ["Fourth", "Fifth", None]]
    assert names == [[*NAMES[:3]], [*NAMES[3:], None]]


def test_each_conflict_has_the_choices_of_its_own_sides() -> None:
    book = written(many(2), many(3), conflict(kind=ConflictKind.OWN_DUPLICATE))

    lists = [
        [cell.value for cell in column if cell.value is not None] for column in book["Lists"].iter_cols()
    ]
    sources = [
        item.formula1 for item in book["Decisions"].data_validations.dataValidation if item.type == "list"
    ]
    assert [len(words) for words in lists] == [5, 6, 3]
    assert sources == ["Lists!$A$1:$A$5", "Lists!$B$1:$B$6", "Lists!$C$1:$C$3"]
    assert book["Lists"].sheet_state == "hidden"


def test_the_hidden_cells_name_the_conflict_and_the_state_of_its_claims() -> None:
    two = many(2)

    row = next(row for row in cells(written(two)) if row[0] == "Conflict 1")

    assert row[-2:] == [conflict_id(two), build_fingerprint(two, states())]
    assert build_fingerprint(two, states()) == "CB-00000001:1 CB-00000002:2"


def test_text_of_partners_is_never_a_formula() -> None:
    evil = '=HYPERLINK("http://example.com","pay")'
    book = written(conflict(side(partner_name=evil, claim_name="@SUM(1)", customer_name="+1"), side()))

    found = [cell for row in book["Decisions"] for cell in row if cell.value in {evil, "@SUM(1)"}]

    assert len(found) == 2
    assert {cell.data_type for cell in found} == {"s"}


def test_the_same_conflicts_give_the_same_bytes() -> None:
    assert bytes_of(many(3)) == bytes_of(many(3))


def test_without_conflicts_the_workbook_says_so_and_has_its_header() -> None:
    rows = cells(written())

    assert [cell for cell in rows[3] if cell][2:] == [
        "Decision",
        "Reason",
        "Conflict ID",
        "State of the claims",
    ]
    assert rows[4][0] == "Nothing is open."


def test_a_claim_with_many_lines_names_the_first_and_counts_them() -> None:
    one = claim(claim_reference=NAMES[0])
    lines = tuple(replace(one.lines[0], product=f"Product {number}") for number in range(6))
    made_of = DecisionSheet(
        conflicts=[many(2)],
        states={**states(), NAMES[0]: state(replace(one, lines=lines))},
        held=2,
        as_of=TODAY,
        made_at=datetime(2021, 4, 1, tzinfo=UTC),
        tool_version="1",
    )

    book = load_workbook(io.BytesIO(decision_workbook_bytes(made_of)))

    row = next(row for row in cells(book) if row[0] == "Lines of the claim")
    assert row[1] == "6: Product 0, Product 1, Product 2, Product 3 and 2 more"
