"""A plain text must be what its reader would have made of it, or the short cut would change verdicts."""

from collections.abc import Callable

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from cpor_batch.domain.rows import Cell
from cpor_batch.validation import wording
from cpor_batch.validation.internet import PLAIN_EMAIL, read_domain, read_email
from cpor_batch.validation.plain import PLAIN_TEXTS
from cpor_batch.validation.reading import Reading

_label = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
_domain = st.lists(_label, min_size=2, max_size=4).map(".".join)
_local = st.from_regex(r"[A-Za-z0-9_+.-]{1,70}", fullmatch=True)
_hex = st.text("0123456789abcdef", min_size=12, max_size=12)
_guid = st.tuples(_hex, _hex).map(lambda parts: f"{parts[0][:8]}-{parts[1][:4]}-4000-8000-{parts[0]}")
_CANDIDATES: dict[Callable[..., Reading], st.SearchStrategy[str]] = {
    wording.read_text: st.from_regex(r"[ -~]{1,40}", fullmatch=True),
    wording.read_lines: st.from_regex(r"[ -~\n]{1,40}", fullmatch=True),
    wording.read_tenant_id: _guid,
    wording.read_subscription_id: _guid,
    wording.read_mpn_id: st.text("0123456789", min_size=1, max_size=20),
    wording.read_claim_reference: st.from_regex(r"CB-[0-9A-Z]{8}", fullmatch=True),
    read_email: st.tuples(_local, _domain).map("@".join),
    read_domain: _domain,
}


def test_every_short_cut_is_tried_here() -> None:
    assert _CANDIDATES.keys() == PLAIN_TEXTS.keys()


@pytest.mark.parametrize("reader", _CANDIDATES, ids=lambda reader: reader.__name__)
@given(data=st.data())
def test_a_plain_text_reads_as_itself(reader: Callable[[Cell], Reading], data: st.DataObject) -> None:
    text = data.draw(_CANDIDATES[reader].filter(PLAIN_TEXTS[reader].fullmatch))

    assert reader(text) == Reading(text)


@given(st.tuples(_local, _domain).map("@".join).filter(PLAIN_EMAIL.fullmatch))
def test_a_plain_address_is_what_the_validator_would_return(address: str) -> None:
    valid = validate_email(address, check_deliverability=False, strict=True)

    assert valid.normalized == address


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (wording.read_text, ""),
        (wording.read_text, " Contoso"),
        (wording.read_text, "Contoso\n"),
        (wording.read_text, "Göteborg"),
        (wording.read_tenant_id, "00000000-0000-0000-0000-000000000000"),
        (wording.read_tenant_id, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (wording.read_tenant_id, "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
        (wording.read_mpn_id, "4711 "),
        (wording.read_mpn_id, "４７１１"),
        (wording.read_claim_reference, "cb-7k3m9q2t"),
        (read_email, "anna@contoso.test"),
        (read_email, "anna@xn--caf-dma.example"),
        (read_email, f"{'a' * 65}@contoso.example"),
        (read_email, "anna@contoso.example\n"),
        (read_domain, "Contoso.example"),
        (read_domain, "xn--caf-dma.example"),
        (read_domain, "contoso"),
    ],
)
def test_what_needs_a_second_look_is_not_plain(reader: Callable[[Cell], Reading], text: str) -> None:
    assert PLAIN_TEXTS[reader].fullmatch(text) is None
