"""`make bench`: measure, print the table and keep it as results.txt and results.json.

`python -m tests.benchmarks check start` measures these groups alone; what was measured of the others before
stays in the files. `--rounds N` and `--no-memory` make it quicker.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import Final

from tests.benchmarks import documents, reports, tables
from tests.benchmarks.measure import Group, measure
from tests.benchmarks.results import keep, table_of

GROUPS: Final[Mapping[str, Callable[[], Group]]] = {
    "start": tables.starting,
    "check": tables.checking,
    "growth": tables.growth,
    "ingest": tables.recording,
    "ingest-few": tables.recording_few,
    "pandas": tables.against_pandas,
    "status": reports.status,
    "writers": reports.writers,
    "letters": documents.letters,
    "unchanged": documents.unchanged,
}


def main() -> None:
    """Measure the groups that are named, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"Among {', '.join(GROUPS)}; default: all."
    )
    parser.add_argument("--rounds", type=int, help="So many rounds instead of each group's own number.")
    parser.add_argument("--no-memory", action="store_true", help="Leave out the round that samples memory.")
    options = parser.parse_args()
    unknown = set(options.groups) - GROUPS.keys()
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    for name in options.groups or GROUPS:
        print(f"{name}: preparing", file=sys.stderr)
        group = GROUPS[name]()
        load = os.getloadavg()[0]
        figures = measure(group, rounds=options.rounds, with_memory=not options.no_memory)
        print(table_of(keep(group, figures, load=load)))


if __name__ == "__main__":
    main()
