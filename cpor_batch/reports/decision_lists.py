"""The lists behind the drop-downs of the sheet Decisions, one for each number of sides."""

from collections.abc import Iterable, Mapping
from typing import Any

from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.decision import find_choices
from cpor_batch.reports.styles import Styles


def write_choices(sheet: Any, conflicts: Iterable[Conflict], styles: Styles) -> Mapping[tuple[str, ...], str]:
    """Write each list that some conflict needs to a column; return decisions -> range.

    `Any`: xlsxwriter brings no types.
    """
    from xlsxwriter.utility import xl_range_abs

    wanted = dict.fromkeys(tuple(choice.words for choice in find_choices(conflict)) for conflict in conflicts)
    ranges = {}
    for column, words in enumerate(wanted):
        sheet.set_column(column, column, 26)
        for row, word in enumerate(words):
            sheet.write_string(row, column, word, styles.get(num_format="@"))
        ranges[words] = f"Lists!{xl_range_abs(0, column, len(words) - 1, column)}"
    return ranges
