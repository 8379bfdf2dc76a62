"""Messages to a real server: what is known of each, whatever the server does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpor_batch.documents.emails import Mail
from cpor_batch.documents.mail_server import Fate, MailServer, Reply
from cpor_batch.errors import ConfigurationError
from cpor_batch.settings import Smtp
from tests.mail_servers import (
    HOST,
    PASSWORD,
    USER,
    Certificate,
    Mailroom,
    free_port,
    make_certificate,
    serving,
    with_password,
)

CASEY = "casey@contoso.example"


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def port(room: Mailroom) -> Iterator[int]:
    with serving(room) as port:
        yield port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def smtp(port: int, **changes: Any) -> Smtp:  # Any: the fields of a value by name
    good: dict[str, Any] = {"host": HOST, "port": port, "security": "none", "timeout_seconds": 5}
    return Smtp(**{**good, **changes})


def mail(recipient: str = CASEY, **changes: Any) -> Mail:  # Any: the fields of a value by name
    content = b"Subject: letter\r\n\r\nOne line\r\n.\r\n..two dots\r\n"
    good: dict[str, Any] = {
        "content": content,
        "sender": "pat@fabrikam.example",
        "recipient": recipient,
        "message_id": "<1@fabrikam.example>",
        "needs_utf8": False,
    }
    return Mail(**{**good, **changes})


def deliver(settings: Smtp, *mails: Mail, password: str | None = None, is_ours: bool = True) -> list[Reply]:
    with MailServer(settings, password=password) as server:
        return [server.deliver(one, begin=lambda: is_ours) for one in mails or (mail(),)]


def fates(replies: list[Reply]) -> list[Fate]:
    return [reply.fate for reply in replies]


def test_a_message_arrives_byte_for_byte(room: Mailroom, port: int) -> None:
    replies = deliver(smtp(port))

    assert fates(replies) == [Fate.ACCEPTED]
    assert room.received == [(CASEY, mail().content)]
    assert room.senders == ["pat@fabrikam.example"]


def test_one_connection_carries_many_messages(room: Mailroom, port: int) -> None:
    replies = deliver(smtp(port), *(mail(f"casey{number}@contoso.example") for number in range(5)))

    assert fates(replies) == [Fate.ACCEPTED] * 5
    assert room.recipients == [f"casey{number}@contoso.example" for number in range(5)]


def test_a_refused_recipient_does_not_hurt_the_next_one(room: Mailroom, port: int) -> None:
    room.answers["gone@contoso.example"] = ["550 5.1.1 <gone@contoso.example> is nobody here"]

    replies = deliver(smtp(port), mail("gone@contoso.example"), mail())

    assert fates(replies) == [Fate.REFUSED, Fate.ACCEPTED]
    assert replies[0].text == "550 5.1.1 <g…@c….example> is nobody here"
    assert room.recipients == [CASEY]


def test_a_server_that_is_busy_is_to_be_asked_later(room: Mailroom, port: int) -> None:
    room.answers[CASEY] = ["451 4.7.1 greylisted, come back"]

    assert fates(deliver(smtp(port), mail(), mail())) == [Fate.LATER, Fate.ACCEPTED]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [("451 4.3.0 disk full", Fate.LATER), ("554 5.7.1 looks like spam", Fate.REFUSED)],
)
def test_a_message_that_is_refused_after_it_came_was_not_sent(
    answer: str, fate: Fate, room: Mailroom, port: int
) -> None:
    room.data_answers = [answer]

    replies = deliver(smtp(port), mail(), mail())

    assert fates(replies) == [fate, Fate.ACCEPTED]
    assert replies[0].text == answer
    assert len(room.received) == 1


def test_a_server_that_hangs_up_in_the_middle_leaves_the_fate_unknown(room: Mailroom, port: int) -> None:
    room.drops_in_message = 1

    replies = deliver(smtp(port), mail(), mail("robin@contoso.example"))

    assert fates(replies) == [Fate.UNKNOWN, Fate.ACCEPTED]
    assert room.recipients == ["robin@contoso.example"]


def test_a_server_that_takes_a_message_and_hangs_up_leaves_the_fate_unknown(
    room: Mailroom, port: int
) -> None:
    room.drops_after_message = 1

    replies = deliver(smtp(port))

    assert fates(replies) == [Fate.UNKNOWN]
    assert "no answer after the message" in replies[0].text
    assert room.recipients == [CASEY]


def test_a_server_that_says_nothing_leaves_the_fate_unknown_after_the_time_limit(
    room: Mailroom, port: int
) -> None:
    room.holds_message = True

    replies = deliver(smtp(port, timeout_seconds=1))

    assert fates(replies) == [Fate.UNKNOWN]
    assert "did not answer within 1 s" in replies[0].text


def test_no_server_at_all_is_unreachable_and_nothing_begins() -> None:
    begun = []

    def begin() -> bool:
        begun.append(1)
        return True

    with MailServer(smtp(free_port()), password=None) as server:
        reply = server.deliver(mail(), begin=begin)

    assert reply.fate is Fate.UNREACHABLE
    assert begun == []


def test_a_server_that_went_away_between_two_messages_is_connected_again(room: Mailroom) -> None:
    port = free_port()
    with MailServer(smtp(port), password=None) as server:
        with serving(room, port=port):
            first = server.deliver(mail(), begin=lambda: True)
        with serving(room, port=port):
            second = server.deliver(mail(), begin=lambda: True)

    assert fates([first, second]) == [Fate.ACCEPTED, Fate.ACCEPTED]


def test_a_message_that_another_run_has_is_not_handed_over(room: Mailroom, port: int) -> None:
    assert fates(deliver(smtp(port), is_ours=False)) == [Fate.TAKEN]
    assert room.received == []


def test_a_sender_that_is_refused_is_no_fault_of_the_recipient(room: Mailroom, port: int) -> None:
    room.sender_answers = ["550 5.7.1 you may not send as <pat@fabrikam.example>"]

    assert fates(deliver(smtp(port), mail(), mail())) == [Fate.SENDER_REFUSED, Fate.ACCEPTED]
    assert room.tries == 1


def test_a_message_that_is_too_large_is_refused_before_it_is_handed_over(room: Mailroom) -> None:
    with serving(room, data_size_limit=100) as port:
        replies = deliver(smtp(port), mail(content=b"x: " + b"y" * 200 + b"\r\n"))

    assert fates(replies) == [Fate.REFUSED]
    assert room.received == []


def test_an_address_outside_ascii_needs_a_server_that_can(room: Mailroom) -> None:
    address = "用户@contoso.example"
    with serving(room, enable_SMTPUTF8=False) as port:
        refused = deliver(smtp(port), mail(address, needs_utf8=True))
    with serving(room, enable_SMTPUTF8=True) as port:
        accepted = deliver(smtp(port), mail(address, needs_utf8=True))

    assert fates([*refused, *accepted]) == [Fate.REFUSED, Fate.ACCEPTED]
    assert room.recipients == [address]


def test_starttls_is_used_and_the_password_goes_only_through_it(
    room: Mailroom, certificate: Certificate
) -> None:
    settings = with_password(tls_context=certificate.context, require_starttls=True)
    with serving(room, **settings) as port:
        secure = smtp(port, security="starttls", ca_file=certificate.path, user=USER)
        replies = deliver(secure, password=PASSWORD)

    assert fates(replies) == [Fate.ACCEPTED]


def test_tls_from_the_first_byte_is_used(room: Mailroom, certificate: Certificate) -> None:
    with serving(room, ssl_context=certificate.context) as port:
        replies = deliver(smtp(port, security="tls", ca_file=certificate.path))

    assert fates(replies) == [Fate.ACCEPTED]


@pytest.mark.parametrize(("security", "way"), [("starttls", "tls_context"), ("tls", "ssl_context")])
def test_a_certificate_that_nobody_vouches_for_stops_everything(
    security: str, way: str, room: Mailroom, certificate: Certificate
) -> None:
    with (
        serving(room, **{way: certificate.context}) as port,
        pytest.raises(ConfigurationError, match=r"cannot be trusted.*ca_file"),
    ):
        deliver(smtp(port, security=security))

    assert room.received == []


def test_a_certificate_of_another_server_stops_everything(room: Mailroom, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, host="192.0.2.1")

    with (
        serving(room, tls_context=other.context) as port,
        pytest.raises(ConfigurationError, match="cannot be trusted"),
    ):
        deliver(smtp(port, security="starttls", ca_file=other.path))


def test_a_server_without_starttls_gets_neither_password_nor_message(room: Mailroom, port: int) -> None:
    with pytest.raises(ConfigurationError, match="offers no STARTTLS"):
        deliver(smtp(port, security="starttls", user=USER), password=PASSWORD)

    assert room.received == []


def test_a_wrong_password_stops_everything_and_is_not_repeated(
    room: Mailroom, certificate: Certificate
) -> None:
    settings = with_password(tls_context=certificate.context)
    with serving(room, **settings) as port:
        secure = smtp(port, security="starttls", ca_file=certificate.path, user=USER)
        with pytest.raises(ConfigurationError, match="does not accept the password") as caught:
            deliver(secure, password="wrong-and-secret")

    assert "wrong-and-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert room.received == []


def test_a_password_outside_ascii_is_refused_without_a_trace(
    room: Mailroom, certificate: Certificate
) -> None:
    with serving(room, **with_password(tls_context=certificate.context)) as port:
        secure = smtp(port, security="starttls", ca_file=certificate.path, user=USER)
        with pytest.raises(ConfigurationError, match="outside ASCII") as caught:
            deliver(secure, password="Grüße")

    assert caught.value.__cause__ is None


def test_a_server_without_login_is_told_when_a_user_is_set(room: Mailroom, port: int) -> None:
    with pytest.raises(ConfigurationError, match="no login"):
        deliver(smtp(port, user=USER), password=PASSWORD)


def test_a_password_never_leaves_this_machine_in_the_clear() -> None:
    settings = Smtp(host="mail.example.com", security="none", user=USER)

    with pytest.raises(ConfigurationError, match="in the clear"):
        deliver(settings, password=PASSWORD)


def test_a_plain_server_on_the_port_for_tls_is_explained(room: Mailroom, port: int) -> None:
    with pytest.raises(ConfigurationError, match="port 465"):
        deliver(smtp(port, security="tls"))


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_ca_file_without_certificates_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"ca\.pem.*smtp\.ca_file"):
        deliver(smtp(free_port(), security="starttls", ca_file=path))
