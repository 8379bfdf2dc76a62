from dataclasses import replace
from datetime import date

from cpor_batch.documents import fingerprint_of
from cpor_batch.domain.document import DocumentOrder
from tests import builders
from tests.documents.orders import BRAND, claim, letter, poe


def fingerprint(order: DocumentOrder, template: str = "t") -> str:
    return fingerprint_of(order, template_fingerprint=template)


def test_the_fingerprint_is_the_same_for_the_same_data() -> None:
    assert fingerprint(letter()) == fingerprint(letter())


def test_the_fingerprint_does_not_depend_on_the_documents_own_date() -> None:
    assert fingerprint(letter()) == fingerprint(letter(dated_on=date(2022, 1, 1)))


def test_the_fingerprint_changes_with_the_templates() -> None:
    assert fingerprint(letter()) != fingerprint(letter(), template="other")


def test_the_fingerprint_changes_with_whatever_the_document_says() -> None:
    changed = [
        letter("sv"),
        letter(of=claim(customer_name="Northwind")),
        letter(of=claim(lines=(builders.line(product="Intune"),))),
        letter(opt_out_until=date(2021, 4, 9)),
        letter(opt_out_days=7),
        letter(identifier_label="PartnerID"),
        letter(partner=replace(BRAND, colour="#123456")),
        poe(),
        poe(has_public_sector_disclosure=True),
    ]

    assert len({fingerprint(letter()), *map(fingerprint, changed)}) == len(changed) + 1


def test_the_fingerprint_does_not_depend_on_what_the_document_does_not_say() -> None:
    before = letter()
    commented = tuple(replace(line, comments="call back", source=None) for line in before.claim.lines)

    after = letter(of=claim(lines=commented, submitted_on=date(2021, 3, 1), poe_document="poe.pdf"))

    assert fingerprint(before) == fingerprint(after)


def test_a_description_of_the_work_concerns_the_poe_and_not_the_letter() -> None:
    described = claim(lines=(builders.line(engagement_description="Something else."),))

    assert fingerprint(letter()) == fingerprint(letter(of=described))
    assert fingerprint(poe()) != fingerprint(poe(of=described))


def test_a_moved_workspace_owes_no_document_anew() -> None:
    before = letter(partner=replace(BRAND, logo="/home/one/workspace/logo.svg"))
    after = letter(partner=replace(BRAND, logo="/srv/two/workspace/logo.svg"))

    assert fingerprint(before) == fingerprint(after)
