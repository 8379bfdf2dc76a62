"""A sample workbook: its claims, how its team lays it out, and where each row comes to stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.samples.claims import PlantedConflict, Row, SampleClaim, rows_of

HEADERS: Final = {
    "partner_center_claim_id": "Partner Center claim ID",
    "claim_name": "Claim name",
    "mpn_id": "MPN ID",
    "partner_name": "Partner name",
    "partner_organisation": "Partner organisation",
    "partner_country": "Partner country",
    "partner_contact_name": "Partner contact name",
    "partner_contact_email": "Partner contact email",
    "customer_name": "Customer name",
    "customer_domain": "Customer domain",
    "tenant_id": "Tenant ID",
    "customer_country": "Customer country",
    "customer_region": "Customer region",
    "customer_address": "Customer address",
    "customer_language": "Customer language",
    "solution_area": "Solution area",
    "activity": "Activity",
    "product": "Product or workload",
    "subscription_id": "Subscription ID",
    "subscription_ends_on": "Subscription ends on",
    "purchase_channel": "Purchased through",
    "customer_contact_name": "Customer contact name",
    "customer_contact_title": "Customer contact title",
    "customer_contact_email": "Customer contact email",
    "technical_contact_name": "Technical contact name",
    "technical_contact_title": "Technical contact title",
    "technical_contact_email": "Technical contact email",
    "solution_seller_name": "Solution seller name",
    "isv_solution_name": "ISV solution name",
    "engagement_description": "Engagement description",
    "poe_document": "PoE document",
    "poe_signed_on": "PoE signed on",
    "public_sector": "Public sector",
    "submitted_on": "Submitted on",
    "comments": "Comments",
}
DATE_KEYS: Final = frozenset({"subscription_ends_on", "poe_signed_on", "submitted_on"})
_WIDTHS: Final = {
    "claim_name": 38,
    "mpn_id": 10,
    "tenant_id": 38,
    "subscription_id": 38,
    "customer_name": 30,
    "customer_domain": 32,
    "customer_address": 30,
    "engagement_description": 80,
    "comments": 34,
    "product": 34,
    "activity": 21,
    "solution_area": 21,
    "partner_name": 29,
    "isv_solution_name": 28,
    "poe_document": 34,
    "customer_region": 10,
    "partner_country": 10,
    "customer_country": 10,
    "customer_language": 10,
    "public_sector": 9,
}
_EMAIL_WIDTH: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a team lays its workbook out."""

    columns: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header texts that differ from `HEADERS`, by key."""
    titles: tuple[str, ...] = ()
    header_row: int = 1
    sheet: str = "Claims"
    font: str = "Calibri"
    header_fill: str = "#1F4E78"
    header_ink: str = "#FFFFFF"
    title_ink: str = "#1F3864"
    band: str | None = "#EAF1F8"
    """Fill of every second claim."""
    date_format: str = "yyyy-mm-dd"
    mpn_as_text: bool = False
    is_table: bool = False
    has_filter: bool = True
    hidden_columns: frozenset[str] = frozenset()
    required_star: bool = False
    gap_every: int = 0
    """A blank row after so many claims; 0 for none."""
    drop_downs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes_sheet: tuple[str, tuple[str, ...]] | None = None
    """Name and lines of a second sheet."""
    address_in_lines: bool = True
    """Whether the lines of an address are parted by line breaks; else by semicolons."""
    partner_list: bool = False
    """Whether a Lists sheet holds the partners."""

    def header(self, key: str) -> str:
        if key.startswith("x:"):
            return key[2:]
        return self.headers.get(key, HEADERS[key])

    def width(self, key: str) -> int:
        if key.endswith("_email"):
            return _EMAIL_WIDTH
        if key == "customer_address" and not self.address_in_lines:
            return 60
        return _WIDTHS.get(key, 12 if key in DATE_KEYS else 20)


@dataclass(slots=True, kw_only=True, eq=False)
class SampleWorkbook:
    """One workbook of sample_data/."""

    file: str
    look: Look
    claims: Sequence[SampleClaim]
    conflicts: Sequence[PlantedConflict] = ()

    def numbered_rows(self) -> list[tuple[int, int, Row]]:
        """Return (the file's row number, index of the claim, row) in the order of the sheet."""
        numbered = []
        number = self.look.header_row
        for index, claim in enumerate(self.claims):
            if self.look.gap_every and index and index % self.look.gap_every == 0:
                number += 1
            for row in claim.rows:
                number += 1
                numbered.append((number, index, row))
        return numbered

    def row_numbers(self) -> dict[int, int]:
        """Return the file's row number of each row, by the identity of the row."""
        return {id(row): number for number, _, row in self.numbered_rows()}

    def letter(self, key: str) -> str:
        index = self.look.columns.index(key) + 1
        letters = ""
        while index:
            index, rest = divmod(index - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters

    def check_columns(self) -> None:
        """Make sure that every filled cell has its column."""
        used = {key for row in rows_of(self.claims) for key, cell in row.cells.items() if cell is not None}
        missing = used - set(self.look.columns)
        if missing:
            raise ValueError(f"{self.file} has no column for {sorted(missing)}")
