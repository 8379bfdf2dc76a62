"""What is written stays, and what was changed all the same is named."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.event import EventKind
from cpor_batch.errors import LedgerDamagedError
from cpor_batch.ledger import VerifyReport, open_ledger, rebuild_ledger, verify_ledger
from tests.builders import TODAY, business_claim, claim
from tests.ledger.events import append, claims_by_name, event, recorded, reference_of, run, status_changed

FIRST, SECOND = claim(), business_claim()


def execute(url: str, *statements: str) -> None:
    """Do to the database what somebody with a database tool can do."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def without_triggers(url: str) -> tuple[str, ...]:
    names = ["events_refuse_update", "events_refuse_delete", "personal_refuse_update"]
    if url.startswith("sqlite"):
        return tuple(f"DROP TRIGGER {name}" for name in names)
    tables = [name.partition("_")[0] for name in names]
    return tuple(f"DROP TRIGGER {name} ON {table}" for name, table in zip(names, tables, strict=True))


def about_data(report: VerifyReport) -> list[str]:
    return [problem.text for problem in report.problems if "trigger" not in problem.text]


@pytest.fixture
def story(url: str) -> str:
    """A ledger of five events about two claims, in two runs."""
    with open_ledger(url) as ledger:
        append(ledger, recorded(FIRST), recorded(SECOND), status_changed(FIRST, "submitted"))
        append(ledger, event(EventKind.NOTIFIED, FIRST), status_changed(FIRST, "approved"))
    return url


def test_an_untouched_ledger_is_sound(story: str) -> None:
    report = verify_ledger(story)

    assert report.is_sound
    assert (report.events, report.claims) == (5, 2)
    with open_ledger(story) as ledger:
        assert report.head == ledger.head()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = 'x' WHERE number = 2",
        "DELETE FROM events WHERE number = 5",
        "DELETE FROM events",
        "UPDATE personal SET body = '{}'",
    ],
)
def test_the_database_refuses_to_change_what_is_written(story: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="what is written"):
        execute(story, statement)

    assert verify_ledger(story).is_sound


def test_an_event_is_not_replaced(story: str) -> None:
    values = "(2, NULL, 'recorded', '2021-04-01', 'r', '{}', 'h')"
    columns = "(number, claim, kind, known_on, run, body, hash)"
    if story.startswith("sqlite"):
        statement = f"REPLACE INTO events {columns} VALUES {values}"  # noqa: S608
    else:
        statement = (
            f"INSERT INTO events {columns} VALUES {values} ON CONFLICT (number) DO UPDATE SET body = '{{}}'"  # noqa: S608
        )

    with pytest.raises(DBAPIError, match="what is written"):
        execute(story, statement)

    assert verify_ledger(story).is_sound


def test_events_cannot_be_truncated(story: str) -> None:
    if story.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")

    with pytest.raises(DBAPIError, match="what is written"):
        execute(story, "TRUNCATE events CASCADE")

    assert verify_ledger(story).is_sound


def test_one_changed_byte_names_the_event(story: str) -> None:
    change = "UPDATE events SET body = replace(body, 'Contoso AB', 'Contoso AC') WHERE number = 2"
    execute(story, *without_triggers(story), change)

    report = verify_ledger(story)

    assert report.problems[0].event == 2
    assert about_data(report) == ["event 2 is not what was written."]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE events SET claim = NULL WHERE number = 3",
            "event 3 is listed under other data than it holds.",
        ),
        (
            "UPDATE events SET kind = 'held' WHERE number = 1",
            "event 1 is listed under other data than it holds.",
        ),
        ("UPDATE events SET hash = upper(hash) WHERE number = 5", "event 5 is not what was written."),
        ("UPDATE events SET body = 'x' WHERE number = 5", "event 5 is not what was written."),
        (
            "UPDATE personal SET body = '{}' WHERE id IN (SELECT min(id) FROM personal)",
            "contact data of event 1",
        ),
        ("DELETE FROM personal", "contact data of event 1 is gone without a purge."),
    ],
)
def test_a_change_behind_our_back_is_found(story: str, change: str, problem: str) -> None:
    execute(story, *without_triggers(story), change)

    report = verify_ledger(story)

    assert about_data(report)[0].startswith(problem)


