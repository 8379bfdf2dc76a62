"""E-mail addresses and domains."""

import pytest

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell
from cpor_batch.validation.internet import read_domain, read_email
from cpor_batch.validation.reading import Reading


@pytest.mark.parametrize(
    "text",
    [
        "casey@contoso.example",
        "c.b+x_y@a-b.contoso.example",
        "casey@münchen.example",
        "o'neil@contoso.example",
    ],
)
def test_an_address_is_read_as_it_is(text: str) -> None:
    assert read_email(text) == Reading(text)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "casey",
            "casey@",
            "@contoso.example",
            "a@b@contoso.example",
            "a b@contoso.example",
            "a..b@contoso.example",
        ),
        *(
            ".a@contoso.example",
            "a@contoso",
            "a@-contoso.example",
            "a@contoso.invalid",
            "a@localhost",
            True,
            5,
        ),
        *(
            "casey@contoso.example; pat@contoso.example",
            "x" * 65 + "@contoso.example",
            "a@" + "x" * 64 + ".example",
        ),
    ],
)
def test_anything_else_is_no_address(cell: Cell) -> None:
    reading = read_email(cell)

    assert reading.fault is not None
    assert reading.fault.code is IssueCode.EMAIL_INVALID


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("contoso.example", "contoso.example"),
        ("CONTOSO.example", "contoso.example"),
        ("contoso.example.", "contoso.example"),
        ("@contoso.example", "contoso.example"),
        ("https://www.contoso.example/x?y=1", "contoso.example"),
        ("http://contoso.example:8080", "contoso.example"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("ｃontoso.example", "contoso.example"),
    ],
)
def test_a_domain_is_read_in_its_readable_form(text: str, domain: str) -> None:
    reading = read_domain(text)

    assert reading.value == domain
    assert (reading.before is None) is (text == domain)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "contoso",
            "con toso.example",
            "-a.example",
            "a_b.example",
            "10.0.0.1",
            "casey@contoso.example",
            "..",
            ".",
        ),
        *("https://", "https://[", "xn--.example", "a" * 64 + ".example", 5, True, "contoso.example/x"),
    ],
)
def test_anything_else_is_no_domain(cell: Cell) -> None:
    reading = read_domain(cell)

    assert reading.fault is not None
    assert reading.fault.code is IssueCode.DOMAIN_INVALID


@pytest.mark.parametrize("domain", ["cоntoso.example", "аррӏе.example", "οοο.example", "contοso.example"])
def test_letters_that_pass_for_latin_ones_are_warned_about(domain: str) -> None:
    reading = read_domain(domain)

    assert reading.value == domain
    assert reading.warning is not None
    assert reading.warning.code is IssueCode.DOMAIN_LOOKALIKE


@pytest.mark.parametrize(
    "domain", ["münchen.example", "пример.example", "ελλάδα.example", "日本.example", "straße.example"]
)
def test_an_honest_international_name_is_not(domain: str) -> None:
    assert read_domain(domain).warning is None
