from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cpor_batch.assets import Assets
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports.entry_page import render_entry_page
from tests import builders
from tests.browser.test_report_pages import CHROMIUM, FLAGS
from tests.cli.conftest import Type, new_workspace, type_command, workspace  # noqa: F401 - fixtures
from tests.reports import entry_examples
from tests.reports.examples import PAYLOADS

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt install chromium")
DAY = "2021-04-01"
ATTACKS = (
    '"><img src=x onerror="window.hacked = 1">',
    "' onfocus='window.hacked = 1' autofocus='",
    "javascript:window.hacked=1",
    "<svg/onload=window.hacked=1>",
    "</script><script>window.hacked = 1</script>",
    "${window.hacked = 1}",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def heard() -> list[str]:
    """Everything that a page complained about or asked the network for."""
    return []


def listening(context: BrowserContext, heard: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(f"dialog {dialog.message}"))
    page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "blob:")) else heard.append(request.url),
    )
    return page


def write_page(folder: Path, *states: ClaimState, name: str = "entry.html") -> str:
    text = render_entry_page(
        entry_examples.entry(*states), Assets(), folder=folder, store="test", today=builders.TODAY
    )
    (folder / name).write_text(text, encoding="utf-8")
    return (folder / name).as_uri()


def opened(context: BrowserContext, heard: list[str], address: str) -> Page:
    page = listening(context, heard)
    page.goto(address)
    return page


def mark(page: Page, claim_id: str = "") -> None:
    """Mark the open claim as submitted."""
    sheet = page.locator(".sheet.open")
    sheet.locator(".claim-id").fill(claim_id)
    sheet.get_by_role("button", name="Mark as submitted").click()


def saved(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save file for import").click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("number", [1, 3, 40])
def test_every_claim_is_there_and_the_first_is_open(
    context: BrowserContext, heard: list[str], tmp_path: Path, number: int
) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(number)))

    assert page.locator(".sheet").count() == number
    assert page.locator(".sheet .body:visible").count() == 1
    expect(page.locator("#count")).to_have_text(f"0 of {number} submitted")
    assert heard == []


@pytest.mark.parametrize("number", [1, 40])
def test_a_claim_with_many_products_shows_them_all(
    context: BrowserContext, heard: list[str], tmp_path: Path, number: int
) -> None:
    lines = tuple(builders.line(product=f"Workload {index}") for index in range(number))
    page = opened(context, heard, write_page(tmp_path, builders.state(entry_examples.signed(lines=lines))))

    assert page.locator("[data-step=products] .value code").all_text_contents() == [
        f"Workload {index}" for index in range(number)
    ]
    assert heard == []


def test_a_button_copies_exactly_its_value(context: BrowserContext, heard: list[str], tmp_path: Path) -> None:
    line = builders.line(comments='Two  lines, "quoted"\nåäö 日本')
    page = opened(context, heard, write_page(tmp_path, builders.state(entry_examples.signed(lines=(line,)))))
    wanted = page.locator(".sheet .steps .value:has(.copy) code").all_text_contents()
    copied = []

    for button in page.locator(".sheet .steps .copy").all():
        button.click()
        expect(button).to_have_text("Copied")
        copied.append(page.evaluate("navigator.clipboard.readText()"))

    assert copied == wanted
    assert builders.TENANT in copied
    assert line.comments in copied
    assert heard == []


def test_copying_works_without_the_clipboard_of_new_browsers(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    address = write_page(tmp_path, *entry_examples.several(1))
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    page = opened(context, heard, address)
    other = context.new_page()

    page.get_by_role("button", name="Copy Customer directory ID").click()

    expect(page.get_by_role("button", name="Copy Customer directory ID")).to_have_text("Copied")
    other.set_content("<textarea></textarea>")
    other.locator("textarea").focus()
    other.keyboard.press("Control+v")
    assert other.locator("textarea").input_value() == builders.TENANT
    assert heard == []


def test_where_nothing_can_be_copied_the_value_is_selected(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "Document.prototype.execCommand = () => false;"
    )
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(1)))

    page.get_by_role("button", name="Copy Customer directory ID").click()

    expect(page.locator("#said")).to_contain_text("Ctrl+C")
    assert page.evaluate("String(getSelection())") == builders.TENANT
    assert heard == []