def test_a_deleted_event_is_missed(story: str) -> None:
    execute(story, *without_triggers(story), "DELETE FROM events WHERE number = 4")

    report = verify_ledger(story)

    assert report.problems[0].text == "event 4 is missing."


def test_a_cut_off_end_is_missed_by_the_run_that_wrote_it(story: str) -> None:
    execute(
        story,
        *without_triggers(story),
        "DELETE FROM events WHERE number >= 4",
        "UPDATE claims SET status = 'submitted', notified_on = NULL, approved_on = NULL, last_event = 3 "
        "WHERE last_event = 5",
        "UPDATE standing SET status = 'submitted' WHERE status = 'approved'",
    )

    report = verify_ledger(story)

    assert [problem.event for problem in report.problems if problem.text.startswith("run")] == [5]


def test_a_head_that_was_kept_elsewhere_is_compared(story: str) -> None:
    with open_ledger(story) as ledger:
        number, digest = ledger.head()

    assert verify_ledger(story, anchors=[(number, digest)]).is_sound
    assert not verify_ledger(story, anchors=[(number, "0" * 64)]).is_sound
    assert not verify_ledger(story, anchors=[(number + 1, digest)]).is_sound


def test_dropped_triggers_are_missed(story: str) -> None:
    execute(story, *without_triggers(story))

    report = verify_ledger(story)

    assert len(report.problems) == 3
    assert all("trigger" in problem.text for problem in report.problems)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE claims SET status = 'rejected' WHERE status = 'approved'",
        "UPDATE claims SET tenant_id = 'x' WHERE status = 'approved'",
        "UPDATE claims SET customer_domain = 'fabrikam.example' WHERE status = 'approved'",
        "UPDATE standing SET item = 'Intune'",
        "DELETE FROM standing",
        "DELETE FROM standing; DELETE FROM claims",
    ],
)
def test_a_projection_that_differs_is_found_and_made_anew(story: str, change: str) -> None:
    execute(story, *change.split("; "))

    damaged = verify_ledger(story)
    rebuilt = rebuild_ledger(story)

    assert damaged.problems
    assert damaged.problems[0].claim is not None
    assert rebuilt == 2
    assert verify_ledger(story).is_sound


def test_a_claim_without_events_is_found_and_goes(story: str) -> None:
    columns = (
        "first_event, data_event, last_event, status, status_since, recorded_on, is_adopted, held_for, "
        "mpn_id, tenant_id, solution_area, activity, folded_claim_name, customer_name, folded_customer_name"
    )
    execute(
        story,
        f"INSERT INTO claims (reference, {columns}) SELECT 'CB-00000000', {columns} FROM claims LIMIT 1",  # noqa: S608
    )

    damaged = verify_ledger(story)
    rebuild_ledger(story)

    assert [problem.claim for problem in damaged.problems] == ["CB-00000000"]
    assert verify_ledger(story).is_sound


def test_nothing_is_chained_to_a_damaged_event(story: str) -> None:
    execute(
        story,
        *without_triggers(story),
        "UPDATE events SET body = replace(body, 'kim', 'kit') WHERE number = 5",
    )

    with open_ledger(story) as ledger, pytest.raises(LedgerDamagedError, match="event 5"):
        append(ledger, status_changed(SECOND, "submitted"))


def test_a_reader_names_the_event_that_it_cannot_read(story: str) -> None:
    execute(story, *without_triggers(story), "UPDATE events SET body = '{\"number\": 2}' WHERE number = 2")

    with open_ledger(story) as ledger:
        with pytest.raises(LedgerDamagedError, match="event 2"):
            list(ledger.read_states())
        with pytest.raises(LedgerDamagedError, match="event 2"):
            list(ledger.read_events())


