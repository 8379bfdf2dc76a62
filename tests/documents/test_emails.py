"""Messages are read back with the standard library's parser: what a mail program sees is what was meant."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents.addresses import MailError
from cpor_batch.documents.emails import Mail, build_draft, build_mail, draft_name, fingerprint_notification
from cpor_batch.domain.document import DocumentKind, DocumentOrder, DocumentRecord
from cpor_batch.domain.mail import Notification, mask_address, mask_addresses
from cpor_batch.errors import ConfigurationError, TemplateError
from tests.builders import TODAY, line
from tests.documents.orders import BRAND, LANGUAGES, REFERENCE, claim, letter, subscription_lines

PDF = {DocumentKind.LETTER: b"%PDF-1.7 the letter", DocumentKind.POE: b"%PDF-1.7 the form\r\n.\r\n"}
AT = datetime(2021, 4, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for kind, content in PDF.items():
        path = tmp_path / record(kind).path
        path.parent.mkdir()
        path.write_bytes(content)
    return tmp_path


def record(kind: DocumentKind) -> DocumentRecord:
    return DocumentRecord(
        kind=kind,
        reference=REFERENCE,
        path=f"{kind.folder}/{REFERENCE}-contoso.pdf",
        fingerprint="f1",
        dated_on=TODAY,
        sha256=hashlib.sha256(PDF[kind]).hexdigest(),
    )


def notification(order: DocumentOrder | None = None, *, has_poe: bool = False) -> Notification:
    wanted = order or letter()
    return Notification(
        fingerprint=fingerprint_notification(wanted),
        order=wanted,
        letter=record(DocumentKind.LETTER),
        poe=record(DocumentKind.POE) if has_poe else None,
    )


def draft(out: Path, order: DocumentOrder | None = None, *, has_poe: bool = False) -> EmailMessage:
    content = build_draft(notification(order, has_poe=has_poe), out=out, assets=Assets())
    return message_from_bytes(content, policy=policy.SMTP)


def mail(out: Path, order: DocumentOrder | None = None, **changes: Any) -> Mail:  # Any: what to build with
    wanted: dict[str, Any] = {"envelope_sender": None, "sendings": 1, "at": AT, **changes}
    return build_mail(notification(order), out=out, assets=Assets(), **wanted)


def addressed(name: str, address: str = "casey@contoso.example") -> DocumentOrder:
    return letter(of=claim(customer_contact_name=name, customer_contact_email=address))


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_a_draft_opens_for_sending_with_its_recipient_and_its_letter(out: Path) -> None:
    message = draft(out)

    assert message["X-Unsent"] == "1"
    assert message["To"] == "Casey Customer <casey@contoso.example>"
    assert message["From"] == "Fabrikam Consulting <partners@fabrikam.example>"
    assert (
        message["Subject"].strip()
        == f"Your partner of record with Microsoft: Fabrikam Consulting ({REFERENCE})"
    )
    assert [part.get_filename() for part in message.iter_attachments()] == [f"{REFERENCE}-contoso-letter.pdf"]
    assert {"Date", "Message-ID", "Bcc", "Cc"}.isdisjoint(message.keys())


def test_the_attachments_are_the_documents_that_were_registered(out: Path) -> None:
    message = draft(out, has_poe=True)

    attached = [part.get_content() for part in message.iter_attachments()]
    assert [hashlib.sha256(content).hexdigest() for content in attached] == [
        record(kind).sha256 for kind in (DocumentKind.LETTER, DocumentKind.POE)
    ]
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"] * 2


def test_an_attachment_keeps_its_name_in_any_script(out: Path) -> None:
    name = f"{REFERENCE}-コントソ物流.pdf"
    (out / "letters" / name).write_bytes(PDF[DocumentKind.LETTER])
    letter_record = replace(record(DocumentKind.LETTER), path=f"letters/{name}")

    content = build_draft(replace(notification(), letter=letter_record), out=out, assets=Assets())

    (attached,) = message_from_bytes(content, policy=policy.SMTP).iter_attachments()
    assert content.isascii()
    assert attached.get_filename() == f"{REFERENCE}-コントソ物流-letter.pdf"


def test_the_same_notification_gives_the_same_draft(out: Path) -> None:
    first, second = (build_draft(notification(), out=out, assets=Assets()) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_speaks_the_language_of_its_letter(language: str, out: Path) -> None:
    message = draft(out, letter(language), has_poe=True)

    body = body_of(message)
    assert message["Content-Language"] == language
    assert REFERENCE in str(message["Subject"])
    assert "Fabrikam Consulting" in str(message["Subject"])
    assert "Exchange Online" in body
    assert "Proof of Execution" in body
    assert ("Yours sincerely" in body) is (language == "en")
    assert "None" not in body
    assert "\n\n\n" not in body


def test_the_form_is_only_spoken_of_where_it_is_attached(out: Path) -> None:
    assert "Proof of Execution" not in body_of(draft(out))


def test_a_message_names_every_product_and_says_whose_it_is(out: Path) -> None:
    lines = (line(product="Microsoft Teams"), *subscription_lines(3))

    body = body_of(draft(out, letter(of=claim(lines=lines))))

    assert all(f"- {item.product}" in body for item in lines)
    assert all(item.subscription_id in body for item in lines if item.subscription_id)
    assert "not Microsoft’s notice" in body


def test_plain_text_keeps_ampersands_and_percent_signs(out: Path) -> None:
    brand = replace(BRAND, name="Fabrikam & Söhne <100 %>")

    message = draft(out, letter(partner=brand))

    assert "Fabrikam & Söhne <100 %> works for you" in body_of(message)
    assert "Fabrikam & Söhne <100 %>" in str(message["Subject"])


@pytest.mark.parametrize(
    "name",
    [
        "桜井 美緒",
        "Doe, Jane <evil@adversary.example>",
        '"Jane" \\ O\'Neil; Å: ()',
        "Ł" * 300,
        "山田, 太郎 (部長) " * 12 + "x",
        "x" * 400,
        "casey@adversary.example, robin@adversary.example",
        "עברית ושם",
        "👩‍👩‍👧 Casey",
        "Jåne, <a@adversary.example>, " * 10 + "b",
    ],
)
def test_any_name_stands_beside_one_address_and_comes_back_whole(name: str, out: Path) -> None:
    content = build_draft(notification(addressed(name)), out=out, assets=Assets())

    message = message_from_bytes(content, policy=policy.SMTP)
    raw = message_from_bytes(content, policy=policy.compat32)["To"]
    assert content.isascii()
    assert [one.addr_spec for one in message["To"].addresses] == ["casey@contoso.example"]
    assert {"Bcc", "Cc"}.isdisjoint(message.keys())
    shown = str(make_header(decode_header(raw))).replace('\\"', '"').replace("\\\\", "\\")
    assert name in " ".join(shown.split())


@pytest.mark.parametrize(
    "breaking", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\u2029", "\udc80"]
)
@pytest.mark.parametrize(
    "field", ["customer_contact_name", "customer_contact_email", "customer_name", "partner_contact_name"]
)
def test_a_line_break_in_a_name_makes_no_message(breaking: str, field: str, out: Path) -> None:
    evil = f"casey{breaking}Bcc: robin@adversary.example"
    order = letter(of=claim(**{field: evil}), partner=replace(BRAND, sender=None))

    with pytest.raises(MailError, match="U\\+"):
        draft(out, order)


@pytest.mark.parametrize("name", ["sender", "reply_to", "name"])
def test_a_line_break_in_a_setting_makes_no_message(name: str, out: Path) -> None:
    evil: dict[str, Any] = {name: "partners@fabrikam.example\nBcc: robin@adversary.example"}
    brand = replace(BRAND, **evil)

    with pytest.raises(MailError, match="U\\+000A"):
        draft(out, letter(partner=brand))


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?a=0d=0aBcc:_robin=40adversary.example?=", "=?utf-8?b?YQ0KQmNjOiB4QHkuZXhhbXBsZQ==?="]
)
def test_a_name_that_is_written_as_a_header_in_code_adds_no_header(name: str, out: Path) -> None:
    try:
        message = draft(out, addressed(name))
    except MailError:
        return
    assert "Bcc" not in message
    assert [one.addr_spec for one in message["To"].addresses] == ["casey@contoso.example"]


def test_text_that_turns_its_direction_makes_no_message(out: Path) -> None:
    with pytest.raises(MailError, match=r"U\+202E"):
        draft(out, addressed("Casey \u202eremotsuC"))


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "casey",
        "casey@",
        "casey@contoso.example, robin@adversary.example",
        "casey@contoso.example robin@adversary.example",
        "<casey@contoso.example>",
        '"casey robin"@contoso.example',
        "casey@contoso.example>",
        "casey@con..toso.exämple",
    ],
)
def test_an_address_that_is_none_makes_no_message(address: str | None, out: Path) -> None:
    order = letter(of=claim(customer_contact_email=address))

    with pytest.raises(MailError):
        draft(out, order)


def test_a_domain_in_other_letters_is_written_in_ascii(out: Path) -> None:
    message = draft(out, addressed("Casey", "casey@konto.exämple"))

    assert message["To"].addresses[0].addr_spec == "casey@konto.xn--exmple-cua"


def test_a_mailbox_in_other_letters_is_kept_and_needs_a_server_that_can(out: Path) -> None:
    order = addressed("用户", "用户@contoso.example")

    built = mail(out, order)

    read = HeaderParser(policy=policy.SMTPUTF8).parsestr(built.content.decode())
    assert built.needs_utf8
    assert built.recipient == "用户@contoso.example"
    assert read["To"].addresses[0].addr_spec == "用户@contoso.example"
    assert not mail(out).needs_utf8


def test_the_claims_own_contact_writes_where_the_brand_has_no_address(out: Path) -> None:
    named_only = draft(out, letter(partner=replace(BRAND, sender="Elin Sandell")))
    without = draft(out, letter(partner=replace(BRAND, sender=None)))

    expected = claim()
    for message in (named_only, without):
        assert message["From"].addresses[0].addr_spec == expected.partner_contact_email
        assert message["From"].addresses[0].display_name == expected.partner_contact_name
        assert "Reply-To" not in message


def test_answers_go_to_the_reply_address_of_the_brand(out: Path) -> None:
    brand = replace(BRAND, sender="Partner Team <team@fabrikam.example>", reply_to="answers@fabrikam.example")

    message = draft(out, letter(partner=brand))

    assert message["From"] == "Partner Team <team@fabrikam.example>"
    assert message["Reply-To"] == "answers@fabrikam.example"


def test_answers_go_to_the_claims_contact_where_the_brand_writes(out: Path) -> None:
    assert draft(out)["Reply-To"].addresses[0].addr_spec == claim().partner_contact_email


def test_a_message_of_nobody_is_not_made(out: Path) -> None:
    order = letter(of=claim(partner_contact_email=None), partner=replace(BRAND, sender=None))

    with pytest.raises(MailError, match="partner contact"):
        draft(out, order)


def test_a_message_to_be_sent_has_a_date_and_an_id_that_follows_from_it(out: Path) -> None:
    first, again, other = mail(out), mail(out), mail(out, addressed("Casey", "robin@contoso.example"))

    read = message_from_bytes(first.content, policy=policy.SMTP)
    assert read["Date"].datetime == AT
    assert read["Message-ID"] == first.message_id
    assert first.message_id.endswith("@fabrikam.example>")
    assert first.message_id == again.message_id
    assert len({first.message_id, other.message_id, mail(out, sendings=2).message_id}) == 3
    assert "X-Unsent" not in read


def test_the_envelope_is_the_settings_sender_and_the_message_says_so(out: Path) -> None:
    built = mail(out, envelope_sender="robot@fabrikam.example")

    read = message_from_bytes(built.content, policy=policy.SMTP)
    assert (built.sender, built.recipient) == ("robot@fabrikam.example", "casey@contoso.example")
    assert read["Sender"] == "robot@fabrikam.example"
    assert mail(out).sender == "partners@fabrikam.example"
    assert "Sender" not in message_from_bytes(mail(out).content, policy=policy.SMTP)


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_letter_that_is_not_the_registered_one_is_not_sent(change: str, out: Path) -> None:
    path = out / record(DocumentKind.LETTER).path
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"%PDF-1.7 another letter")

    with pytest.raises(MailError, match="cpor-batch documents"):
        draft(out)


def test_a_new_look_is_no_new_notification_but_a_new_product_or_recipient_is() -> None:
    known = fingerprint_notification(letter())

    same = [
        letter("sv"),
        letter(partner=replace(BRAND, colour="#112233", footer="new")),
        letter(opt_out_until=TODAY),
        letter(of=claim(customer_contact_title="CEO", partner_contact_name="Robin")),
    ]
    new = [
        letter(of=claim(lines=(line(product="Microsoft Teams"),))),
        letter(of=claim(customer_contact_email="robin@contoso.example")),
    ]
    assert {fingerprint_notification(order) for order in same} == {known}
    assert known not in {fingerprint_notification(order) for order in new}


def test_a_draft_is_named_after_its_letter() -> None:
    assert draft_name(notification()) == f"{REFERENCE}-contoso.eml"


def test_ones_own_template_can_replace_a_block(out: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "emails").mkdir(parents=True)
    (own / "emails" / "notification.txt.j2").write_text(
        '{% extends "builtin/emails/notification.txt.j2" %}{% block closing %}Cheers{% endblock %}'
    )

    content = build_draft(notification(), out=out, assets=Assets(templates_dir=own))

    body = body_of(message_from_bytes(content, policy=policy.SMTP))
    assert body.endswith("Cheers\n")
    assert body.startswith("Dear Casey Customer,")


@pytest.mark.parametrize("text", ["only a subject", "Subject\n{{ nonsense }}"])
def test_a_mistake_in_ones_own_template_names_it(text: str, out: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "emails").mkdir(parents=True)
    (own / "emails" / "notification.txt.j2").write_text(text)

    with pytest.raises(TemplateError, match="notification"):
        build_draft(notification(), out=out, assets=Assets(templates_dir=own))


def test_a_template_cannot_break_the_subject(out: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "emails").mkdir(parents=True)
    (own / "emails" / "notification.txt.j2").write_text("Hello\x0bBcc: x@y.example\nbody")

    with pytest.raises(MailError, match="subject"):
        build_draft(notification(), out=out, assets=Assets(templates_dir=own))


@pytest.mark.parametrize("sender", ["Team <team@fabrikam.example>", "team", "a@b.example\nBcc: c@d.example"])
def test_an_envelope_sender_that_is_no_bare_address_is_a_matter_of_configuration(sender: str) -> None:
    from cpor_batch.documents.emails import check_envelope_sender

    check_envelope_sender("team@fabrikam.example")
    with pytest.raises(ConfigurationError, match=r"smtp\.sender"):
        check_envelope_sender(sender)


def test_addresses_are_masked() -> None:
    assert mask_address("casey@contoso.example") == "c…@c….example"
    assert mask_address("casey@mail.contoso.example.com") == "c…@m….com"
    assert mask_address("") == "…@…"
    assert mask_addresses("550 <casey@contoso.example>: no; ask a@b.example") == (
        "550 <c…@c….example>: no; ask a…@b….example"
    )
