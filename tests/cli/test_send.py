"""The command `send`: how it is asked, what it says, and that a kill at any moment sends nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Type
from tests.letters import customers, make_workspace
from tests.mail_servers import (
    PASSWORD,
    USER,
    Certificate,
    Mailroom,
    free_port,
    make_certificate,
    serving,
    with_password,
)

CLAIMS = customers("casey", "robin", "toni")


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def port(room: Mailroom) -> Iterator[int]:
    with serving(room) as port:
        yield port


@pytest.fixture
def folder(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the current folder: a workspace whose letters are made, with a server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    make_workspace(tmp_path, CLAIMS, smtp=server_settings(port))
    return tmp_path


def server_settings(port: int, *more: str) -> str:
    lines = ["[smtp]", 'host = "127.0.0.1"', f"port = {port}", "per_minute = 60000", *more]
    return "\n".join(
        [*lines, *([] if any("security" in line for line in more) else ['security = "none"']), ""]
    )


def test_drafts_are_written_without_any_server(folder: Path, type_command: Type) -> None:
    said = type_command("send", "--eml", "drafts")

    assert said.code == 0, said.err
    assert said.out.strip() == "3 drafts written."
    assert len(list((folder / "drafts").glob("CB-*.eml"))) == 3


def test_sending_wants_a_confirmation(folder: Path, type_command: Type, room: Mailroom) -> None:
    said = type_command("send", "--smtp")

    assert said.code == 2
    assert "--yes" in said.err
    assert room.tries == 0


def test_sending_without_a_server_names_the_keys(folder: Path, type_command: Type) -> None:
    (folder / "cpor-batch.toml").write_text("as_of = 2021-04-01\n")

    said = type_command("send", "--smtp")

    assert said.code == 3
    for key in ("[smtp]", "host", "port", "user", "security", "sender", "CPOR_SMTP_PASSWORD"):
        assert key in said.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--eml", "drafts", "--smtp"],
        ["--eml", "drafts", "--again", "Claim of casey"],
        ["--eml", "drafts", "--claim", "nobody"],
    ],
)
def test_what_cannot_be_asked_for_is_a_matter_of_usage(
    words: list[str], folder: Path, type_command: Type
) -> None:
    said = type_command("send", *words)

    assert said.code == 2
    assert not (folder / "drafts").exists()


def test_json_is_one_document_with_masked_addresses(folder: Path, type_command: Type) -> None:
    said = type_command("send", "--smtp", "--yes", "--format", "json")

    document = json.loads(said.out)
    assert said.code == 0, said.err
    assert document["schema"] == "cpor-batch.send/1"
    assert document["counts"]["sent"] == 3
    assert [message["to"] for message in document["messages"]] == [
        "c…@c….example",
        "r…@c….example",
        "t…@c….example",
    ]
    assert "@contoso" not in said.out + said.err


def test_a_refusal_is_told_and_ends_with_8(folder: Path, type_command: Type, room: Mailroom) -> None:
    room.answers["robin@contoso.example"] = ["550 5.1.1 <robin@contoso.example> unknown"]

    said = type_command("send", "--smtp", "--yes")

    assert said.code == 8
    assert "r…@c….example failed: 550 5.1.1 <r…@c….example> unknown" in said.err
    assert said.out.strip() == "2 messages sent, 1 failed."


def test_a_dry_run_needs_no_confirmation(folder: Path, type_command: Type, room: Mailroom) -> None:
    said = type_command("send", "--smtp", "--dry-run")

    assert said.code == 0
    assert "3 messages would be sent." in said.out
    assert room.tries == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


Enter = Callable[[pytest.MonkeyPatch, Path, str], None]


def by_environment(monkeypatch: pytest.MonkeyPatch, _folder: Path, password: str) -> None:
    monkeypatch.setenv("CPOR_SMTP_PASSWORD", password)


def by_named_file(monkeypatch: pytest.MonkeyPatch, folder: Path, password: str) -> None:
    (folder / "named").write_text(f"{password}\n")
    monkeypatch.setenv("CPOR_SMTP_PASSWORD_FILE", str(folder / "named"))


def by_setting(_monkeypatch: pytest.MonkeyPatch, folder: Path, password: str) -> None:
    (folder / "smtp-password").write_text(f"{password}\r\n")
    with (folder / "cpor-batch.toml").open("a") as file:
        file.write('password_file = "smtp-password"\n')


@pytest.mark.parametrize("enter", [by_environment, by_named_file, by_setting])
def test_the_password_comes_from_the_environment_or_a_file(
    enter: Enter,
    folder: Path,
    room: Mailroom,
    certificate: Certificate,
    type_command: Type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(room, **with_password(tls_context=certificate.context)) as port:
        use_login(folder, port, certificate)
        enter(monkeypatch, folder, PASSWORD)

        said = type_command("send", "--smtp", "--yes")

    assert said.code == 0, said.err
    assert len(room.received) == 3


def use_login(folder: Path, port: int, certificate: Certificate) -> None:
    more = (f'user = "{USER}"', 'security = "starttls"', f'ca_file = "{certificate.path}"')
    (folder / "cpor-batch.toml").write_text(f"as_of = 2021-04-01\n{server_settings(port, *more)}")


def test_a_wrong_password_ends_with_3_and_is_shown_nowhere(
    folder: Path,
    room: Mailroom,
    certificate: Certificate,
    type_command: Type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canary = "canary-of-a-password"
    with serving(room, **with_password(tls_context=certificate.context)) as port:
        use_login(folder, port, certificate)
        by_environment(monkeypatch, folder, canary)

        said = type_command("send", "--smtp", "--yes", "-v")
        shown = type_command("config", "show", "--format", "json")

    assert said.code == 3
    assert canary not in said.out + said.err + shown.out
    assert room.received == []
    kept = [path for path in folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]
    assert kept == []


def test_a_missing_password_names_the_variables(
    folder: Path, certificate: Certificate, type_command: Type
) -> None:
    use_login(folder, free_port(), certificate)

    said = type_command("send", "--smtp", "--yes")

    assert said.code == 3
    assert "CPOR_SMTP_PASSWORD" in said.err
    assert "CPOR_SMTP_PASSWORD_FILE" in said.err


def start_sending(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cpor_batch", "send", "--smtp", "--yes", "--format", "json", *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def wait_until(is_so: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_kill_while_the_server_thinks_leaves_one_message_unknown_and_sends_none_twice(
    folder: Path, room: Mailroom, type_command: Type
) -> None:
    room.holds_message = True
    with start_sending(folder) as process:
        wait_until(lambda: bool(room.received))
        process.send_signal(signal.SIGKILL)
    room.holds_message = False

    said = type_command("send", "--smtp", "--yes")
    again = type_command("send", "--smtp", "--yes")

    assert said.code == 1
    assert "unknown, perhaps sent" in said.err
    assert "send --smtp --again CB-" in said.err
    assert again.code == 1
    assert Counter(room.recipients) == Counter(
        ["casey@contoso.example", "robin@contoso.example", "toni@contoso.example"]
    )


def test_a_polite_end_in_the_middle_keeps_what_was_sent(folder: Path, room: Mailroom) -> None:
    room.seconds_a_message = 0.3
    with start_sending(folder) as process:
        wait_until(lambda: len(room.received) == 2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 143
    with start_sending(folder) as rest:
        out, _ = rest.communicate(timeout=60)
    assert len(room.received) == 3
    assert {message["state"] for message in json.loads(out)["messages"]} <= {"sent", "unknown"}


@pytest.mark.slow
def test_kills_at_any_moment_send_no_message_twice_and_lose_none(
    tmp_path: Path, port: int, room: Mailroom
) -> None:
    claims = customers(*(f"casey{number}" for number in range(12)))
    make_workspace(tmp_path, claims, smtp=server_settings(port))
    room.seconds_a_message = 0.1
    for moment in (0, 0.03, 0.08, 0.13, 0.19, 0.24):
        with start_sending(tmp_path) as process:
            before = len(room.received)
            wait_until(lambda seen=before: len(room.received) > seen or process.poll() is not None)  # type: ignore[misc]
            time.sleep(moment)
            process.kill()

    with start_sending(tmp_path) as last:
        out, err = last.communicate(timeout=120)

    told = {message["claim"]: message["state"] for message in json.loads(out)["messages"]}
    arrived = Counter(room.recipients)
    assert len(told) == 12, err
    assert set(told.values()) <= {"sent", "unknown"}
    assert max(arrived.values()) == 1
    # What is called sent did arrive; what did not arrive is called unknown.
    assert len(arrived) >= Counter(told.values())["sent"]
    assert 12 - len(arrived) <= Counter(told.values())["unknown"]