def test_progress_is_there_after_a_reload(context: BrowserContext, heard: list[str], tmp_path: Path) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(2)))
    page.locator(".sheet.open .tick").nth(0).check()
    page.locator(".sheet.open .tick").nth(1).check()
    page.get_by_role("button", name="Copy Claim name").first.click()
    expect(page.locator(".copy.copied")).to_have_count(1)
    page.locator(".sheet.open .claim-id").fill("CA-77")

    page.reload()

    sheet = page.locator(".sheet.open")
    assert sheet.locator(".tick:checked").count() == 2
    assert sheet.locator(".step.current").get_attribute("data-step") == "associate"
    assert sheet.locator(".copy.copied").count() == 1
    assert sheet.locator(".claim-id").input_value() == "CA-77"
    expect(sheet.locator(".tally")).to_have_text("2/7")
    assert heard == []


def test_progress_is_kept_apart_from_another_ledgers(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    address = write_page(tmp_path, *entry_examples.several(1))
    page = opened(context, heard, address)
    mark(page)
    text = (tmp_path / "entry.html").read_text(encoding="utf-8")

    (tmp_path / "entry.html").write_text(
        text.replace('data-store="test"', 'data-store="other"'), encoding="utf-8"
    )
    page.reload()

    expect(page.locator("#count")).to_have_text("0 of 1 submitted")


def test_a_claim_that_has_changed_is_begun_again(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    state = builders.state(entry_examples.signed())
    page = opened(context, heard, write_page(tmp_path, state))
    page.locator(".tick").first.check()

    changed = builders.state(entry_examples.signed(customer_contact_name="Kim"))
    assert changed.reference == state.reference
    page.goto(write_page(tmp_path, changed))

    expect(page.locator(".changed")).to_be_visible()
    assert page.locator(".tick:checked").count() == 0
    assert heard == []


def test_a_page_that_may_not_remember_says_so_and_works(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(2)))

    mark(page, "CA-1")

    expect(page.locator("#volatile")).to_be_visible()
    expect(page.locator("#count")).to_have_text("1 of 2 submitted")
    assert b"CA-1,Submitted" in saved(page)
    assert heard == []


def test_storage_that_holds_nonsense_does_no_harm(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    state = builders.state(entry_examples.signed())
    page = opened(context, heard, write_page(tmp_path, state))
    for nonsense in ("{", "null", "7", '{"steps": 3, "id": {}, "submitted": "yes"}'):
        page.evaluate(
            "([key, value]) => localStorage.setItem(key, value)",
            [f"cpor-batch.entry/1:test:{state.reference}", nonsense],
        )

        page.reload()

        expect(page.locator("#count")).to_have_text("0 of 1 submitted")
    assert heard == []


def test_a_submitted_claim_makes_room_for_the_next_and_can_be_taken_back(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(3)))
    first = page.locator(".sheet").first

    mark(page, "CA-1")

    assert first.locator(".state").text_content() == f"Submitted {DAY}"
    assert page.locator(".sheet.open h2").text_content() == "Claim 01"
    expect(page.locator("#count")).to_have_text("1 of 3 submitted")
    first.locator("h2 button").click()
    first.get_by_role("button", name="Undo").click()
    expect(page.locator("#count")).to_have_text("0 of 3 submitted")
    expect(page.get_by_role("button", name="Save file for import")).to_be_disabled()
    assert heard == []


@pytest.mark.parametrize(
    ("day", "claim_id", "says"),
    [
        ("2021-04-02", "CA-1", "future"),
        ("", "CA-1", "Give the day"),
        (DAY, "=1+1", "does not begin with ="),
        (DAY, "CA-0", "has this claim ID already"),
    ],
)
def test_what_cannot_be_is_not_marked(
    context: BrowserContext, heard: list[str], tmp_path: Path, day: str, claim_id: str, says: str
) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(2)))
    mark(page, "CA-0")
    sheet = page.locator(".sheet.open")
    sheet.locator(".on").fill(day)

    mark(page, claim_id)

    expect(sheet.locator(".fault")).to_contain_text(says)
    expect(page.locator("#count")).to_have_text("1 of 2 submitted")
    assert heard == []


def test_the_saved_file_has_the_columns_that_import_knows(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    states = entry_examples.several(2)
    page = opened(context, heard, write_page(tmp_path, *states))
    mark(page, 'CA-1 "a", b')
    mark(page)

    lines = saved(page).decode("utf-8").split("\r\n")

    assert lines == [
        "\ufeffClaim reference,Partner Center claim ID,Status,Submitted on",
        f'{states[0].reference},"CA-1 ""a"", b",Submitted,{DAY}',
        f"{states[1].reference},,Submitted,{DAY}",
        "",
    ]
    expect(page.locator("#saved-command")).to_have_text(f"cpor-batch import submitted-{DAY}.csv")
    assert heard == []


def test_search_and_filter_narrow_the_claims(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    blocked = builders.state(entry_examples.signed(claim_name="Blocked", customer_contact_title=None))
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(5), blocked))
    mark(page)

    page.locator("#search").fill("claim 03")
    assert page.locator(".sheet:visible h2").all_text_contents() == ["Claim 03"]
    page.locator("#search").fill("")
    counts = {}
    for choice in ("all", "open", "ready", "blocked", "done"):
        page.locator("#show").select_option(choice)
        counts[choice] = page.locator(".sheet:visible").count()

    assert counts == {"all": 6, "open": 5, "ready": 4, "blocked": 1, "done": 1}
    assert heard == []