def test_documents_are_compared_with_what_was_made(story: str, tmp_path: Path) -> None:
    def document(name: str, of: DocumentKind) -> DocumentRecord:
        return DocumentRecord(
            kind=of,
            reference=reference_of(FIRST),
            path=name,
            fingerprint="f",
            dated_on=TODAY,
            sha256="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        )

    letter = tmp_path / "letters" / "one.pdf"
    letter.parent.mkdir()
    letter.write_bytes(b"foo")
    with open_ledger(story) as ledger, ledger.write(run()) as writing:
        writing.register(document("letters/one.pdf", DocumentKind.LETTER))
        writing.register(document("poe/gone.pdf", DocumentKind.POE))

    sound = verify_ledger(story, out=tmp_path)
    letter.write_bytes(b"bar")
    changed = verify_ledger(story, out=tmp_path)

    assert (sound.is_sound, sound.documents, sound.missing_documents) == (True, 1, ("poe/gone.pdf",))
    assert [problem.document for problem in changed.problems] == ["letters/one.pdf"]


def test_a_file_that_is_no_ledger_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"This is a text and no database at all.\n" * 100)

    with pytest.raises(LedgerDamagedError, match=re.escape(str(path))):
        open_ledger(f"sqlite:///{path}")


def test_a_ledger_of_a_newer_program_is_left_alone(story: str) -> None:
    execute(story, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(LedgerDamagedError, match="newer version"):
        open_ledger(story)
    with pytest.raises(LedgerDamagedError, match="newer version"):
        verify_ledger(story)


def a_ledger_of_200_claims(path: Path) -> bytearray:
    with open_ledger(f"sqlite:///{path}", must_exist=False) as ledger:
        append(ledger, *(recorded(claim(claim_name=f"Claim {number}")) for number in range(200)))
    return bytearray(path.read_bytes())


def test_broken_pages_are_damage_and_the_first_event_on_them_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    content = a_ledger_of_200_claims(path)
    pages = len(content) // 4096
    for page in range(pages // 2, pages):
        content[page * 4096 : page * 4096 + 4096] = b"\xff" * 4096
    path.write_bytes(content)

    report = verify_ledger(f"sqlite:///{path}")

    assert not report.is_sound
    with pytest.raises(LedgerDamagedError), open_ledger(f"sqlite:///{path}") as ledger:
        list(ledger.read_events())


def test_a_byte_that_is_no_text_names_the_event(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    content = a_ledger_of_200_claims(path)
    place = content.index(b'"claim_name":"Claim 149"')
    content[place + 20] = 0xFF
    path.write_bytes(content)

    report = verify_ledger(f"sqlite:///{path}")

    assert report.problems[0].event == 150
    with pytest.raises(LedgerDamagedError), open_ledger(f"sqlite:///{path}") as ledger:
        list(ledger.read_events())


def test_an_event_that_says_nonsense_does_not_stop_the_verification(story: str) -> None:
    nonsense = '{"contacts": "x", "after": 3, "kind": "contact-purged"}'
    execute(story, *without_triggers(story), f"UPDATE events SET body = '{nonsense}' WHERE number = 2")  # noqa: S608

    report = verify_ledger(story)

    assert about_data(report) == ["event 2 is not what was written."]
    assert report.events == 5


def test_a_ledger_of_several_pages_verifies_and_is_rebuilt(url: str) -> None:
    with open_ledger(url) as ledger:
        append(
            ledger, *(recorded(one) for one in claims_by_name(*(f"Claim {number}" for number in range(4500))))
        )

    report = verify_ledger(url)

    assert report.problems == ()
    assert report.claims == 4500
    assert rebuild_ledger(url) == 4500
