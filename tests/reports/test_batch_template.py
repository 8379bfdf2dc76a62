import io
from pathlib import Path

import openpyxl
import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.limits import Limits
from cpor_batch.intake import read_workbook
from cpor_batch.reports.batch_example import example_rows
from cpor_batch.reports.batch_template import batch_template_bytes, write_batch_template
from cpor_batch.reports.batch_words import read_batch_words
from cpor_batch.rulebook.sheet import LANGUAGES
from tests import builders
from tests.reports.xml_parts import external_targets

EDITIONS = ("cpor-2021", "mci-2023")


def opened(language: str = "en", edition: str = "cpor-2021") -> openpyxl.Workbook:
    return openpyxl.load_workbook(
        io.BytesIO(batch_template_bytes(builders.rulebook(edition), language, Assets()))
    )


def validations(language: str = "en") -> dict[str, object]:
    found = opened(language)["Claims"].data_validations.dataValidation
    columns = builders.rulebook().sheet.columns
    return {rule.key: check for rule, check in zip(columns, found, strict=True)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_header_is_found_again_by_the_reader(language: str, tmp_path: Path) -> None:
    path = tmp_path / "batch.xlsx"
    write_batch_template(path, rulebook=builders.rulebook(), language=language)
    book = openpyxl.load_workbook(path)
    columns = builders.rulebook().sheet.columns
    for index, rule in enumerate(columns, start=1):
        header = book["Claims"].cell(1, index).value
        assert builders.rulebook().sheet.match_header(str(header)) == rule.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_for_yes_and_no_are_understood(language: str) -> None:
    words = read_batch_words(Assets(), language)

    assert builders.rulebook().sheet.parse_yes_no(words.texts["yes"]) is True
    assert builders.rulebook().sheet.parse_yes_no(words.texts["no"]) is False


def test_a_filled_in_template_is_read_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "batch.xlsx"
    write_batch_template(path, rulebook=builders.rulebook(), language="sv")
    book = openpyxl.load_workbook(path)
    rows = example_rows(builders.rulebook(), read_batch_words(Assets(), "sv"))
    for number, row in enumerate(rows, start=2):
        for index, rule in enumerate(builders.rulebook().sheet.columns, start=1):
            book["Claims"].cell(number, index).value = row.get(rule.key)  # type: ignore[assignment]
    book.save(path)

    result = read_workbook(path, name="batch.xlsx", sheet_schema=builders.rulebook().sheet, limits=Limits())

    assert result.rows is not None
    assert result.issues == ()
    assert list(result.rows.numbers) == [2, 3, 4]


def test_a_blank_template_holds_no_rows_and_the_example_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "batch.xlsx"
    write_batch_template(path, rulebook=builders.rulebook(), language="en")

    result = read_workbook(path, name="batch.xlsx", sheet_schema=builders.rulebook().sheet, limits=Limits())

    assert result.rows is not None
    assert len(result.rows) == 0


def test_lists_are_ranges_and_follow_the_solution_area() -> None:
    checks = validations()

    assert checks["solution_area"].formula1 == "list_areas"  # type: ignore[attr-defined]
    assert checks["product"].formula1 == (  # type: ignore[attr-defined]
        "IF($Q2=list_area_1,list_products_1,IF($Q2=list_area_2,list_products_2,list_products))"
    )
    for check in checks.values():
        assert len(check.formula1) <= 255  # type: ignore[attr-defined]
        assert "INDIRECT" not in check.formula1  # type: ignore[attr-defined]
        assert "OFFSET" not in check.formula1  # type: ignore[attr-defined]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_value_of_the_lists_is_one_that_the_rulebook_knows(edition: str) -> None:
    rulebook = builders.rulebook(edition)
    sheet = opened(edition=edition)["Lists"]
    lists = {
        column[0].value: [cell.value for cell in column[1:] if cell.value] for column in sheet.iter_cols()
    }

    assert all(rulebook.find_area(str(value)) for value in lists["list_areas"])
    assert all(rulebook.catalogue.find(str(value)) for value in lists["list_products"])
    assert all(rulebook.countries.find(str(value)) for value in lists["list_countries"])
    assert all(rulebook.sheet.parse_language(str(value)) for value in lists["list_languages"])
    for number, area in enumerate(lists["list_areas"], start=1):
        for activity in lists[f"list_activities_{number}"]:
            assert rulebook.find_activity(str(activity), solution_area=str(area))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_explains_itself_when_it_is_selected(language: str) -> None:
    for key, check in validations(language).items():
        assert check.showInputMessage, key  # type: ignore[attr-defined]
        assert 0 < len(check.prompt) <= 255, key  # type: ignore[attr-defined]
        assert 0 < len(check.promptTitle) <= 32, key  # type: ignore[attr-defined]
        assert 0 < len(check.errorTitle) <= 32, key  # type: ignore[attr-defined]
        assert check.errorStyle == "warning", key  # type: ignore[attr-defined]


def test_ids_are_preformatted_as_text_so_that_zeros_stay() -> None:
    column = opened()["Claims"].column_dimensions["D"]

    assert column.number_format == "@"
    assert column.width >= 10


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_fits_the_edition(language: str, edition: str) -> None:
    rulebook = builders.rulebook(edition)

    for row in example_rows(rulebook, read_batch_words(Assets(), language)):
        area = rulebook.find_area(str(row["solution_area"]))
        product = rulebook.catalogue.find(str(row["product"]))
        assert area is not None
        assert product is not None
        assert product.level is area.level
        assert rulebook.find_activity(str(row["activity"]), solution_area=area.name)


def test_the_instructions_name_every_column_and_say_when_it_is_required() -> None:
    sheet = opened("sv")["Anvisningar"]
    told = {row[0].value: row[1].value for row in sheet.iter_rows() if row[1].value}

    assert told["Kundens namn *"] == "Alltid"
    assert told["Prenumerations-ID"] == "I vissa fall"
    assert told["Kommentarer"] == "Valfri"


def test_the_template_holds_no_link_and_the_same_rules_give_the_same_bytes() -> None:
    book = batch_template_bytes(builders.rulebook(), "en", Assets())

    assert external_targets(book) == []
    assert book == batch_template_bytes(builders.rulebook(), "en", Assets())
