"""A status page of 10,000 claims stays usable: its size, and how soon something is to be seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cpor_batch.assets import Assets
from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports import render_page
from cpor_batch.reports.status import build_status
from tests import builders
from tests.reports import examples

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CLAIMS = 10_000
MOST_BYTES = 25_000_000
MOST_MS = 3_000
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def many(states: tuple[ClaimState, ...]) -> Iterator[ClaimState]:
    """Yield so many claims, each with a reference and a name of its own."""
    for number in range(CLAIMS):
        state = states[number % len(states)]
        claim = replace(state.claim, claim_name=f"{state.claim.claim_name} {number}")
        yield replace(state, reference=_reference(number), claim=claim)


def _reference(number: int) -> ClaimReference:
    return ClaimReference(f"CB-{number:08d}")


def stories(events: tuple[Event, ...]) -> Iterator[Event]:
    """Yield five events of each claim."""
    for number in range(CLAIMS):
        for place in range(5):
            yield replace(events[(number + place) % len(events)], claim=_reference(number))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = build_status(
        tuple(many(examples.states())),
        edition_of=lambda _state: builders.edition(),
        calendars=builders.rulebook().calendars,
        today=examples.TODAY,
        documents=(),
        events=stories(tuple(examples.events())),
    )
    path = tmp_path_factory.mktemp("large") / "status.html"
    path.write_text(render_page(report.as_report(), Assets()), encoding="utf-8")
    return path


def test_the_page_is_small_enough_to_be_mailed(page_file: Path) -> None:
    assert page_file.stat().st_size <= MOST_BYTES


def test_something_is_to_be_seen_at_once_and_search_answers(browser: Browser, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})

    page.goto(page_file.as_uri(), wait_until="load", timeout=120_000)

    assert page.evaluate(_FIRST_PAINT) < MOST_MS
    page.locator("#t-claims input").fill("CB-00009999")
    expect(page.locator("#t-claims output")).to_have_text("1 of 10,000 shown", timeout=60_000)
    page.close()
