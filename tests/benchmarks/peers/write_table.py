"""Write a table of claims with one of the writers: texts, dates, a header, filters and a frozen row."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta

Row = list[object]


def rows(count: int, width: int) -> Iterator[Row]:
    for number in range(count):
        day = date(2021, 4, 1) + timedelta(days=number % 400)
        texts = [f"Customer {number} of column {column}" for column in range(width - 6)]
        yield [f"CB-{number:08}", day, number % 90, day, "submitted", "Usage", *texts]


def header(width: int) -> list[str]:
    return [f"Column {column}" for column in range(width)]


def by_xlsxwriter(count: int, width: int, path: str) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, day, plain = book.add_worksheet("Claims"), book.add_format({"num_format": "yyyy-mm-dd"}), None
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, width - 1)
        sheet.write_row(0, 0, header(width))
        for line, row in enumerate(rows(count, width), start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, column, value, plain)
                elif isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                else:
                    sheet.write_number(line, column, value, plain)


def by_openpyxl(count: int, width: int, path: str) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Claims")
    sheet.freeze_panes = "A2"
    sheet.append(header(width))
    for row in rows(count, width):
        sheet.append(row)
    book.save(path)


def by_rustpy_xlsxwriter(count: int, width: int, path: str) -> None:
    # An optional peer.
    from rustpy_xlsxwriter import write_worksheet  # type: ignore[import-not-found,unused-ignore]

    names = header(width)
    records = [dict(zip(names, row, strict=True)) for row in rows(count, width)]
    write_worksheet(records, path, sheet_name="Claims")


WRITERS = {
    "xlsxwriter": by_xlsxwriter,
    "openpyxl": by_openpyxl,
    "rustpy_xlsxwriter": by_rustpy_xlsxwriter,
}


def main() -> None:
    writer, count, width, path = sys.argv[1:]
    WRITERS[writer](int(count), int(width), path)


if __name__ == "__main__":
    main()
