"""An office with a workspace: it ingests small batches, types commands and gets exports."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cpor_batch.cli import main
from tests.builders import PARTNER, TENANT

Json = Mapping[str, Any]  # Any: what JSON says

GOOD_ROW = {
    "claim_name": "Contoso Exchange",
    "mpn_id": PARTNER,
    "partner_name": "Fabrikam",
    "partner_country": "SE",
    "partner_contact_name": "Pat Partner",
    "partner_contact_email": "pat@fabrikam.example",
    "customer_name": "Contoso AB",
    "customer_domain": "contoso.example",
    "tenant_id": TENANT,
    "customer_country": "SE",
    "solution_area": "Microsoft 365",
    "activity": "Usage",
    "product": "Exchange Online",
    "customer_contact_name": "Casey Customer",
    "customer_contact_title": "CIO",
    "customer_contact_email": "casey@contoso.example",
    "engagement_description": "Moved 400 mailboxes and trained the help desk.",
    "submitted_on": "",
}
GOOD_LINE = {
    "Claim ID": "CA-1",
    "Claim name": "Contoso Exchange",
    "Status": "Approved",
    "MPN ID": PARTNER,
    "Partner name": "Fabrikam",
    "Customer name": "Contoso AB",
    "Customer tenant ID": TENANT,
    "Solution area": "Microsoft 365",
    "Activity": "Usage",
    "Product or workload": "Exchange Online",
    "Subscription ID": "",
    "Subscription end date": "",
    "Submitted date": "2021-03-30",
    "Customer notified on": "",
    "Last updated": "2021-04-09",
    "Reason": "",
}


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # Any: what JSON says
        return json.loads(self.out)


@dataclass(frozen=True)
class Office:
    """A workspace in its own folder."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, *, settings: str = "") -> "Office":
        office = cls(folder)
        (folder / "cpor-batch.toml").write_text(
            f'country = "SE"\nactor = "desk"\n{settings}', encoding="utf-8"
        )
        office.type("init", str(folder), place=False)
        return office

    def type(self, *words: str, day: str | None = None, place: bool = True) -> Said:
        """Type a command, on a day if given."""
        where = ["--workspace", str(self.folder)] if place else []
        when = ["--as-of", day] if day else []
        result = CliRunner().invoke(main, [*words, *where, *when])
        assert result.exit_code != 70, result.stderr
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    def ingest(self, rows: Iterable[Mapping[str, str]], *, day: str, edition: str | None = None) -> Said:
        """Ingest a batch whose rows differ from a good one as named."""
        path = self.write("batch.csv", [{**GOOD_ROW, **row} for row in rows])
        more = ["--edition", edition] if edition else []
        said = self.type("ingest", str(path), "--format", "json", *more, day=day)
        assert said.code == 0, said.out
        return said

    def take(self, lines: Iterable[Mapping[str, str]], *words: str, day: str) -> Said:
        """Import an export whose lines differ from a good one as named."""
        path = self.write("export.csv", [{**GOOD_LINE, **line} for line in lines])
        return self.type("import", str(path), "--format", "json", *words, day=day)

    def write(self, name: str, rows: list[dict[str, str]]) -> Path:
        """Write a CSV file into the workspace and return its path."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    def claims(self, day: str) -> dict[str, Json]:
        """Return the claims of `status` on a day, by name."""
        said = self.type("status", "--format", "json", day=day)
        return {claim["claim_name"]: claim for claim in said.json["claims"]}

    def events(self, day: str, claim: str | None = None) -> list[Json]:
        """Return the events of `history` on a day."""
        words = ["history", *([claim] if claim else []), "--format", "json"]
        events: list[Json] = self.type(*words, day=day).json["events"]
        return events
