"""A form goes out, comes back and is looked at; what is attached is bundled."""

import csv
import io
import json
import shutil
from pathlib import Path

import pikepdf
import pytest

from cpor_batch.assets import Assets
from tests import builders
from tests.cli.conftest import Type
from tests.documents.returned import papers
from tests.test_scenarios import WORKLOAD

AS_OF = ("--as-of", "2021-04-01")
SOW = papers.written(
    f"Statement of work for Contoso AB, tenant {builders.TENANT}",
    "Moved 400 mailboxes and trained the help desk.",
    "[x] Exchange Online",
    "Signed: Casey Customer, CIO",
    "Date: 2021-02-18",
)
KEYS = ["document", "acknowledgement", "dates", "engagement", "products"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the current folder, which is no workspace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return tmp_path


def answers(document: str) -> dict[str, str]:
    (file,) = json.loads(document)["files"]
    return {element["key"]: element["answer"] for element in file["elements"]}


@pytest.mark.parametrize("language", ["en", "sv", "ja"])
def test_a_blank_form_is_tagged_and_has_every_field(language: str, folder: Path, type_command: Type) -> None:
    said = type_command("poe", "template", "form.pdf", "--language", language)

    assert said.code == 0
    with pikepdf.open(folder / "form.pdf") as document:
        fields = {str(field.T): str(field.FT) for field in document.Root.AcroForm.Fields}
        assert str(document.Root.Lang) == language
        assert bool(document.Root.MarkInfo.Marked)
    assert fields.pop("customer_signature") == "/Sig"
    assert set(fields.values()) == {"/Tx"}
    assert {
        "partner_name",
        "mpn_id",
        "tenant_id",
        "customer_date",
        "engagement_description",
        "product_1",
    } <= set(fields)


def test_a_blank_form_is_the_same_every_time_and_is_not_overwritten(folder: Path, type_command: Type) -> None:
    type_command("poe", "template", "one.pdf")
    type_command("poe", "template", "two.pdf")

    again = type_command("poe", "template", "one.pdf")

    assert (folder / "one.pdf").read_bytes() == (folder / "two.pdf").read_bytes()
    assert again.code == 5
    assert type_command("poe", "template", "one.pdf", "--force").code == 0


@pytest.mark.parametrize("words", [("form.docx",), ("form.pdf", "--language", "xx")])
def test_a_form_that_cannot_be_is_a_mistake_of_usage(
    words: tuple[str, ...], folder: Path, type_command: Type
) -> None:
    assert type_command("poe", "template", *words).code == 2


def test_an_unfilled_blank_form_lacks_all_five(folder: Path, type_command: Type) -> None:
    type_command("poe", "template", "form.pdf")

    said = type_command("poe", "check", "form.pdf", "--format", "json", *AS_OF)

    assert said.code == 1
    assert answers(said.out) == dict.fromkeys(KEYS, "not met")


def test_a_filled_in_blank_form_is_complete(folder: Path, type_command: Type) -> None:
    values = {
        **papers.FILLED,
        "tenant_id": "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b",
        "engagement_description": "Moved 400 mailboxes.",
        "product_1": "Exchange Online",
    }
    (folder / "form.pdf").write_bytes(papers.filled(papers.blank_form(), values))

    said = type_command("poe", "check", "form.pdf", *AS_OF)

    assert said.code == 0, said.out


@pytest.mark.parametrize("sign", ["ink", "picture", "digital"])
def test_a_signed_form_is_complete(sign: str, folder: Path, type_command: Type) -> None:
    match sign:
        case "ink":
            content = papers.filled(papers.form())
        case "picture":
            content = papers.stamped(papers.form())
        case _:
            content = papers.signed(papers.filled(papers.form(), mark=None), folder)
    (folder / "signed.pdf").write_bytes(content)

    said = type_command("poe", "check", "signed.pdf", "--format", "json", *AS_OF)

    document = json.loads(said.out)
    assert said.code == 0, said.out
    assert document["schema"] == "cpor-batch.poe/1"
    assert document["files"][0]["claim"]["reference"] == "CB-7K3M9Q2T"
    assert document["files"][0]["complete"] is True
    assert document["counts"]["complete"] == 1


@pytest.mark.parametrize(
    ("missing", "content"),
    [
        ("document", papers.written("Minutes of the garden club, Date: 2021-03-01")),
        ("acknowledgement", papers.filled(papers.form(), mark=None)),
        ("dates", papers.filled(papers.form(), {**papers.FILLED, "customer_date": ""})),
        ("dates", papers.filled(papers.form(), {**papers.FILLED, "customer_date": "1 March 2020"})),
        ("engagement", papers.filled(papers.undescribed_form())),
        ("products", papers.filled(papers.blank_form(), papers.FILLED)),
    ],
)
def test_each_of_the_five_reasons_fails_a_document(
    missing: str, content: bytes, folder: Path, type_command: Type
) -> None:
    (folder / "returned.pdf").write_bytes(content)

    said = type_command("poe", "check", "returned.pdf", "--format", "json", *AS_OF)

    assert said.code == 1
    assert answers(said.out)[missing] == "not met"


@pytest.mark.parametrize(
    ("name", "code", "missing"),
    [("signed", 0, set[str]()), ("unsigned", 1, {"acknowledgement", "dates"})],
)
def test_one_sample_is_complete_and_the_other_tells_what_it_lacks(
    name: str, code: int, missing: set[str], folder: Path, type_command: Type
) -> None:
    sample = Assets().sample_data() / "poe" / f"exchange-and-teams-{name}.pdf"

    said = type_command("poe", "check", str(sample), "--format", "json", *AS_OF)

    assert said.code == code
    assert {key for key, answer in answers(said.out).items() if answer != "met"} == missing


def test_a_typed_name_is_for_a_person_to_look_at(folder: Path, type_command: Type) -> None:
    (folder / "sow.pdf").write_bytes(SOW)

    said = type_command("poe", "check", "sow.pdf", *AS_OF)

    assert said.code == 1
    assert 'A typed name, look at it: "Signed: Casey Customer, CIO".' in said.out
    assert "Name the claim with --claim" in said.out


def test_scans_and_locked_files_cannot_be_told_and_say_why(folder: Path, type_command: Type) -> None:
    (folder / "scan.pdf").write_bytes(papers.scanned())
    (folder / "locked.pdf").write_bytes(papers.locked(papers.form(), password="secret"))

    said = type_command("poe", "check", "scan.pdf", "locked.pdf", *AS_OF)

    assert said.code == 1
    assert "picture without text" in said.out
    assert "password" in said.out


def test_a_refused_file_leaves_the_others_alone(folder: Path, type_command: Type) -> None:
    (folder / "signed.pdf").write_bytes(papers.filled(papers.form()))
    (folder / "cut.pdf").write_bytes(papers.form()[:9000])

    said = type_command("poe", "check", "cut.pdf", "nothing.pdf", "signed.pdf", "--format", "json", *AS_OF)

    files = json.loads(said.out)["files"]
    assert said.code == 4
    assert [file.get("code") for file in files] == ["file-corrupt", "file-not-found", None]
    assert files[2]["complete"] is True


def test_text_of_a_document_does_not_steer_the_terminal(folder: Path, type_command: Type) -> None:
    (folder / "bad.pdf").write_bytes(
        papers.filled(papers.form(), {**papers.FILLED, "customer_date": "\x1b[2Jsoon"})
    )

    assert "\x1b" not in type_command("poe", "check", "bad.pdf", *AS_OF).out


@pytest.fixture
def claims(workspace: Path, type_command: Type) -> Path:
    """Give a workspace that has recorded two claims, one with a PoE document and one without."""
    headers = {rule.key: rule.header for rule in builders.rulebook().sheet.columns}
    rows = [
        {**WORKLOAD, "poe_document": "poe/sow.pdf", "poe_signed_on": "2021-02-18"},
        {**WORKLOAD, "claim_name": "Contoso Intune", "product": "Intune", "engagement_description": None},
    ]
    with (workspace / "inbox" / "two.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers[key] for key in rows[0])
        writer.writerows([row.get(key) or "" for key in rows[0]] for row in rows)
    (workspace / "inbox" / "poe").mkdir()
    (workspace / "inbox" / "poe" / "sow.pdf").write_bytes(SOW)
    assert type_command("ingest", "inbox/two.csv").code == 0
    return workspace


def test_a_returned_form_is_held_against_the_ledgers_claim(claims: Path, type_command: Type) -> None:
    assert type_command("documents", "--only", "poe").code == 0
    made = min((claims / "out" / "poe").iterdir())
    values = {**papers.FILLED, "engagement_description": "Trained the help desk."}
    (claims / "back.pdf").write_bytes(papers.filled(made.read_bytes(), values))

    said = type_command("poe", "check", "back.pdf", "--format", "json")

    (file,) = json.loads(said.out)["files"]
    assert said.code == 0, said.out
    assert file["claim"]["in_ledger"] is True
    assert file["claim"]["reference"] == made.name[:11]


def test_a_scanned_form_finds_its_claim_by_its_code(claims: Path, type_command: Type) -> None:
    assert type_command("documents", "--only", "poe").code == 0
    made = min((claims / "out" / "poe").iterdir())
    (claims / "scan.pdf").write_bytes(papers.photographed(made.read_bytes(), turned=1))

    said = type_command("poe", "check", "scan.pdf", "--format", "json")

    (file,) = json.loads(said.out)["files"]
    assert said.code == 1
    assert file["claim"]["reference"] == made.name[:11]
    assert file["claim"]["in_ledger"] is True
    assert answers(said.out) == {**dict.fromkeys(KEYS, "cannot tell"), "document": "met"}
    assert "QR code" in file["elements"][0]["evidence"]


def test_a_document_of_ones_own_finds_its_claim_by_tenant_and_name(claims: Path, type_command: Type) -> None:
    said = type_command("poe", "check", "inbox/poe/sow.pdf", "--format", "json")

    (file,) = json.loads(said.out)["files"]
    assert file["claim"]["claim_name"] == "Contoso Exchange"
    assert answers(said.out) == {**dict.fromkeys(KEYS, "met"), "acknowledgement": "cannot tell"}


def test_a_document_is_held_against_the_claim_that_is_named(claims: Path, type_command: Type) -> None:
    words = ("poe", "check", "inbox/poe/sow.pdf", "--format", "json", "--claim", "Contoso Intune")

    said = type_command(*words)

    assert answers(said.out)["products"] == "not met"


def test_the_date_on_the_form_is_judged_when_the_row_has_none(claims: Path, type_command: Type) -> None:
    old = papers.filled(papers.form(), {**papers.FILLED, "customer_date": "1 March 2020"})
    (claims / "inbox" / "poe" / "sow.pdf").write_bytes(old)
    rows = (claims / "inbox" / "two.csv").read_text(encoding="utf-8").replace("2021-02-18", "")
    (claims / "inbox" / "two.csv").write_text(rows, encoding="utf-8")

    said = type_command("check", "inbox/two.csv", "--format", "json")

    codes = [issue["code"] for issue in json.loads(said.out)["issues"]]
    assert "poe-too-old" in codes
    assert "poe-date-missing" not in codes


def test_a_bundle_has_a_cover_an_outline_and_the_document_and_is_the_same_every_time(
    claims: Path, type_command: Type
) -> None:
    first = type_command("documents", "--bundle")
    (bundle,) = (claims / "out" / "bundles").iterdir()
    content = bundle.read_bytes()
    type_command("documents", "--bundle")

    assert first.code == 0
    assert "Bundles: 1 made." in first.out
    assert bundle.read_bytes() == content
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) == 2
        with document.open_outline() as outline:
            assert [item.title for item in outline.root][1] == "sow.pdf"


def test_a_missing_attachment_fails_its_bundle_alone(claims: Path, type_command: Type) -> None:
    shutil.rmtree(claims / "inbox" / "poe")

    said = type_command("documents", "--bundle")

    assert said.code == 8
    assert "sow.pdf" in said.err
    assert list((claims / "out" / "letters").iterdir())


def test_a_broken_attachment_fails_its_bundle_alone(claims: Path, type_command: Type) -> None:
    (claims / "inbox" / "poe" / "sow.pdf").write_bytes(papers.form()[:5000])

    said = type_command("documents", "--bundle")

    assert said.code == 8
    assert "ends too early" in said.err


def test_each_line_says_what_is_asked_and_microsofts_reason_only_where_it_is_missing(
    folder: Path, type_command: Type
) -> None:
    (folder / "returned.pdf").write_bytes(papers.filled(papers.form(), mark=None))

    lines = type_command("poe", "check", "returned.pdf", *AS_OF).out.splitlines()

    met = [line for line in lines if line.startswith("  met ")]
    (missed,) = (line for line in lines if line.startswith("  not met "))
    assert any(" Products named - It names " in line for line in met)
    assert not any("issing" in line for line in met)
    assert "  Customer's acknowledgement - The place for the customer's signature is empty." in missed
    assert missed.endswith("(Microsoft's reason: missing customer acknowledgement)")
