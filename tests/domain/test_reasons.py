import pytest

from cpor_batch.domain.reasons import match_reasons, reasons_of
from tests.builders import edition

REJECTIONS = reasons_of("rejected", edition())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Insufficient PoE", "Insufficient PoE"),
        ("  insufficient   poe ", "Insufficient PoE"),
        ("insuff", "Insufficient PoE"),
        ("missing p", "Missing products"),
        ("Insufficient PoE: page 2 unsigned", "Insufficient PoE: page 2 unsigned"),
        ("Insufficient PoE: page 2; page 3", "Insufficient PoE: page 2; page 3"),
        ("Insufficient PoE; Missing products", "Insufficient PoE; Missing products"),
        ("insuff: page 2; missing p: Teams", "Insufficient PoE: page 2; Missing products: Teams"),
        ("Insufficient PoE:", "Insufficient PoE"),
    ],
)
def test_a_reason_is_read_as_the_edition_spells_it(text: str, read: str) -> None:
    assert match_reasons(text, REJECTIONS) == read


@pytest.mark.parametrize("text", ["missing", "bad luck", "", ";", ": page 2", "Insufficient PoE; page 2"])
def test_what_is_no_reason_or_may_be_several_is_none(text: str) -> None:
    assert match_reasons(text, REJECTIONS) is None


def test_the_beginning_of_one_reason_that_is_another_reason_is_that_reason() -> None:
    assert match_reasons("no", ("No", "No answer")) == "No"


def test_only_a_rejection_and_a_request_for_more_have_reasons_of_their_own() -> None:
    assert "Missing all PoE" in reasons_of("partner-action-required", edition())
    assert reasons_of("approved", edition()) == ()
