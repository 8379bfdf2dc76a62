"""A form that was filled in and then flattened: its fields are gone, its labels and values stay."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents.returned import read_evidence
from cpor_batch.documents.returned.printed_fields import LABELS
from cpor_batch.domain.evidence import DATE_FIELD, NAME_FIELD, TITLE_FIELD, Evidence
from cpor_batch.texts import read_translations
from tests.documents.returned import papers

VALUES = {**papers.FILLED, "customer_date": "2021-03-15"}


def seen(content: bytes, folder: Path) -> Evidence:
    path = folder / "flat.pdf"
    path.write_bytes(content)
    found = read_evidence([path])[path]
    assert isinstance(found, Evidence), found
    return found


@pytest.mark.parametrize("language", sorted(LABELS))
def test_the_labels_are_those_of_the_catalogue(language: str) -> None:
    translations = read_translations(Assets(), language)

    assert LABELS[language] == tuple(map(translations.gettext, LABELS["en"]))


@pytest.mark.parametrize("language", sorted(LABELS))
def test_what_stands_below_the_labels_of_a_flattened_form_is_read(language: str, tmp_path: Path) -> None:
    found = seen(papers.flattened(papers.blank_form(language), VALUES), tmp_path)

    assert found.fields == {}
    assert {key: found.printed_fields[key] for key in VALUES} == VALUES
    assert found.signed_on == date(2021, 3, 15)


@pytest.mark.skipif(not shutil.which("pdftocairo"), reason="needs poppler")
@pytest.mark.parametrize("language", sorted(LABELS))
def test_what_stands_below_the_labels_of_a_form_printed_to_a_pdf_is_read(
    language: str, tmp_path: Path
) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(papers.flattened(papers.blank_form(language), VALUES))
    subprocess.run(["pdftocairo", "-pdf", before, after], check=True)

    found = seen(after.read_bytes(), tmp_path)

    assert {key: found.printed_fields[key] for key in VALUES} == VALUES


def test_a_date_is_read_as_the_language_of_the_labels_writes_it(tmp_path: Path) -> None:
    found = seen(papers.flattened(papers.blank_form("sv"), {**VALUES, DATE_FIELD: "3/4/2021"}), tmp_path)

    assert found.signed_on == date(2021, 4, 3)


def test_a_flattened_form_that_nobody_filled_in_has_blank_values(tmp_path: Path) -> None:
    found = seen(papers.flattened(papers.blank_form("sv"), {}), tmp_path)

    assert found.is_flattened
    assert [found.printed_fields[key] for key in (DATE_FIELD, NAME_FIELD, TITLE_FIELD)] == ["", "", ""]
