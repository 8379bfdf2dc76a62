"""Letters go out once: as drafts, or through a real server that has its moods."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.mail import MailState
from cpor_batch.errors import ConfigurationError, ExitCode, LedgerBusyError, OutputError, UsageError
from cpor_batch.ledger import open_ledger, open_outbox
from cpor_batch.pipeline.progress import Silent
from cpor_batch.pipeline.send_drafts import send_drafts
from cpor_batch.pipeline.send_plan import Choice
from cpor_batch.pipeline.send_smtp import require_smtp, send_smtp
from cpor_batch.pipeline.sent import Sent
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import Smtp
from tests.builders import TODAY, claim, line
from tests.ledger.events import append, event, recorded, reference_of, run, status_changed
from tests.letters import customers, make_documents, make_workspace, references
from tests.mail_servers import HOST, Mailroom, free_port, serving

CLAIMS = customers("casey", "robin", "toni")


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def port(room: Mailroom) -> Iterator[int]:
    with serving(room) as port:
        yield port


@pytest.fixture
def workspace(tmp_path: Path, port: int) -> Workspace:
    return with_server(make_workspace(tmp_path, CLAIMS), port)


def with_server(workspace: Workspace, port: int, **changes: Any) -> Workspace:  # Any: fields by name
    good: dict[str, Any] = {"host": HOST, "port": port, "security": "none", "per_minute": 60_000}
    return Workspace(replace(workspace.settings, smtp=Smtp(**{**good, "timeout_seconds": 5, **changes})))


def yes(_count: int, _host: str) -> bool:
    return True


def send(workspace: Workspace, **choice: Any) -> Sent:  # Any: the fields of the choice
    waits: list[float] = []
    return send_smtp(workspace, choice=Choice(**choice), progress=Silent(), confirm=yes, pause=waits.append)


def draft(workspace: Workspace, folder: Path, **choice: Any) -> Sent:  # Any: the fields of the choice
    return send_drafts(workspace, folder, choice=Choice(**choice), progress=Silent())


def states(sent: Sent) -> dict[str, MailState]:
    return {result.notification.order.claim.claim_name: result.state for result in sent.results}


def sent_events(workspace: Workspace) -> list[Event]:
    with open_ledger(workspace.settings.ledger_url) as ledger:
        return [event for event in ledger.read_events() if event.kind is EventKind.DOCUMENT_SENT]


def address(of: Claim) -> str:
    assert of.customer_contact_email
    return of.customer_contact_email


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_customer_gets_one_message_with_the_registered_documents(
    workspace: Workspace, room: Mailroom
) -> None:
    sent = send(workspace)

    assert sent.exit_code is ExitCode.DONE
    assert sorted(room.recipients) == sorted(address(one) for one in CLAIMS)
    with open_ledger(workspace.settings.ledger_url) as ledger:
        registered = {made.sha256 for made in ledger.read_documents()}
    attached = {
        hashlib.sha256(part.get_content()).hexdigest()
        for message in room.messages
        for part in message.iter_attachments()
    }
    assert attached == registered
    assert len(attached) == 6


def test_sending_again_sends_nothing(workspace: Workspace, room: Mailroom) -> None:
    send(workspace)

    again = send(workspace)

    assert len(room.received) == 3
    assert set(states(again).values()) == {MailState.SENT}
    assert again.closing_line == "0 messages sent. 3 were sent before."
    assert again.exit_code is ExitCode.DONE


def test_the_history_tells_when_and_under_which_id_and_keeps_the_address_out(
    workspace: Workspace, room: Mailroom
) -> None:
    send(workspace)

    events = sent_events(workspace)
    assert sorted(str(event.claim) for event in events) == sorted(references(CLAIMS))
    assert {event.occurred_on for event in events} == {TODAY}
    assert {str(event.after["message_id"]) for event in events} == {
        str(message["Message-ID"]) for message in room.messages
    }
    assert {event.after["channel"] for event in events} == {"smtp"}
    assert "@contoso" not in str(events)


def test_sending_opens_no_window(workspace: Workspace) -> None:
    with open_ledger(workspace.settings.ledger_url) as ledger:
        before = [replace(state, last_event=0) for state in ledger.read_states()]

    send(workspace)

    with open_ledger(workspace.settings.ledger_url) as ledger:
        assert [replace(state, last_event=0) for state in ledger.read_states()] == before


def test_a_recipient_that_is_refused_is_told_and_the_others_get_theirs(
    workspace: Workspace, room: Mailroom
) -> None:
    room.answers[address(CLAIMS[1])] = ["550 5.1.1 <robin@contoso.example> unknown"]

    sent = send(workspace)
    again = send(workspace)

    assert states(sent)["Claim of robin"] is MailState.FAILED
    assert sent.exit_code is ExitCode.SOME_FAILED
    assert "550 5.1.1 <r…@c….example> unknown" in sent.lines[0]
    assert len(room.received) == 2
    assert "refused earlier" in again.lines[0]
    assert len(sent_events(workspace)) == 2


def test_a_refused_recipient_is_tried_again_when_asked_for(workspace: Workspace, room: Mailroom) -> None:
    room.answers[address(CLAIMS[1])] = ["550 5.1.1 unknown"]
    send(workspace)

    sent = send(workspace, is_all=True)

    assert states(sent)["Claim of robin"] is MailState.SENT
    assert len(room.received) == 3


def test_a_mended_address_is_a_new_message(workspace: Workspace, room: Mailroom) -> None:
    room.answers[address(CLAIMS[1])] = ["550 5.1.1 unknown"]
    send(workspace)
    mended = replace(CLAIMS[1], customer_contact_email="robin.mended@contoso.example")
    revise(workspace, mended)

    send(workspace)

    assert room.recipients[-1] == "robin.mended@contoso.example"
    assert len(room.received) == 3


def revise(workspace: Workspace, changed: Claim) -> None:
    with open_ledger(workspace.settings.ledger_url) as ledger:
        append(ledger, event(EventKind.REVISED, changed, state=changed, status="editing"))
    make_documents(workspace)


def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(
    workspace: Workspace, room: Mailroom
) -> None:
    room.answers[address(CLAIMS[0])] = ["451 4.7.1 greylisted", "450 4.7.1 still"]
    room.data_answers = ["452 4.3.1 no room"]
    waits: list[float] = []

    sent = send_smtp(workspace, choice=Choice(), progress=Silent(), confirm=yes, pause=waits.append)

    assert set(states(sent).values()) == {MailState.SENT}
    assert sorted(room.recipients) == sorted(address(one) for one in CLAIMS)
    assert [wait for wait in waits if wait >= 1] == [5, 30]


def test_a_server_that_stays_busy_leaves_the_message_for_the_next_time(
    workspace: Workspace, room: Mailroom
) -> None:
    room.answers[address(CLAIMS[0])] = ["451 4.7.1 greylisted"] * 4

    sent = send(workspace)
    later = send(workspace)

    assert states(sent)["Claim of casey"] is MailState.QUEUED
    assert sent.exit_code is ExitCode.SOME_FAILED
    assert "1 put off" in sent.closing_line
    assert states(later)["Claim of casey"] is MailState.SENT
    assert len(room.received) == 3


def test_a_server_that_is_gone_leaves_everything_for_the_next_time(
    workspace: Workspace, room: Mailroom
) -> None:
    gone = with_server(workspace, free_port())

    sent = send(gone)
    later = send(workspace)

    assert set(states(sent).values()) == {MailState.QUEUED}
    assert sent.exit_code is ExitCode.SOME_FAILED
    assert set(states(later).values()) == {MailState.SENT}
    assert len(room.received) == 3


@pytest.mark.parametrize("drop", ["drops_in_message", "drops_after_message"])
def test_a_message_whose_fate_is_unknown_is_never_sent_again_unasked(
    drop: str, workspace: Workspace, room: Mailroom
) -> None:
    setattr(room, drop, 1)

    sent = send(workspace)
    tries = room.tries
    again = send(workspace, is_all=True)

    (lost,) = (result for result in sent.results if result.state is MailState.UNKNOWN)
    assert sent.exit_code is ExitCode.SOME_FAILED
    assert again.exit_code is ExitCode.NEEDS_YOU
    assert room.tries == tries
    assert f"send --smtp --again {lost.notification.reference}" in again.lines[0]
    assert len(sent_events(workspace)) == 2


def test_a_message_of_unknown_fate_is_sent_once_more_when_asked_for(
    workspace: Workspace, room: Mailroom
) -> None:
    room.drops_in_message = 1
    first = send(workspace)
    (lost,) = (result for result in first.results if result.state is MailState.UNKNOWN)

    sent = send(workspace, again=(lost.notification.reference,))

    assert list(states(sent).values()) == [MailState.SENT]
    assert sorted(room.recipients) == sorted(address(one) for one in CLAIMS)
    assert lost.entry
    assert room.messages[-1]["Message-ID"] == lost.entry.message_id
    assert len(sent_events(workspace)) == 3


def test_a_message_of_unknown_fate_that_arrived_can_be_called_sent(
    workspace: Workspace, room: Mailroom
) -> None:
    room.drops_after_message = 1
    first = send(workspace)
    (lost,) = (result for result in first.results if result.state is MailState.UNKNOWN)

    settled = send(workspace, was_sent=(lost.notification.reference,))
    again = send(workspace)

    assert settled.closing_line == "1 noted as sent."
    assert set(states(again).values()) == {MailState.SENT}
    assert len(room.received) == 3
    assert len(sent_events(workspace)) == 3


def test_only_an_unknown_fate_can_be_settled(workspace: Workspace, room: Mailroom) -> None:
    send(workspace)

    with pytest.raises(UsageError, match="no message whose fate is unknown"):
        send(workspace, was_sent=("Claim of casey",))


def test_a_message_that_was_sent_goes_out_once_more_only_when_asked_for(
    workspace: Workspace, room: Mailroom
) -> None:
    send(workspace)

    send(workspace, claims=("Claim of casey",))
    send(workspace, is_all=True)
    again = send(workspace, again=("Claim of casey",))

    ids = [message["Message-ID"] for message in room.messages]
    assert list(states(again)) == ["Claim of casey"]
    assert len(room.received) == 4
    assert len(set(ids)) == 4
    assert len(sent_events(workspace)) == 4


def test_what_was_left_in_sending_is_told_and_left_alone(workspace: Workspace, room: Mailroom) -> None:
    planned = send_smtp(workspace, choice=Choice(), progress=Silent(), confirm=yes, is_dry_run=True)
    one = planned.results[0].notification
    with open_outbox(workspace.settings.ledger_url, run()) as outbox:
        outbox.add([(one.fingerprint, one.reference)], MailState.QUEUED)
        outbox.begin(one.fingerprint, message_id="<x@fabrikam.example>")

    sent = send(workspace)

    assert states(sent)["Claim of casey"] is MailState.UNKNOWN
    assert sent.exit_code is ExitCode.NEEDS_YOU
    assert len(room.received) == 2
    assert f"send --smtp --again {one.reference}" in sent.lines[0]


def test_a_message_that_was_sent_right_before_a_kill_is_told_by_the_next_run(
    workspace: Workspace, room: Mailroom
) -> None:
    planned = send_smtp(workspace, choice=Choice(), progress=Silent(), confirm=yes, is_dry_run=True)
    one = planned.results[0].notification
    with open_outbox(workspace.settings.ledger_url, run()) as outbox:
        outbox.add([(one.fingerprint, one.reference)], MailState.QUEUED)
        outbox.begin(one.fingerprint, message_id="<x@fabrikam.example>")
        outbox.finish(one.fingerprint, MailState.SENT, reply="250 OK")

    send(workspace)
    send(workspace)

    events = sent_events(workspace)
    assert sorted(str(event.claim) for event in events) == sorted(references(CLAIMS))
    assert len(room.received) == 2


def test_a_run_that_is_interrupted_tells_what_it_sent(workspace: Workspace, room: Mailroom) -> None:
    class Interrupting(Silent):
        def advance(self, steps: int = 1) -> None:
            del steps
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_smtp(workspace, choice=Choice(), progress=Interrupting(), confirm=yes)
    assert len(sent_events(workspace)) == 1
    send(workspace)

    assert len(room.received) == 3
    assert len(sent_events(workspace)) == 3


def test_two_senders_at_once_send_every_message_once(workspace: Workspace, room: Mailroom) -> None:
    failures: list[BaseException] = []

    def run_send() -> None:
        try:
            send(workspace)
        except LedgerBusyError as error:
            failures.append(error)

    threads = [Thread(target=run_send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(room.recipients) == sorted(address(one) for one in CLAIMS)
    assert len(sent_events(workspace)) == 3


def test_messages_keep_the_pace_that_the_settings_allow(workspace: Workspace, room: Mailroom) -> None:
    waits: list[float] = []

    send_smtp(
        with_server(workspace, workspace.settings.smtp.port if workspace.settings.smtp else 0, per_minute=6),
        choice=Choice(),
        progress=Silent(),
        confirm=yes,
        pause=waits.append,
    )

    assert len(room.received) == 3
    assert [round(wait) for wait in waits] == [10, 10]


def test_nothing_is_sent_without_consent(workspace: Workspace, room: Mailroom) -> None:
    asked = []

    def no(count: int, host: str) -> bool:
        asked.append((count, host))
        return False

    sent = send_smtp(workspace, choice=Choice(), progress=Silent(), confirm=no)

    assert asked == [(3, HOST)]
    assert sent.closing_line.startswith("Nothing was sent.")
    assert room.tries == 0


def test_a_dry_run_sends_nothing_and_writes_nothing(workspace: Workspace, room: Mailroom) -> None:
    sent = send_smtp(workspace, choice=Choice(), progress=Silent(), confirm=yes, is_dry_run=True)

    with open_outbox(workspace.settings.ledger_url, run()) as outbox:
        assert outbox.read() == {}
    assert sent.closing_line == "3 messages would be sent."
    assert room.tries == 0
    assert not (workspace.out / "runs").exists()


def test_one_claim_can_be_sent_alone(workspace: Workspace, room: Mailroom) -> None:
    send(workspace, claims=("Claim of robin",))

    assert room.recipients == ["robin@contoso.example"]


def test_a_claim_that_owes_no_letter_cannot_be_named(workspace: Workspace) -> None:
    with open_ledger(workspace.settings.ledger_url) as ledger:
        append(ledger, status_changed(CLAIMS[0], "withdrawn"))

    with pytest.raises(UsageError, match="owes no letter today"):
        send(workspace, claims=("Claim of casey",))


def test_a_claim_whose_letter_is_out_of_date_waits_for_a_new_one(
    workspace: Workspace, room: Mailroom
) -> None:
    changed = replace(CLAIMS[0], lines=(line(product="Microsoft Teams"),))
    with open_ledger(workspace.settings.ledger_url) as ledger:
        append(ledger, event(EventKind.REVISED, changed, state=changed, status="editing"))

    sent = send(workspace)

    assert len(room.received) == 2
    assert "1 wait for their documents: cpor-batch documents." in sent.closing_line
    with pytest.raises(UsageError, match="has a letter that is due"):
        send(workspace, claims=("Claim of casey",))


def test_a_changed_claim_is_told_to_the_customer_and_a_new_look_is_not(
    workspace: Workspace, room: Mailroom
) -> None:
    send(workspace)
    revise(workspace, replace(CLAIMS[0], customer_contact_title="CEO"))
    revise(workspace, replace(CLAIMS[1], lines=(line(product="Microsoft Teams"),)))

    send(workspace)

    assert room.recipients[3:] == ["robin@contoso.example"]


def test_a_message_that_cannot_be_made_hurts_no_other(tmp_path: Path, room: Mailroom, port: int) -> None:
    evil = replace(CLAIMS[0], customer_contact_name="Casey\r\nBcc: adversary@adversary.example")
    workspace = with_server(make_workspace(tmp_path, [evil, *CLAIMS[1:]]), port)

    sent = send(workspace)

    assert states(sent)["Claim of casey"] is MailState.FAILED
    assert sent.exit_code is ExitCode.SOME_FAILED
    assert "U+000D" in sent.lines[0]
    assert sorted(room.recipients) == ["robin@contoso.example", "toni@contoso.example"]
    assert not any("adversary" in str(content) for _, content in room.received)


def test_a_refused_sender_stops_no_recipient_for_good(workspace: Workspace, room: Mailroom) -> None:
    room.sender_answers = ["550 5.7.1 not you"] * 3

    sent = send(workspace)
    later = send(workspace)

    assert set(states(sent).values()) == {MailState.FAILED}
    assert set(states(later).values()) == {MailState.SENT}


def test_the_run_leaves_its_record(workspace: Workspace) -> None:
    sent = send(workspace)

    assert sent.run
    record = json.loads((workspace.out / "runs" / sent.run / "run.json").read_text())
    assert record["command"] == "send"
    assert record["counts"]["sent"] == 3
    assert "@contoso" not in json.dumps(record)


def test_the_document_shows_no_address(workspace: Workspace, room: Mailroom) -> None:
    room.answers[address(CLAIMS[1])] = ["550 5.1.1 <robin@contoso.example> unknown"]

    document = send(workspace).document

    assert document["schema"] == "cpor-batch.send/1"
    assert [message["to"] for message in document["messages"]] == [
        "c…@c….example",
        "r…@c….example",
        "t…@c….example",
    ]
    assert [message["state"] for message in document["messages"]] == ["sent", "failed", "sent"]
    assert document["counts"]["sent"] == 2
    assert "@contoso" not in json.dumps(document, ensure_ascii=False)


def test_without_a_server_the_keys_are_named(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, CLAIMS)

    with pytest.raises(ConfigurationError, match="host, port, user, security and sender"):
        require_smtp(workspace.settings)


def test_a_draft_per_customer_is_written_and_opens_with_its_documents(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, CLAIMS)
    folder = tmp_path / "drafts"

    sent = draft(workspace, folder)

    assert names(folder) == sorted(f"{reference}-contoso-ab.eml" for reference in references(CLAIMS))
    messages = [message_from_bytes(path.read_bytes(), policy=policy.SMTP) for path in folder.iterdir()]
    assert {str(message["To"].addresses[0].addr_spec) for message in messages} == {
        address(one) for one in CLAIMS
    }
    assert all(len(list(message.iter_attachments())) == 2 for message in messages)
    assert sent.closing_line == "3 drafts written."
    assert sent.run
    record = json.loads((workspace.out / "runs" / sent.run / "run.json").read_text())
    assert {Path(output["path"]).name for output in record["outputs"]} == set(names(folder))
    assert all(output["sha256"] for output in record["outputs"])


def test_drafts_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, CLAIMS)

    draft(workspace, tmp_path / "a")
    draft(workspace, tmp_path / "b", is_all=True)

    assert names(tmp_path / "a") == names(tmp_path / "b")
    for name in names(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_was_drafted_is_not_drafted_again_but_when_asked_for(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, CLAIMS)
    draft(workspace, tmp_path / "a")

    new = draft(workspace, tmp_path / "b")
    named = draft(workspace, tmp_path / "c", claims=("Claim of toni",))

    assert not (tmp_path / "b").exists()
    assert "3 were drafted before; --all takes them too." in new.closing_line
    assert len(names(tmp_path / "c")) == 1
    assert named.exit_code is ExitCode.DONE


def test_what_was_sent_is_not_drafted_and_what_was_drafted_is_not_sent(
    workspace: Workspace, room: Mailroom, tmp_path: Path
) -> None:
    draft(workspace, tmp_path / "a", claims=("Claim of casey",))
    send(workspace)
    draft(workspace, tmp_path / "b")

    assert sorted(room.recipients) == ["robin@contoso.example", "toni@contoso.example"]
    assert not (tmp_path / "b").exists()


def test_a_draft_that_cannot_be_made_hurts_no_other(tmp_path: Path) -> None:
    evil = replace(CLAIMS[0], customer_contact_name="Casey\u2028Bcc: adversary@adversary.example")
    nobody = claim(claim_name="Nobody", customer_contact_email=None)
    workspace = make_workspace(tmp_path, [evil, nobody, *CLAIMS[1:]])

    sent = draft(workspace, tmp_path / "drafts")

    assert sent.exit_code is ExitCode.SOME_FAILED
    assert len(names(tmp_path / "drafts")) == 2
    assert any("U+2028" in text for text in sent.lines)
    assert any("no e-mail address of the customer contact" in text for text in sent.lines)
    assert "2 drafts written, 2 failed." in sent.closing_line


def test_a_letter_without_a_form_is_sent_alone(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, [])
    with open_ledger(workspace.settings.ledger_url) as ledger:
        append(ledger, recorded(CLAIMS[0]))
    make_documents(workspace, kinds=[DocumentKind.LETTER])

    draft(workspace, tmp_path / "drafts")

    (path,) = (tmp_path / "drafts").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert [part.get_filename() for part in message.iter_attachments()] == [
        f"{reference_of(CLAIMS[0])}-contoso-ab-letter.pdf"
    ]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, CLAIMS)
    (tmp_path / "drafts").write_text("a file")

    with pytest.raises(OutputError):
        draft(workspace, tmp_path / "drafts")
