"""A report as one self-contained HTML page: no request, no tracking, readable without JavaScript."""

from datetime import UTC
from typing import Any

from cpor_batch.assets import Assets
from cpor_batch.reports.page_chart import draw_chart
from cpor_batch.reports.page_model import (
    find_anchors,
    narrow_style,
    page_card,
    page_comparison,
    page_table,
)
from cpor_batch.reports.page_stack import draw_stack
from cpor_batch.reports.self_contained import fill_page, read_part
from cpor_batch.reports.tables import Report


def render_page(report: Report, assets: Assets) -> str:
    """Return the report as an HTML document; TemplateError where an overriding template is wrong."""
    context = _context(report)
    return fill_page(
        assets,
        "page.html.j2",
        style=read_part(assets, "page.css") + narrow_style(context["tables"]),
        script=read_part(assets, "page.js"),
        context=context,
    )


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
        "stacks": tuple(draw_stack(stack) for stack in report.stacks if stack.layers),
        "overview": overview,
        "tables": (overview, *tables) if overview else tables,
        "comparisons": tuple(page_comparison(comparison) for comparison in report.comparisons),
        "has_comparisons": report.has_comparisons or bool(report.comparisons),
        "cards": tuple(page_card(card) for card in report.cards),
        "made_at": f"{made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if made_at else "",
    }
