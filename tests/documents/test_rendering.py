from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from cpor_batch.assets import Assets, builtin_folder
from cpor_batch.documents import render_html, template_fingerprint
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import ConfigurationError, TemplateError
from tests import builders
from tests.documents.orders import BRAND, LANGUAGES, claim, letter, poe

SCRIPT = "<script>alert(1)</script>"


def overridden(folder: Path, text: str, name: str = "documents/letter.html.j2") -> Assets:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Assets(templates_dir=folder)


def hostile_claim() -> Claim:
    texts = {
        field.name: SCRIPT
        for field in fields(Claim)
        if field.type in {str, str | None} and field.name != "edition"
    }
    lines = (builders.line(product=SCRIPT, engagement_description=SCRIPT),)
    return claim(**texts, customer_address=(SCRIPT, SCRIPT), lines=lines)


@pytest.mark.parametrize(
    "order", [letter(of=hostile_claim()), poe(of=hostile_claim())], ids=["letter", "poe"]
)
def test_markup_in_any_field_is_shown_as_text(order: DocumentOrder) -> None:
    brand = replace(BRAND, name=SCRIPT, address=(SCRIPT,), sender=SCRIPT, footer=SCRIPT)

    page = render_html(replace(order, partner=brand), Assets())

    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 8


def test_a_template_expression_in_a_cell_is_shown_as_text() -> None:
    page = render_html(letter(of=claim(customer_name="{{ 7 * 7 }}{% raw %}%(name)s")), Assets())

    assert "{{ 7 * 7 }}{% raw %}%(name)s" in page


def test_no_builtin_template_switches_escaping_off() -> None:
    templates = list((builtin_folder("templates") / "documents").glob("*.j2"))

    assert templates
    for template in templates:
        assert "safe" not in template.read_text(encoding="utf-8")
        assert "autoescape" not in template.read_text(encoding="utf-8")


def test_what_a_claim_does_not_say_leaves_no_trace() -> None:
    bare = claim(
        customer_contact_name=None,
        customer_contact_title=None,
        customer_contact_email=None,
        partner_contact_name=None,
        partner_contact_email=None,
        customer_domain=None,
        customer_address=(),
    )

    pages = [render_html(order, Assets()) for order in (letter(of=bare), poe(of=bare))]

    assert all("None" not in page for page in pages)
    assert "Dear Sir or Madam," in pages[0]


def test_a_name_that_the_address_begins_with_is_said_once() -> None:
    lines = ("Contoso manufacturing AB ", "Hamngatan 12")

    page = render_html(letter(of=claim(customer_address=lines)), Assets())

    window = page.partition('class="recipient"')[2].partition("</p>")[0]
    assert window.casefold().count("contoso manufacturing ab") == 1
    assert "Hamngatan 12" in window


def test_a_letter_names_the_last_day_to_opt_out_once_the_notice_is_known() -> None:
    page = render_html(letter(opt_out_until=date(2021, 4, 9)), Assets())

    assert "<strong>until 9 April 2021</strong>" in page
    assert "business days" not in page


@pytest.mark.parametrize(("days", "words"), [(5, "five"), (14, "fourteen"), (8, "8")])
def test_a_letter_counts_from_the_notice_as_long_as_that_is_not_known(days: int, words: str) -> None:
    page = render_html(letter(opt_out_days=days), Assets())

    assert f"{words} business days from Microsoft’s notice" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_that_ends_in_a_full_stop_is_followed_by_no_other(language: str) -> None:
    company = claim(partner_name="Fabrikam & Sons, Inc.", customer_name="Contoso S.L.")

    pages = [
        render_html(
            make(language, of=company, partner=replace(BRAND, name="Fabrikam & Sons, Inc.")), Assets()
        )
        for make in (letter, poe)
    ]

    assert all("Fabrikam &amp; Sons, Inc." in page for page in pages)
    assert not any("Inc.." in page or "Inc.</p>." in page for page in pages)


def test_an_activity_without_words_of_its_own_is_named() -> None:
    page = render_html(letter(of=claim(activity="Managed adoption")), Assets())

    assert "Managed adoption" in page


def test_the_public_sector_disclosure_appears_only_where_it_applies() -> None:
    without = render_html(poe(), Assets())
    with_it = render_html(poe(has_public_sector_disclosure=True), Assets())

    assert "Public Sector Disclosure" not in without
    assert "Public Sector Disclosure" in with_it


def test_lines_of_one_description_say_it_once() -> None:
    lines = (
        builders.line(product="Exchange Online", engagement_description="Moved mailboxes."),
        builders.line(product="Intune", engagement_description="Enrolled devices."),
        builders.line(product="Microsoft Teams", engagement_description="Moved mailboxes."),
    )

    page = render_html(poe(of=claim(lines=lines)), Assets())

    assert page.count("Moved mailboxes.") == 1
    assert "<strong>Exchange Online, Microsoft Teams</strong>" in page


