"""axe-core, the engine behind most accessibility checkers, over the real pages."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cpor_batch.assets import Assets
from cpor_batch.reports import build_history, render_page, render_verdict_page
from cpor_batch.reports.entry_page import render_entry_page
from cpor_batch.reports.reconciliation import report_reconciliation
from tests import builders
from tests.browser.test_report_pages import CHROMIUM, FLAGS
from tests.reports import entry_examples, examples
from tests.reports.test_reconciliation import result

AXE = "axe-core@4.10.3"
GRAVE = {"serious", "critical"}

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt install chromium"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is missing: apt install npm"),
]


def status_page(_folder: Path) -> str:
    return render_page(examples.status(weeks=examples.weeks()).as_report(), Assets())


def history_page(_folder: Path) -> str:
    return render_page(build_history(examples.events()).as_report(), Assets())


def verdict_page(_folder: Path) -> str:
    schema = builders.rulebook().sheet
    return render_verdict_page(
        examples.verdict(), rows=[examples.rows()], sheet_schema=schema, assets=Assets()
    )


def entry_page(folder: Path) -> str:
    blocked = builders.state(entry_examples.signed(claim_name="Blocked", customer_contact_title=None))
    report = entry_examples.entry(*entry_examples.several(3), blocked)
    return render_entry_page(report, Assets(), folder=folder, store="test", today=builders.TODAY)


def reconciliation_page(_folder: Path) -> str:
    return render_page(report_reconciliation(result()), Assets())


PAGES: Mapping[str, Callable[[Path], str]] = {
    "status": status_page,
    "history": history_page,
    "verdict": verdict_page,
    "entry": entry_page,
    "reconciliation": reconciliation_page,
}


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    folder = tmp_path_factory.mktemp("axe")
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder), AXE]
    subprocess.run(install, check=True, capture_output=True, timeout=280)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accessible")
    for name, render in PAGES.items():
        (folder / f"{name}.html").write_text(render(folder), encoding="utf-8")
    return folder


def open_everything(page: Page) -> None:
    """Show what only a click shows: axe looks at what can be seen."""
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    if page.locator(".sheet.open").count():
        page.locator(".sheet.open .tick").first.check()
        page.locator(".sheet.open .copy").first.click()
        page.locator(".sheet.open").get_by_role("button", name="Mark as submitted").click()
        page.locator(".sheet.is-done h2 button").first.click()


def find_violations(page: Page, axe: str) -> list[dict[str, Any]]:  # Any: what axe reports
    page.evaluate(axe)
    results = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert results["passes"], "axe has looked at nothing"
    return [
        {"rule": found["id"], "where": node["target"], "why": node["failureSummary"]}
        for found in results["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"][:5]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_violation(
    browser: Browser, folder: Path, axe: str, name: str, scheme: str, width: int
) -> None:
    # The policy stays in the page; this context alone looks past it, to let axe in.
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]  # a parameter of the test
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto((folder / f"{name}.html").as_uri())
    open_everything(page)

    violations = find_violations(page, axe)

    assert violations == []
    context.close()


def test_axe_would_find_one(browser: Browser, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<html lang='en'><title>x</title><main><h1>x</h1><input></main></html>")

    assert [found["rule"] for found in find_violations(page, axe)] == ["label"]
    page.close()
