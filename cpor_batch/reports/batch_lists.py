"""The lists behind the drop-downs of the blank batch workbook, each with a name."""

from collections.abc import Sequence
from typing import Any

from cpor_batch.reports.batch_example import claimable_products
from cpor_batch.reports.batch_job import Job
from cpor_batch.reports.sheets import set_up_page
from cpor_batch.rulebook.sheet import LANGUAGES

# `Any` throughout: xlsxwriter brings no types.


def write_lists(sheet: Any, job: Job) -> None:
    """Write the lists behind the drop-downs, each with a name."""
    edition = job.rulebook.edition
    areas = [area.name for area in edition.solution_areas]
    activities = {
        name: [one.name for one in edition.activities if one.solution_area == name] for name in areas
    }
    products = {
        area.name: [product.name for product in claimable_products(job.rulebook, area)]
        for area in edition.solution_areas
    }
    lists: list[tuple[str, Sequence[str]]] = [
        ("list_areas", areas),
        ("list_activities", list(dict.fromkeys(name for names in activities.values() for name in names))),
        ("list_products", [name for names in products.values() for name in names]),
        ("list_countries", sorted(job.rulebook.countries.codes)),
        ("list_languages", LANGUAGES),
        ("list_yes_no", [job.words.texts["yes"], job.words.texts["no"]]),
    ]
    for number, name in enumerate(areas, start=1):
        lists.append((f"list_activities_{number}", activities[name]))
        lists.append((f"list_products_{number}", products[name]))
        _define(job, f"list_area_{number}", column=0, first=number, last=number)
    for column, (name, values) in enumerate(lists):
        sheet.set_column(column, column, max(len(value) for value in (name, *values)) + 3)
        sheet.write_string(0, column, name, job.styles.head())
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, column, value, job.styles.get(num_format="@"))
        _define(job, name, column=column, first=1, last=len(values))
    sheet.freeze_panes(1, 0)
    set_up_page(sheet, title=job.words.sheets["lists"], tool_version="", header_row=0)


def _define(job: Job, name: str, *, column: int, first: int, last: int) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    start = xl_rowcol_to_cell(first, column, row_abs=True, col_abs=True)
    end = xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)
    sheet = job.words.sheets["lists"].replace("'", "''")
    place = start if first == last else f"{start}:{end}"
    job.book.define_name(name, f"='{sheet}'!{place}")
