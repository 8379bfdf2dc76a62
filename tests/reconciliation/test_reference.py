"""Files of our own copy sheets name claims by our reference alone."""

from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation import (
    Ambiguous,
    ExportClaim,
    ExportLine,
    Matched,
    Unknown,
    group_lines,
    match_claims,
    wanted_of,
)
from tests.builders import OTHER_TENANT, claim, known, state
from tests.reconciliation.exports import export_line


def short_line(reference: str, *, claim_id: str | None = None, row: int = 2) -> ExportLine:
    """Return a line as the copy sheets write it: reference, claim ID, status and day, nothing else."""
    return export_line(
        row,
        reference=ClaimReference(reference),
        claim_id=claim_id,
        claim_name=None,
        status="Submitted",
        mpn_id=None,
        tenant_id=None,
        products=(),
        changed_on=None,
    )


def match(line: ExportLine, *among: ClaimState) -> Matched | Unknown | Ambiguous:
    (found,) = match_claims(
        (ExportClaim(lines=(line,)),), known(*among), may_be=lambda *_: True, is_alive=lambda _: True
    )
    return found


def test_the_reference_alone_finds_the_claim() -> None:
    ours, other = state(claim()), state(claim(claim_name="Other", tenant_id=OTHER_TENANT))

    found = match(short_line(ours.reference), other, ours)

    assert isinstance(found, Matched)
    assert found.state == ours


def test_the_ledger_is_asked_for_the_reference() -> None:
    wanted = wanted_of((ExportClaim(lines=(short_line("CB-AAAAAAAA", claim_id="CA-9"),)),))

    assert wanted.references == {"CB-AAAAAAAA"}
    assert wanted.partner_center_claim_ids == {"CA-9"}


def test_each_reference_is_a_claim_of_its_own() -> None:
    lines = (short_line("CB-AAAAAAAA"), short_line("CB-BBBBBBBB", row=3), short_line("CB-AAAAAAAA", row=4))

    groups = group_lines(lines)

    assert [[line.source.row for line in group.lines] for group in groups] == [[2, 4], [3]]


def test_a_reference_that_the_ledger_lacks_is_unknown() -> None:
    found = match(short_line("CB-AAAAAAAA"), state(claim()))

    assert isinstance(found, Unknown)
    assert "CB-AAAAAAAA" in found.reason


def test_a_claim_id_of_another_claim_is_told_and_not_taken() -> None:
    ours = state(claim())
    other = state(claim(claim_name="Other", tenant_id=OTHER_TENANT, partner_center_claim_id="CA-9"))

    found = match(short_line(ours.reference, claim_id="CA-9"), ours, other)

    assert isinstance(found, Ambiguous)
    assert other.reference in found.reason


def test_a_second_claim_id_for_one_claim_is_told_and_not_taken() -> None:
    ours = state(claim(partner_center_claim_id="CA-1"))

    found = match(short_line(ours.reference, claim_id="CA-2"), ours)

    assert isinstance(found, Ambiguous)
    assert "CA-1" in found.reason
