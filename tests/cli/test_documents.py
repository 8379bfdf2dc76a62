"""Letters and forms are made, printed in one file, looked at beforehand, and interrupted."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cpor_batch.assets import Assets
from tests import builders
from tests.cli.conftest import Type
from tests.documents.orders import text_of
from tests.documents.returned import papers
from tests.test_scenarios import WORKLOAD


def write_claims(workspace: Path, rows: list[dict[str, Any]]) -> None:
    # Any: whatever a cell may hold.
    headers = {rule.key: rule.header for rule in builders.rulebook().sheet.columns}
    with (workspace / "inbox" / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers[key] for key in rows[0])
        writer.writerows([row.get(key) or "" for key in rows[0]] for row in rows)


@pytest.fixture
def claims(workspace: Path, type_command: Type) -> Path:
    """Give a workspace with three claims, the first of which brings its own PoE document."""
    write_claims(
        workspace,
        [
            {**WORKLOAD, "poe_document": "poe/sow.pdf", "poe_signed_on": "2021-02-18"},
            {**WORKLOAD, "claim_name": "Contoso Intune", "product": "Intune", "poe_document": None},
            {**WORKLOAD, "claim_name": "Contoso Teams", "product": "Microsoft Teams", "poe_document": None},
        ],
    )
    (workspace / "inbox" / "poe").mkdir()
    (workspace / "inbox" / "poe" / "sow.pdf").write_bytes(papers.written("Statement of work"))
    assert type_command("ingest", "inbox/claims.csv").code == 0
    return workspace


def pages_in(path: Path) -> list[str]:
    """Return what stands in the outline of the print file."""
    with pikepdf.open(path) as document, document.open_outline() as outline:
        return [str(item.title) for item in outline.root]


def test_the_print_file_holds_what_was_made_now(claims: Path, type_command: Type) -> None:
    said = type_command("documents", "--only", "letter", "--merge", "out/print.pdf")

    assert said.code == 0
    assert len(pages_in(claims / "out" / "print.pdf")) == 3
    assert "Print file: out/print.pdf, 3 documents." in said.out


def test_the_print_file_holds_what_was_made_before(claims: Path, type_command: Type) -> None:
    type_command("documents")

    said = type_command("documents", "--merge", "out/print.pdf")

    assert said.code == 0
    assert "nothing is due" in said.out
    assert len(pages_in(claims / "out" / "print.pdf")) == 5


def test_the_print_file_leaves_out_what_is_no_longer_owed(claims: Path, type_command: Type) -> None:
    type_command("documents")
    type_command("withdraw", "Contoso Teams", "--reason", "mistake")

    type_command("documents", "--only", "letter", "--merge", "out/print.pdf")

    assert len(pages_in(claims / "out" / "print.pdf")) == 2


def test_with_all_the_print_file_holds_every_document(claims: Path, type_command: Type) -> None:
    type_command("documents", "--all", "--merge", "out/print.pdf")

    assert len(pages_in(claims / "out" / "print.pdf")) == 6


def test_without_documents_there_is_no_print_file_and_that_is_said(
    workspace: Path, type_command: Type
) -> None:
    said = type_command("documents", "--merge", "out/print.pdf")

    assert said.code == 0
    assert not (workspace / "out" / "print.pdf").exists()
    assert "out/print.pdf was not written: there is no document to print." in said.err


def test_a_preview_prints_where_it_is_and_nothing_else(claims: Path, type_command: Type) -> None:
    said = type_command("documents", "--preview", "Contoso Intune")

    paths = said.out.splitlines()
    assert len(paths) == 2
    assert all(Path(path).is_file() for path in paths)
    assert "Wrote" not in said.err


def test_a_bundle_is_in_the_ledger_with_its_hash(claims: Path, type_command: Type) -> None:
    type_command("documents", "--bundle")

    (bundle,) = (claims / "out" / "bundles").iterdir()
    history = json.loads(type_command("history", "--format", "json").out)
    issued = [
        event["after"]
        for event in history["events"]
        if event["kind"] == "document-issued" and event["after"]["document"] == "bundle"
    ]
    assert issued == [
        {
            "document": "bundle",
            "path": f"bundles/{bundle.name}",
            "sha256": hashlib.sha256(bundle.read_bytes()).hexdigest(),
        }
    ]


def test_an_unchanged_bundle_is_not_made_again(claims: Path, type_command: Type) -> None:
    type_command("documents", "--bundle")
    (bundle,) = (claims / "out" / "bundles").iterdir()
    made_at = bundle.stat().st_mtime_ns

    again = type_command("documents", "--bundle")

    assert again.code == 0
    assert "Bundles: 1 unchanged." in again.out
    assert bundle.stat().st_mtime_ns == made_at


@pytest.mark.parametrize("change", ["the document", "nothing, with --all", "the bundle is gone"])
def test_a_bundle_is_made_again_when_it_has_to_be(change: str, claims: Path, type_command: Type) -> None:
    type_command("documents", "--bundle")
    (bundle,) = (claims / "out" / "bundles").iterdir()
    made_at = bundle.stat().st_mtime_ns
    match change:
        case "the document":
            new = papers.written("Statement of work, second edition")
            (claims / "inbox" / "poe" / "sow.pdf").write_bytes(new)
        case "the bundle is gone":
            bundle.unlink()

    again = type_command("documents", "--bundle", *(["--all"] if "--all" in change else []))

    assert "Bundles: 1 made." in again.out
    assert bundle.stat().st_mtime_ns != made_at


def test_bundles_do_not_count_as_letters_or_forms(claims: Path, type_command: Type) -> None:
    type_command("documents", "--bundle")

    again = type_command("documents", "--merge", "out/print.pdf")

    assert "nothing is due" in again.out
    assert len(pages_in(claims / "out" / "print.pdf")) == 5


def test_a_name_that_no_font_can_show_is_told(workspace: Path, type_command: Type) -> None:
    write_claims(workspace, [{**WORKLOAD, "customer_name": "Contoso \U000105c0"}])
    type_command("ingest", "inbox/claims.csv")

    said = type_command("documents", "--format", "json")

    assert said.code == 0
    assert "no installed font has" in said.err
    assert {line["missing_characters"] for line in json.loads(said.out)["documents"]} == {"\U000105c0"}


def test_a_language_of_ones_own_is_written_in_without_a_warning(workspace: Path, type_command: Type) -> None:
    whole = Assets().read_template("translations/sv.po").decode()
    own = workspace / "templates" / "translations" / "nl.po"
    own.parent.mkdir(parents=True)
    own.write_text(whole.replace("Vad ni kan göra", "Wat u kunt doen"), encoding="utf-8")
    settings = workspace / "cpor-batch.toml"
    settings.write_text(
        f'templates_dir = "templates"\n{settings.read_text(encoding="utf-8")}', encoding="utf-8"
    )
    write_claims(workspace, [{**WORKLOAD, "customer_language": "nl"}])

    judged = json.loads(type_command("ingest", "inbox/claims.csv", "--format", "json").out)
    made = type_command("documents", "--only", "letter")

    (path,) = (workspace / "out" / "letters").iterdir()
    assert made.code == 0
    assert "language-fallback" not in {issue["code"] for issue in judged["issues"]}
    assert "Wat u kunt doen" in text_of(path.read_bytes())


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_made_and_the_next_run_does_the_rest(
    workspace: Path, type_command: Type
) -> None:
    names = [f"Claim {number}" for number in range(40)]
    tenants = [f"6d1f2b3c-4a5e-4f60-8a7b-{number:012x}" for number in range(40)]
    write_claims(
        workspace,
        [
            {**WORKLOAD, "claim_name": name, "tenant_id": tenant, "customer_domain": f"c{at}.example.com"}
            for at, (name, tenant) in enumerate(zip(names, tenants, strict=True))
        ],
    )
    assert type_command("ingest", "inbox/claims.csv").code == 0
    letters = workspace / "out" / "letters"
    process = subprocess.Popen(
        [sys.executable, "-m", "cpor_batch", "documents", "--only", "letter"],
        cwd=workspace,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not any(letters.glob("*.pdf")) and process.poll() is None:
        time.sleep(0.02)

    # To the whole group, as a terminal does it.
    os.killpg(process.pid, signal.SIGINT)
    _, complaints = process.communicate(timeout=30)

    made = set(letters.glob("*.pdf"))
    rest = type_command("documents", "--only", "letter")
    assert process.returncode == 130
    assert "Interrupted." in complaints
    assert "Traceback" not in complaints
    assert 0 < len(made) < 40
    assert rest.code == 0
    # The last one may have been written and not yet noted: then it is made again, to the same bytes.
    assert any(f"{40 - len(made) + again} letters" in rest.out for again in (0, 1))
    assert len(list(letters.glob("*.pdf"))) == 40
