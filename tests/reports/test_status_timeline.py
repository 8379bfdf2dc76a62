import io
import re
from datetime import date

import openpyxl
import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.timeline import StatusCount
from cpor_batch.reports import render_page
from cpor_batch.reports.page_stack import draw_stack
from cpor_batch.reports.status_timeline import status_timeline
from cpor_batch.reports.tables import Layer, Stack, Tone
from cpor_batch.reports.workbook import workbook_bytes
from cpor_batch.reports.workbook_stack import layer_colour
from tests import builders
from tests.reports import examples

EDITION = builders.edition().name
STORY = (
    StatusCount(day=date(2021, 3, 25), claims={("editing", EDITION): 3}),
    StatusCount(day=date(2021, 4, 1), claims={("editing", EDITION): 1, ("approved", EDITION): 4}),
)


def timeline(*counts: StatusCount) -> Stack:
    return status_timeline(counts, {EDITION: builders.edition()})


def test_each_status_is_a_layer_with_a_value_for_every_week() -> None:
    stack = timeline(*STORY)

    assert stack.layers == (
        Layer(label="Approved", values=(0, 4), tone=Tone.GOOD),
        Layer(label="Editing", values=(3, 1), tone=Tone.QUIET),
    )
    assert stack.totals == (3, 5)


def test_statuses_that_are_called_alike_in_two_editions_are_one_layer() -> None:
    stack = timeline(
        StatusCount(day=date(2021, 4, 1), claims={("approved", EDITION): 1, ("approved", "gone"): 2})
    )

    assert [(layer.label, layer.values) for layer in stack.layers] == [("Approved", (3,))]


def test_layers_of_one_tone_are_told_apart() -> None:
    layers = status_timeline(examples.weeks(), {EDITION: builders.edition()}).layers

    looks = [(layer.tone, layer.shade) for layer in layers]
    assert len(set(looks)) == len(layers) > len({tone for tone, _ in looks})
    assert len({layer_colour(layer) for layer in layers}) == len(layers)


def test_the_chart_says_in_words_what_it_shows() -> None:
    drawn = draw_stack(timeline(*STORY))

    assert drawn.summary == (
        "Number of claims on 2 days from 2021-03-25 to 2021-04-01: "
        "Editing from 3 to 1, Approved from 0 to 4; all claims from 3 to 5."
    )
    assert [step.words for step in drawn.steps] == [
        "2021-03-25. Editing: 3",
        "2021-04-01. Editing: 1, Approved: 4",
    ]
    assert drawn.rows == (("2021-04-01", (1, 4), 5), ("2021-03-25", (3, 0), 3))


@pytest.mark.parametrize("most", [1, 4, 5, 99, 100, 101, 9_999, 123_456])
def test_columns_stand_inside_the_lines_and_upon_each_other(most: int) -> None:
    layers = (Layer(label="A", values=(0, most)), Layer(label="B", values=(1, most // 2)))
    drawn = draw_stack(Stack(name="s", title="S", unit="claims", steps=(date.min, date.max), layers=layers))

    ground, ceiling = drawn.lines[0][1], drawn.lines[-1][1]
    assert 2 <= len(drawn.lines) <= 6
    for step in drawn.steps:
        below = ground
        for _, top, height in step.layers:
            assert top + height == pytest.approx(below)
            assert top >= ceiling
            below = top


def test_the_page_has_the_figures_as_a_table_too() -> None:
    page = render_page(examples.status(weeks=examples.weeks()).as_report(), Assets())

    figure = page.split('<figure class="stack"')[1].split("</figure>")[0]
    assert re.search(r"<title [^>]+>Claims by status over time</title>\s*<desc ", figure)
    assert figure.count('<th scope="row">') == 26
    last = figure.split('<th scope="row">2021-04-01</th>')[1].split("</tr>")[0]
    assert re.findall(r">(\d+)<", last) == ["2", "5", "1", "8", "12", "25", "53"]


def test_without_the_past_there_is_no_such_chart() -> None:
    assert '<figure class="stack"' not in render_page(examples.status().as_report(), Assets())


def test_the_workbook_has_a_native_chart_and_real_days() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_bytes(examples.status(weeks=examples.weeks()).as_report()))
    )

    # openpyxl reads charts back only where they are real Excel charts; its types do not know them.
    *_, chart = book["Summary"]._charts  # type: ignore[attr-defined]
    assert len(book["Summary"]._charts) == 5  # type: ignore[attr-defined]
    assert (chart.grouping, chart.overlap, len(chart.series)) == ("stacked", 100, 6)
    rows = list(book["Figures"].iter_rows(values_only=True))
    at = next(index for index, row in enumerate(rows) if row[0] == "Claims by status over time")
    assert rows[at + 26][0].date() == date(2021, 4, 1)  # type: ignore[union-attr]  # a cell of any type
    assert sum(number for number in rows[at + 26][1:] if isinstance(number, int)) == 53
