"""The floor: python-calamine reads the sheet and nothing is done with the rows."""

import sys

from python_calamine import CalamineWorkbook


def main() -> None:
    count = 0
    for _row in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_name("Claims").iter_rows():
        count += 1
    print(count)


if __name__ == "__main__":
    main()
