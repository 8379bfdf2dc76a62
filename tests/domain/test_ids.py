import pytest

from cpor_batch.domain.ids import (
    claim_reference_for,
    parse_claim_reference,
    parse_mpn_id,
    parse_subscription_id,
    parse_tenant_id,
)

GUID = "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b"


@pytest.mark.parametrize(
    "text",
    [
        GUID,
        GUID.upper(),
        "{" + GUID + "}",
        GUID.replace("-", ""),
        f"  {GUID} ",
        "{" + GUID.replace("-", "") + "}",
    ],
)
def test_every_usual_spelling_of_a_guid_gives_the_same_tenant_id(text: str) -> None:
    assert parse_tenant_id(text) == GUID


@pytest.mark.parametrize(
    "text",
    [
        "contoso",
        GUID[:-1],
        GUID + "0",
        GUID.replace("6", "g"),
        "6d1f-2b3c4a5e4f608a7b9c0d1e2f3a4b",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "",
    ],
)
def test_what_is_no_usable_guid_gives_nothing(text: str) -> None:
    assert parse_tenant_id(text) is None
    assert parse_subscription_id(text) is None


def test_leading_zeros_of_an_mpn_id_are_kept() -> None:
    assert parse_mpn_id("0071234") == "0071234"


@pytest.mark.parametrize("text", ["47-11", "MPN4711", "", "４７１１"])
def test_an_mpn_id_is_ascii_digits_only(text: str) -> None:
    assert parse_mpn_id(text) is None


def test_a_reference_follows_from_the_identity_and_the_attempt() -> None:
    identity = ("4711001", GUID, "Microsoft 365", "Usage", "contoso")

    first = claim_reference_for(identity)
    again = claim_reference_for(identity)
    next_one = claim_reference_for(identity, attempt=1)

    assert first == again
    assert first != next_one
    assert parse_claim_reference(first) == first
    assert parse_claim_reference(first.lower()) == first


@pytest.mark.parametrize("text", ["CB-1234567", "CB-1234567O", "XX-12345678", "CB 12345678"])
def test_other_texts_are_no_references(text: str) -> None:
    assert parse_claim_reference(text) is None
