from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cpor_batch.assets import Assets
from cpor_batch.reports import render_page, render_verdict_page
from cpor_batch.reports.tables import ColumnSpec, Kind, Pill, Report, Table
from tests import builders
from tests.reports import examples

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    schema = builders.rulebook().sheet
    status = render_page(examples.status().as_report(), Assets())
    verdict = render_verdict_page(
        examples.verdict(), rows=[examples.rows()], sheet_schema=schema, assets=Assets()
    )
    (folder / "status.html").write_text(status)
    (folder / "verdict.html").write_text(verdict)
    return folder


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[tuple[Page, list[str]]]:
    """A page, and everything that it complained about or asked the network for."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(f"dialog {dialog.message}"))
    page.on("request", lambda request: None if request.url.startswith("file:") else heard.append(request.url))
    page.goto((folder / "status.html").as_uri())
    yield page, heard
    page.close()


def shown(page: Page, section: str) -> int:
    return page.locator(f"{section} tbody tr:visible").count()


def test_searching_shows_the_rows_that_hold_every_word(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened

    page.locator("#t-claims input").fill("malmö teams")

    expect(page.locator("#t-claims output")).to_have_text("2 of 59 shown")
    assert shown(page, "#t-claims") == 2
    # Accents may be left out by those who cannot type them.
    page.locator("#t-claims input").fill("malmo teams")
    expect(page.locator("#t-claims output")).to_have_text("2 of 59 shown")
    assert heard == []


def test_filters_narrow_each_other(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened
    claims = page.locator("#t-claims")
    status = claims.get_by_role("combobox", name="Status", exact=True)
    partner = claims.get_by_role("combobox", name="Partner")

    status.select_option("Approved")
    approved = shown(page, "#t-claims")
    partner.select_option("Tailspin Consulting")

    assert 0 < shown(page, "#t-claims") < approved < 59
    assert heard == []


def test_a_column_sorts_both_ways_with_blanks_at_the_end(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened
    head = page.locator("#t-due th").filter(has_text="Days left")
    column = page.locator("#t-due tbody tr td:nth-child(3)")

    head.get_by_role("button").click()
    upward = [text for text in column.all_text_contents() if text]
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    downward = [text for text in column.all_text_contents() if text]

    assert upward == sorted(upward, key=int)
    assert downward == sorted(upward, key=int, reverse=True)
    assert column.all_text_contents()[-1] == ""
    assert heard == []


def test_a_claims_reference_opens_its_card(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened
    link = page.locator("#t-due tbody a").first
    reference = link.text_content() or ""

    link.click()

    assert page.locator(f"#{reference}").get_attribute("open") is not None
    assert page.locator(f"#{reference} dl").is_visible()
    assert heard == []


def test_everything_can_be_reached_by_keyboard(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened

    page.keyboard.press("Tab")
    assert page.locator(":focus").text_content() == "Skip to the content"
    page.locator("#t-claims th [role=button]").first.focus()
    page.keyboard.press("Enter")

    assert page.locator("#t-claims th").first.get_attribute("aria-sort") == "ascending"
    assert heard == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["status", "verdict"])
def test_the_page_fits_its_window(browser: Browser, folder: Path, name: str, scheme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto((folder / f"{name}.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_words_without_a_place_to_break_stay_in_the_window(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    columns = (
        ColumnSpec("what", "What", Kind.STATUS),
        ColumnSpec("path", "File"),
        ColumnSpec("id", "ID", Kind.ID),
    )
    path = "document: letter; path: letters/" + "construccion-y-servicios-" * 8
    table = Table(
        name="Events",
        title="Events",
        columns=columns,
        rows=((Pill("Customer notified by Microsoft and by the partner"), path, "0123456789abcdef" * 4),),
    )
    report = Report(name="history", title="History", subtitle="", tables=(table,))
    (tmp_path / "page.html").write_text(render_page(report, Assets()))
    page = browser.new_page(viewport={"width": width, "height": 844})

    page.goto((tmp_path / "page.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_on_paper_a_table_with_many_columns_names_each_value(browser: Browser, tmp_path: Path) -> None:
    columns = tuple(ColumnSpec(f"c{number}", f"Column {number}") for number in range(40))
    table = Table(name="Claims", title="Claims", columns=columns, rows=(("Contoso AB, Malmö",) * 40,))
    report = Report(name="wide", title="Wide", subtitle="", tables=(table,))
    (tmp_path / "page.html").write_text(render_page(report, Assets()))
    page = browser.new_page(viewport={"width": 1060, "height": 700})
    page.goto((tmp_path / "page.html").as_uri())

    page.emulate_media(media="print")

    cell = page.locator("#t-claims td").nth(7)
    assert cell.evaluate("element => element.getBoundingClientRect().width") > 200
    named = cell.evaluate("element => getComputedStyle(element, '::before').content")
    assert named == '"Column 7"'
    assert page.evaluate("document.documentElement.scrollWidth") <= 1060
    page.close()


def test_without_script_every_row_is_there_and_no_dead_control(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "status.html").as_uri())

    assert page.locator("#t-claims tbody tr").count() == 59
    assert page.locator(".tools:visible").count() == 0
    context.close()


def test_a_hostile_verdict_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    rows = examples.rows()
    hostile = [examples.PAYLOADS[index] for index in (12, 13, 15, 12, 13, 15)]
    columns = {key: examples.column(item.letter, hostile[0], *hostile) for key, item in rows.columns.items()}
    nasty = replace(rows, columns=columns)
    page_text = render_verdict_page(
        examples.verdict(), rows=[nasty], sheet_schema=builders.rulebook().sheet, assets=Assets()
    )
    (tmp_path / "verdict.html").write_text(page_text)
    page = browser.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("dialog", lambda dialog: heard.append(dialog.message))

    page.goto((tmp_path / "verdict.html").as_uri())

    assert heard == []
    assert page.locator("img").count() == 0
    page.close()


def test_the_page_prints(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "status.html").as_uri())

    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