def test_payloads_in_every_field_stay_text(context: BrowserContext, heard: list[str], tmp_path: Path) -> None:
    text_fields = [
        name
        for name, value in (
            (field, getattr(builders.business_claim(), field))
            for field in builders.claim().__dataclass_fields__
        )
        if isinstance(value, str) and name not in {"edition", "solution_area", "activity"}
    ]
    states = []
    # A ledger holds no half surrogate pairs.
    payloads = [*(text for text in PAYLOADS if "\ud800" not in text), *ATTACKS]
    for payload in payloads:
        line = builders.subscription_line(product=payload, comments=payload, programmes=(payload,))
        changes = dict.fromkeys(text_fields, payload)
        claim = entry_examples.business(**changes, poe_document=payload, lines=(line,))
        states.append(builders.state(claim))

    page = opened(context, heard, write_page(tmp_path, *states))

    assert page.locator(".sheet").count() == len(payloads)
    assert (
        page.locator("main img, main script, main iframe, main svg, main [onerror], main [onclick]").count()
        == 0
    )
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert heard == []


def test_the_policy_lets_nothing_else_run(context: BrowserContext, tmp_path: Path) -> None:
    address = write_page(tmp_path, *entry_examples.several(1))
    text = (tmp_path / "entry.html").read_text(encoding="utf-8")
    smuggled = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    (tmp_path / "entry.html").write_text(text.replace("</main>", f"{smuggled}</main>"), encoding="utf-8")
    page = context.new_page()

    page.goto(address)

    assert page.evaluate("typeof window.hacked") == "undefined"
    expect(page.locator("#count")).to_have_text("0 of 1 submitted")


def test_without_script_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    address = write_page(tmp_path, *entry_examples.several(3))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)

    assert page.locator(".sheet .body:visible").count() == 3
    assert page.locator("button:visible").count() == 0
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_its_window(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    long = "x" * 100
    states = builders.state(
        entry_examples.signed(claim_name=long, customer_name=long, customer_domain=f"{long}.example")
    )
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(write_page(tmp_path, states))

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_on_paper_every_claim_is_open(context: BrowserContext, heard: list[str], tmp_path: Path) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(3)))

    page.emulate_media(media="print")

    assert page.locator(".sheet .body:visible").count() == 3
    assert page.locator("button.copy:visible").count() == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert heard == []


def test_everything_can_be_done_by_keyboard(
    context: BrowserContext, heard: list[str], tmp_path: Path
) -> None:
    page = opened(context, heard, write_page(tmp_path, *entry_examples.several(2)))

    page.locator(".sheet.open .tick").first.focus()
    page.keyboard.press("Space")
    page.locator(".sheet.open .claim-id").focus()
    page.keyboard.type("CA-5")
    page.keyboard.press("Enter")

    expect(page.locator("#count")).to_have_text("1 of 2 submitted")
    assert page.locator(":focus").text_content() == "Claim 01"
    page.keyboard.press("Enter")
    assert page.locator(".sheet .body:visible").count() == 0
    assert heard == []


def test_what_is_saved_is_taken_over_by_import(
    context: BrowserContext,
    heard: list[str],
    workspace: Path,  # noqa: F811 - the fixture
    type_command: Type,  # noqa: F811 - the fixture
) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    type_command("entry", "--html", "entry.html")
    page = opened(context, heard, (workspace / "entry.html").as_uri())
    sheet = page.locator(".sheet.open")
    if sheet.count() == 0:
        page.locator(".sheet h2 button").first.click()
    reference = page.locator(".sheet.open").get_attribute("data-reference")
    mark(page, "CA-2021-1")
    (workspace / "submitted.csv").write_bytes(saved(page))

    said = type_command("import", "submitted.csv")

    assert said.code == 0, said.out + said.err
    history = type_command("history", "CA-2021-1").out
    assert str(reference) in history
    assert str(reference) not in type_command("entry").out
    assert heard == []