def test_a_proof_without_a_description_has_room_to_write_one() -> None:
    page = render_html(poe(of=claim(lines=(builders.line(engagement_description=None),))), Assets())

    assert '<textarea id="engagement_description"' in page


def test_one_block_of_a_builtin_template_can_be_overridden(tmp_path: Path) -> None:
    text = (
        '{% extends "builtin/documents/letter.html.j2" %}'
        "{% block closing %}<p>Best wishes, {{ partner.name }}</p>{% endblock %}"
    )

    page = render_html(letter(), overridden(tmp_path, text))

    assert "Best wishes, Fabrikam Consulting" in page
    assert "Yours sincerely" not in page
    assert "What you can do" in page


def test_an_overridden_template_changes_the_fingerprint(tmp_path: Path) -> None:
    assert template_fingerprint(overridden(tmp_path, "x")) != template_fingerprint(Assets())


def test_an_unknown_variable_is_reported_with_file_line_and_the_nearest_name(tmp_path: Path) -> None:
    assets = overridden(tmp_path, "<p>\n{{ custmer.name }}\n</p>")

    with pytest.raises(TemplateError) as caught:
        render_html(letter(), assets)

    assert str(caught.value) == (
        f"{tmp_path}/documents/letter.html.j2:2: 'custmer' is undefined. Did you mean \"customer\"?"
    )


def test_an_unknown_field_is_reported_with_file_and_line(tmp_path: Path) -> None:
    assets = overridden(tmp_path, "{{ customer.nmae }}")

    with pytest.raises(TemplateError, match=r"letter\.html\.j2:1: .*nmae"):
        render_html(letter(), assets)


def test_a_mistake_in_an_extending_template_is_found_in_that_template(tmp_path: Path) -> None:
    text = (
        '{% extends "builtin/documents/letter.html.j2" %}\n{% block closing %}\n{{ nothing }}{% endblock %}'
    )

    with pytest.raises(TemplateError) as caught:
        render_html(letter(), overridden(tmp_path, text))

    assert caught.value.where == f"{tmp_path}/documents/letter.html.j2:3"


def test_a_syntax_error_is_reported_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"letter\.html\.j2:2: "):
        render_html(letter(), overridden(tmp_path, "<p>\n{% if %}"))


@pytest.mark.parametrize(
    "payload",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ customer | attr('__class__') }}",
        "{{ '%s' | attr('format') | attr('__globals__') }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(day) }}",
        "{{ lines.__class__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ 'a' * 10 ** 10 }}",
        "{{ 'a' * 10000000000 }}",
        "{{ [0] * 99999999 }}",
        "{% for i in range(99999999) %}{% endfor %}",
        "{{ customer.update({'name': 'x'}) }}",
        "{% include '../../pyproject.toml' %}",
        "{% include '/etc/passwd' %}",
        "{% include 'builtin/../../pyproject.toml' %}",
        "{{ 1 / 0 }}",
        "{% extends 'documents/letter.html.j2' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(payload: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        render_html(letter(), overridden(tmp_path, payload))


def test_a_link_in_the_templates_folder_does_not_lead_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "templates"
    assets = overridden(folder, "{% include 'documents/secret.txt' %}")
    (folder / "documents" / "secret.txt").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(TemplateError, match=r"documents/secret\.txt"):
        render_html(letter(), assets)


def test_a_light_colour_is_darkened_until_it_can_be_read() -> None:
    light = render_html(letter(partner=replace(BRAND, colour="#ffee00")), Assets())
    dark = render_html(letter(partner=replace(BRAND, colour="#0a3d62")), Assets())

    assert "--accent: #ffee00" not in light
    assert "--accent: #0a3d62" in dark


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="red; background"):
        render_html(letter(partner=replace(BRAND, colour="red; background: url(x)")), Assets())


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", b"%PDF-1.7", b"plain text"])
def test_a_logo_that_is_missing_or_no_image_fails_the_letter(content: bytes | None, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    if content is not None:
        logo.write_bytes(content)

    with pytest.raises(ConfigurationError, match="logo"):
        render_html(letter(partner=replace(BRAND, logo=str(logo))), Assets())


def test_a_logo_is_part_of_the_page(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')

    page = render_html(letter(partner=replace(BRAND, logo=str(logo))), Assets())

    assert '<img class="logo" src="data:image/svg+xml;base64,' in page
    assert 'alt="Fabrikam Consulting"' in page


def test_the_page_needs_no_other_file() -> None:
    page = render_html(poe(), Assets())

    assert "@page" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "<link" not in page
    assert "http://" not in page
