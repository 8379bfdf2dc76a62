"""Batches of claim lines for measuring: any size, any share of bad rows, the same bytes on every machine.

Made once and kept in a folder for temporary files, because writing a million rows takes a minute.
"""

import os
import random
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.benchmarks.excel import Cell, write_sheet

TODAY: Final = date(2021, 4, 1)
"""What every command of the benchmark is told with --as-of."""

VERSION: Final = 5
"""Of what is generated; another number makes all files anew."""

HEADER: Final = (
    "Claim name",
    "MPN ID",
    "Partner name",
    "Partner organisation",
    "Partner country",
    "Partner contact name",
    "Partner contact email",
    "Customer name",
    "Customer domain",
    "Tenant ID",
    "Customer country",
    "Customer region",
    "Customer address",
    "Customer language",
    "Solution area",
    "Activity",
    "Product or workload",
    "Subscription ID",
    "Subscription ends on",
    "Customer contact name",
    "Customer contact title",
    "Customer contact email",
    "Technical contact name",
    "Technical contact title",
    "Technical contact email",
    "Engagement description",
    "PoE signed on",
    "Public sector",
    "Submitted on",
    "Comments",
)
COLUMN: Final = {name: index for index, name in enumerate(HEADER)}

_PARTNERS: Final = (
    ("4581201", "Fabrikam Sverige AB", "Fabrikam", "SE", "Elin Sandell", "elin@fabrikam.example"),
    ("4581202", "Fabrikam Deutschland GmbH", "Fabrikam", "DE", "Jonas Reuter", "jonas@fabrikam.example"),
    ("5120447", "Adventure Works Ltd", "Adventure Works", "GB", "Priya Haldane", "priya@adventure.example"),
    ("3907815", "Northwind Traders SAS", "Northwind", "FR", "Camille Verdier", "camille@northwind.example"),
)
_WORKLOADS: Final = (
    "Exchange Online",
    "SharePoint Online",
    "Microsoft Teams",
    "Microsoft Teams Meetings",
    "Intune",
    "Microsoft 365 Apps",
    "Entra ID P1",
    "Viva Engage",
)
_PRODUCTS: Final = (
    "Dynamics 365 Sales",
    "Dynamics 365 Customer Service",
    "Dynamics 365 Finance",
    "Dynamics 365 Business Central",
    "Power BI",
)
_PLACES: Final[tuple[tuple[str, str | None, str, str, str], ...]] = (
    ("SE", "AB", "Storgatan", "Stockholm", "sv"),
    ("DE", "BY", "Hauptstraße", "München", "de"),
    ("FR", None, "rue Principale", "Lyon", "fr"),
    ("GB", "ENG", "High Street", "Leeds", "en"),
)
_FIRST: Final = ("Ada", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hugo", "Ines", "Jan", "Kim", "Lea")
_LAST: Final = ("Aalto", "Berg", "Costa", "Dahl", "Engel", "Falk", "Grau", "Holm", "Jung", "Krag", "Lind")
_TITLES: Final = ("CIO", "IT Manager", "Head of Digital Workplace", "Operations Director", "CFO")
_WORKS: Final = (
    "Moved {n} mailboxes and trained the help desk.",
    "Ran {n} workshops on adoption and set up governance.",
    "Designed, piloted and rolled out to {n} users at {m} sites.",
    "Migrated {n} GB of files and retired the old servers.",
)

Row = list[Cell]


def generate_rows(count: int, *, bad_share: float, seed: str = "batch") -> Iterator[Row]:
    """Yield `count` claim lines, a share of them with one mistake each; customers have one or two claims."""
    dice = random.Random(f"cpor-batch benchmark {VERSION} {seed}")  # noqa: S311 - repeatable on purpose
    made = customer = 0
    while made < count:
        for claim in _claims_of(dice, customer, seed):
            for row in claim:
                if made == count:
                    return
                if dice.random() < bad_share:
                    _spoil(row, dice)
                made += 1
                yield row
        customer += 1


def _claims_of(dice: random.Random, customer: int, seed: str) -> Iterator[list[Row]]:
    partner = _PARTNERS[customer % len(_PARTNERS)]
    place = _PLACES[customer % len(_PLACES)]
    head = _customer_cells(dice, customer, partner, place, seed)
    works = dice.sample(_WORKLOADS, dice.randint(2, 5))
    yield [_line(dice, head, "Modern workplace", "Microsoft 365", product, None) for product in works]
    if customer % 2:
        products = dice.sample(_PRODUCTS, dice.randint(1, 3))
        yield [
            _line(dice, head, "Business applications", "Business Applications", product, _guid(dice))
            for product in products
        ]


def _customer_cells(
    dice: random.Random,
    customer: int,
    partner: tuple[str, ...],
    place: tuple[str, str | None, str, str, str],
    seed: str,
) -> Row:
    domain = f"customer{customer}.{seed}.example"
    contact, technician = _person(dice), _person(dice)
    signed_on = TODAY - timedelta(days=dice.randint(1, 300))
    submitted_on = TODAY - timedelta(days=dice.randint(0, 200)) if customer % 4 == 0 else None
    if submitted_on is not None and submitted_on < signed_on:
        submitted_on = signed_on
    return [
        None, *partner, f"Customer {customer} of {seed.title()}", domain, _guid(dice), place[0], place[1],
        f"{place[2]} {dice.randint(1, 200)}; {dice.randint(10000, 99999)} {place[3]}", place[4],
        None, "Usage", None, None, None,
        contact, dice.choice(_TITLES), f"{contact.lower().replace(' ', '.')}@{domain}",
        technician, "Architect", f"{technician.lower().replace(' ', '.')}@{domain}",
        None, signed_on, "No" if customer % 3 else "Yes", submitted_on, None,
    ]  # fmt: skip


def _line(
    dice: random.Random, head: Row, theme: str, area: str, product: str, subscription: str | None
) -> Row:
    row = head.copy()
    row[COLUMN["Claim name"]] = f"{head[COLUMN['Customer name']]}: {theme}"
    row[COLUMN["Solution area"]] = area
    row[COLUMN["Product or workload"]] = product
    if subscription is not None:
        row[COLUMN["Subscription ID"]] = subscription
        row[COLUMN["Subscription ends on"]] = TODAY + timedelta(days=dice.randint(100, 700))
    row[COLUMN["Engagement description"]] = dice.choice(_WORKS).format(
        n=dice.randint(20, 5000), m=dice.randint(2, 40)
    )
    if dice.random() < 0.1:
        row[COLUMN["Comments"]] = f"Ticket {dice.randint(100000, 999999)}"
    return row


def _person(dice: random.Random) -> str:
    return f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"


def _guid(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


_MISTAKES: Final[tuple[tuple[str, Callable[[random.Random], Cell]], ...]] = (
    ("Tenant ID", lambda dice: f"tenant-{dice.randint(1, 10**6)}"),
    ("MPN ID", lambda dice: f"MPN{dice.randint(1, 10**6)}"),
    ("Partner contact email", lambda dice: f"nobody{dice.randint(1, 10**6)} at fabrikam.example"),
    ("Customer contact email", lambda dice: f"someone{dice.randint(1, 10**6)}@"),
    ("Customer contact name", lambda _dice: None),
    ("Customer domain", lambda dice: f"no domain {dice.randint(1, 10**6)}"),
    ("Customer country", lambda _dice: "Atlantis"),
    ("Activity", lambda _dice: "Consulting"),
    ("Solution area", lambda _dice: "Gaming"),
    ("Product or workload", lambda dice: f"Exchagne {dice.randint(1, 50)}"),
    ("Subscription ID", lambda dice: f"{dice.randint(1, 10**6)}"),
    ("PoE signed on", lambda _dice: date(2019, 1, 7)),
    ("PoE signed on", lambda _dice: "03/04/2021"),
    ("Submitted on", lambda _dice: date(2021, 12, 24)),
    ("Engagement description", lambda _dice: "\u202ereversed"),
    ("Customer name", lambda dice: f"Customer\u200b {dice.randint(1, 10**6)}"),
)


def _spoil(row: Row, dice: random.Random) -> None:
    """Put a mistake into the row, as a hurried team would; some spoil a neighbour row as well."""
    column, make = dice.choice(_MISTAKES)
    row[COLUMN[column]] = make(dice)


def cache_folder() -> Path:
    """Return the folder where generated files are kept between runs."""
    folder = Path(os.environ.get("CPOR_BENCH_CACHE") or Path(tempfile.gettempdir()) / "cpor-batch-benchmark")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_batch(count: int, *, bad_share: float = 0.01, seed: str = "batch") -> Path:
    """Return the workbook of that many claim lines, made now if it is not kept yet."""
    path = cache_folder() / f"v{VERSION}-{seed}-{count}-{round(bad_share * 100)}.xlsx"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        write_sheet(unfinished, HEADER, generate_rows(count, bad_share=bad_share, seed=seed))
        unfinished.rename(path)
    return path
