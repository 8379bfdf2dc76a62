"""Reports: values -> tables -> Excel and HTML. Pure renderers; nothing here reads a ledger or the clock."""

from cpor_batch.reports.history import HistoryReport, build_history
from cpor_batch.reports.page import render_page
from cpor_batch.reports.status import StatusReport, build_status
from cpor_batch.reports.text import render_text
from cpor_batch.reports.verdict_json import verdict_json
from cpor_batch.reports.verdict_report import render_verdict_page, write_verdict_workbook
from cpor_batch.reports.verdict_text import render_verdict_text, summary_line
from cpor_batch.reports.workbook import write_workbook

__all__ = [
    "HistoryReport",
    "StatusReport",
    "build_history",
    "build_status",
    "render_page",
    "render_text",
    "render_verdict_page",
    "render_verdict_text",
    "summary_line",
    "verdict_json",
    "write_verdict_workbook",
    "write_workbook",
]
