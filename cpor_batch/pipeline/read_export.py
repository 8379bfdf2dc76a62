"""Read a Partner Center export into lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpor_batch.domain.claim import Source
from cpor_batch.domain.ids import parse_claim_reference, parse_mpn_id, parse_subscription_id, parse_tenant_id
from cpor_batch.errors import InputRefusedError
from cpor_batch.pipeline.read_side_sheet import SideFile, SideRow, read_side_sheet
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import ExportLine, ExportProduct, StatusWords
from cpor_batch.rulebook import Catalogue
from cpor_batch.rulebook.side_sheets import EXPORT, load_side_sheet

_CPOR: Final = "cpor"
_WAYS: Final = (
    frozenset({"claim_reference"}),
    frozenset({"claim_id"}),
    frozenset({"mpn_id", "tenant_id", "product"}),
)
_FACTS: Final = frozenset({"status", "associated_on", "approved_on", "submitted_on", "notified_on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A row that cannot be read."""

    source: Source
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRead:
    """What an export says."""

    file: SideFile
    lines: tuple[ExportLine, ...]
    refused: tuple[RefusedLine, ...]
    skipped: int
    """Rows of another attribution than CPOR."""
    words: StatusWords

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return len(self.file.rows)


def read_export(path: Path, workspace: Workspace) -> ExportRead:
    """Return the lines of an export; InputRefusedError where it is none or cannot be read."""
    schema = load_side_sheet(workspace.assets, EXPORT)
    file = read_side_sheet(path, workspace, schema=schema)
    refuse_other_files(file.name, file.columns)
    ours = [row for row in file.rows if is_ours(row)]
    catalogue = workspace.rulebook.catalogue
    return ExportRead(
        file=file,
        lines=tuple(line_of(row, catalogue) for row in ours if not row.faults),
        refused=tuple(
            RefusedLine(source=row.source, message=" ".join(row.faults)) for row in ours if row.faults
        ),
        skipped=len(file.rows) - len(ours),
        words=StatusWords(spellings=schema.statuses),
    )


def is_ours(row: SideRow) -> bool:
    """Whether the row is of a claim: a usage report also lists other attributions."""
    return (row.text("attribution") or _CPOR).casefold() == _CPOR


def refuse_other_files(name: str, columns: frozenset[str]) -> None:
    """Raise InputRefusedError where the columns are not those of an export of claims."""
    if not any(way <= columns for way in _WAYS):
        raise InputRefusedError(
            "no claim can be told by its columns: they lack a claim ID, and MPN ID, tenant and product.",
            hint='Name a column of your own with --map "Your header=claim_id".',
            where=name,
        )
    if not _FACTS & columns:
        raise InputRefusedError(
            "it says nothing of its claims: there is neither a status nor a date.",
            hint='Name a column of your own with --map "Your header=status".',
            where=name,
        )


def line_of(row: SideRow, catalogue: Catalogue) -> ExportLine:
    """Return the line that a readable row holds."""
    return ExportLine(
        source=row.source,
        reference=parse_claim_reference(row.text("claim_reference") or ""),
        claim_id=row.text("claim_id"),
        claim_name=row.text("claim_name"),
        status=row.text("status"),
        mpn_id=parse_mpn_id(row.text("mpn_id") or ""),
        partner_name=row.text("partner_name"),
        tenant_id=parse_tenant_id(row.text("tenant_id") or ""),
        customer_name=row.text("customer_name"),
        customer_domain=row.text("customer_domain"),
        solution_area=row.text("solution_area"),
        activity=row.text("activity"),
        engagement=row.text("engagement"),
        products=tuple(read_products(row.text("product") or "", catalogue)),
        subscription_id=parse_subscription_id(row.text("subscription_id") or ""),
        subscription_ends_on=row.day("subscription_ends_on"),
        submitted_on=row.day("submitted_on"),
        notified_on=row.day("notified_on"),
        approved_on=row.day("approved_on"),
        associated_on=row.day("associated_on"),
        changed_on=row.day("changed_on"),
        reason=row.text("reason"),
    )


def read_products(text: str, catalogue: Catalogue) -> Iterator[ExportProduct]:
    """Yield the products of a cell, which may hold several, one a line or parted by semicolons or commas."""
    for part in _parts(text, ";\n"):
        names = [part] if catalogue.find(part) else list(_parts(part, ","))
        for name in names:
            product = catalogue.find(name)
            if product is None:
                yield ExportProduct(name=name, level=None)
            else:
                yield ExportProduct(name=product.name, level=product.level)


def _parts(text: str, separators: str) -> Iterator[str]:
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    yield from (part.strip() for part in text.split(separators[0]) if part.strip())
