import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.errors import TemplateError
from cpor_batch.reports import build_history, render_page, render_verdict_page
from cpor_batch.reports.page_model import css_text
from cpor_batch.reports.tables import ColumnSpec, Report, Table
from tests import builders
from tests.reports import examples


def status_page() -> str:
    return render_page(examples.status().as_report(tool_version="1.2", ledger_head="abc123"), Assets())


def verdict_page() -> str:
    return render_verdict_page(
        examples.verdict(), rows=[examples.rows()], sheet_schema=builders.rulebook().sheet, assets=Assets()
    )


def page_of(*texts: str, header: str = "Value") -> str:
    table = Table(
        name="Data", title="Data", columns=(ColumnSpec("v", header),), rows=tuple((text,) for text in texts)
    )
    return render_page(Report(name="d", title="D", subtitle="", tables=(table,)), Assets())


def hash_of(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("payload", examples.PAYLOADS)
def test_what_stands_in_a_cell_is_never_markup(payload: str) -> None:
    page = page_of(payload)

    assert page.count("<script>") == 1
    assert page.count("</style>") == 1
    assert "<img" not in page


def test_a_header_of_a_file_cannot_leave_the_style() -> None:
    page = page_of("a", header='</style><script>alert(1)</script>"}*{color:red}')

    assert page.count("<script>") == 1
    assert "*{color:red}" not in page.split("</style>")[0].split("@media (max-width:40rem){#")[-1]
    assert css_text('a"}<\\') == '"a\\22 \\7d \\3c \\5c "'


@pytest.mark.parametrize("make", [status_page, verdict_page])
def test_the_policy_allows_this_style_and_this_script_alone(make: object) -> None:
    page = make()  # type: ignore[operator]
    style = page.split("<style>")[1].split("</style>")[0]
    script = page.split("<script>")[1].split("</script>")[0]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)

    assert policy is not None
    # Autoescape writes the quotes of the policy as &#39;
    assert policy.group(1).replace("&#39;", "'") == (
        f"default-src 'none'; style-src '{hash_of(style)}'; script-src '{hash_of(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r'\sstyle="|\son[a-z]+="', page.split("<body>")[1])


@pytest.mark.parametrize("make", [status_page, verdict_page])
def test_nothing_on_the_page_leads_to_the_network(make: object) -> None:
    page = make()  # type: ignore[operator]

    assert not re.search(r"(?:src|href|url\()\s*[=\"'(]*\s*(?:https?:)?//", page)


def test_every_link_inside_the_page_has_its_target() -> None:
    for page in (status_page(), verdict_page()):
        wanted = set(re.findall(r'href="#([^"]+)"', page))
        assert wanted
        assert wanted <= set(re.findall(r'id="([^"]+)"', page))


def test_the_page_is_complete_without_script() -> None:
    page = status_page().split("<script>")[0]

    assert page.count('<details id="CB-') == 59
    assert "Review should have ended 23 days ago." in page
    assert '<html lang="en">' in page
    assert "Ledger head <code>abc123</code>" in page


def test_a_verdict_shows_where_and_what_before_the_users_columns() -> None:
    page = verdict_page()

    assert page.index("» What to fix") < page.index("Anspråkets namn")
    assert '<tr class="differs"><th scope="row">MPN ID</th><td>4711001</td><td>4722001</td></tr>' in page


def test_the_instant_is_shown_only_where_it_is_given() -> None:
    history = build_history(examples.events())
    at = datetime(2021, 4, 1, 8, 0, tzinfo=UTC)

    assert "Made at 2021-04-01 08:00 UTC" in render_page(history.as_report(made_at=at), Assets())
    assert "Made at" not in render_page(history.as_report(), Assets())


def test_a_wrong_template_of_ones_own_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "page.html.j2").write_text("{{ nobody.knows }}")

    with pytest.raises(TemplateError, match=r"reports/page\.html\.j2.*nobody"):
        render_page(examples.status().as_report(), Assets(templates_dir=tmp_path))


def test_a_template_of_ones_own_runs_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "page.html.j2").write_text("{{ ''.__class__.__mro__ }}")

    with pytest.raises(TemplateError):
        render_page(examples.status().as_report(), Assets(templates_dir=tmp_path))


def test_only_rows_that_something_leads_to_get_an_id() -> None:
    report = examples.status().as_report()

    assert 'id="t-due-0"' not in render_page(replace(report, cards=()), Assets())
    assert 'id="t-claims-0"' in verdict_page()
