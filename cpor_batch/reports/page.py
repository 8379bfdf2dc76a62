"""A report as one self-contained HTML page: no request, no tracking, readable without JavaScript."""

import base64
import hashlib
from datetime import UTC
from typing import Any

from cpor_batch.assets import Assets
from cpor_batch.errors import TemplateError
from cpor_batch.reports.page_chart import draw_chart
from cpor_batch.reports.page_model import (
    find_anchors,
    narrow_style,
    page_card,
    page_comparison,
    page_table,
)
from cpor_batch.reports.tables import Report

_FOLDER = "reports"


def render_page(report: Report, assets: Assets) -> str:
    """Return the report as an HTML document; TemplateError where an overriding template is wrong."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2 import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: _read(assets, name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    context = _context(report)
    style = _without_end_tag(_read(assets, "page.css") + narrow_style(context["tables"]))
    script = _without_end_tag(_read(assets, "page.js"))
    try:
        return environment.get_template("page.html.j2").render(
            **context,
            # Our own files and CSS made of escaped text only; nothing of a claim is marked as safe.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=content_policy(style, script),
        )
    except JinjaError as exc:
        raise TemplateError(
            f"The report page cannot be made: {exc}.",
            hint="Mend the template, or take it out of the templates folder to use the built-in one.",
            where=f"templates/{_FOLDER}/page.html.j2",
        ) from exc


def content_policy(style: str, script: str) -> str:
    """Return the page's Content-Security-Policy: its own style and script by their hashes, nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _read(assets: Assets, name: str) -> str:
    text = assets.read_template(f"{_FOLDER}/{name}").decode("utf-8-sig")
    # A browser reads line breaks as \n before it hashes what stands between the tags.
    return text.replace("\r\n", "\n")


def _without_end_tag(text: str) -> str:
    if "</" in text:
        raise TemplateError(
            'page.css and page.js may not contain "</".',
            hint="Write the text in another way; in JavaScript as <\\/.",
            where=f"templates/{_FOLDER}",
        )
    return text


def _context(report: Report) -> dict[str, Any]:
    # `Any`: what the template may name; StrictUndefined holds the template to it.
    anchors = find_anchors(report)
    sources = [*report.tables, *([report.overview] if report.overview else [])]
    wanted = {link for table in sources for link in table.links if "/" in link}
    overview = page_table(report.overview, anchors) if report.overview and report.overview.rows else None
    tables = tuple(page_table(table, anchors, wants_ids=wanted) for table in report.tables)
    made_at = report.made_at
    return {
        "report": report,
        "figures": tuple(
            (figure, f"#{anchors[figure.anchor]}" if figure.anchor in anchors else "")
            for figure in report.figures
        ),
        "charts": tuple(draw_chart(chart) for chart in report.charts if chart.bars),
        "overview": overview,
        "tables": (overview, *tables) if overview else tables,
        "comparisons": tuple(page_comparison(comparison) for comparison in report.comparisons),
        "has_comparisons": report.has_comparisons or bool(report.comparisons),
        "cards": tuple(page_card(card) for card in report.cards),
        "made_at": f"{made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if made_at else "",
    }
