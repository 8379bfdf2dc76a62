"""Read what Partner Center says that claims earn: earnings, ineligible usage, usage reports and payments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from cpor_batch.domain.finding import PaymentTotal, SourceFile, UnreadRow
from cpor_batch.domain.ids import parse_mpn_id, parse_subscription_id, parse_tenant_id
from cpor_batch.errors import InputRefusedError
from cpor_batch.pipeline.read_export import read_products
from cpor_batch.pipeline.read_side_sheet import SideRow
from cpor_batch.pipeline.recognise import EARNING_SHEETS, KINDS, recognise
from cpor_batch.pipeline.refuse_others import refuse_absent
from cpor_batch.pipeline.side_stream import open_side_stream
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import ExportLine
from cpor_batch.reconciliation.earnings import NO_CURRENCY, EarningLine, EarningSheet
from cpor_batch.rulebook import Catalogue
from cpor_batch.rulebook.earning_words import EarningWords, load_earning_words
from cpor_batch.rulebook.side_sheets import EARNINGS, INELIGIBLE, PAYMENTS, USAGE, load_side_sheet

_SHEETS: Final = {
    EARNINGS: EarningSheet.EARNINGS,
    INELIGIBLE: EarningSheet.INELIGIBLE,
    USAGE: EarningSheet.USAGE,
}
_MOST_REFUSED: Final = 1_000


@dataclass(slots=True)
class EarningsReader:
    """Reads several files after each other and keeps what is not about single claims."""

    workspace: Workspace
    words: EarningWords = field(init=False)
    programmes: frozenset[str] = field(init=False)
    """Names of the programmes of all editions, without case."""
    files: list[SourceFile] = field(default_factory=list)
    inputs: list[dict[str, object]] = field(default_factory=list)
    refused: list[UnreadRow] = field(default_factory=list)
    refused_rows: int = 0
    skipped: int = 0
    """Rows of other programmes, and rows that stand in two files."""
    others: int = 0
    """Those of other programmes."""
    payments: dict[tuple[str, str], list[Decimal]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _hashes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.words = load_earning_words(self.workspace.assets)
        editions = self.workspace.rulebook.editions.values()
        named = (name for edition in editions for one in edition.activities for name in one.programmes)
        self.programmes = frozenset(name.casefold() for name in named)

    def read(self, path: Path) -> Iterator[EarningLine]:
        """Yield the rows of claims; InputRefusedError where the file is none of the four kinds."""
        refuse_absent(path)
        name = recognise(path, self.workspace, among=EARNING_SHEETS)
        if name is None:
            raise InputRefusedError(
                "by its header it is no earnings, payments, ineligible usage or usage file.",
                hint="Export it from Partner Center again, and leave its header as it is.",
                where=path.name,
            )
        catalogue = self.workspace.rulebook.catalogue
        with open_side_stream(
            path, self.workspace, schema=load_side_sheet(self.workspace.assets, name)
        ) as stream:
            is_new = stream.sha256 not in self._hashes
            self._hashes.add(stream.sha256)
            for row in stream.rows:
                if row.faults:
                    self._refuse(row)
                elif not is_new or self._is_again(row):
                    self.skipped += 1
                elif name == PAYMENTS:
                    self._add_payment(row)
                elif self._is_of_claim(row, name):
                    yield earning_line(row, _SHEETS[name], catalogue)
                else:
                    self.skipped += 1
                    self.others += 1
            self.inputs.append(stream.as_input)
            self.files.append(
                SourceFile(name=stream.name, kind=KINDS[name], rows=stream.count, sha256=stream.sha256)
            )

    @property
    def payment_totals(self) -> tuple[PaymentTotal, ...]:
        """What was paid, by currency and status."""
        return tuple(
            PaymentTotal(
                currency=currency,
                status=status,
                amount=None if currency == NO_CURRENCY else sum(found, Decimal(0)),
                payments=len(found),
            )
            for (currency, status), found in sorted(self.payments.items())
        )

    def _refuse(self, row: SideRow) -> None:
        self.refused_rows += 1
        if len(self.refused) < _MOST_REFUSED:
            self.refused.append(
                UnreadRow(file=row.source.file, row=row.source.row, message=" ".join(row.faults))
            )

    def _is_again(self, row: SideRow) -> bool:
        """Whether the same earning was read before: exports by month may overlap."""
        earning_id = row.text("earning_id")
        if earning_id is None:
            return False
        # The hash alone: 64 bits of so few IDs do not meet, and the IDs themselves take far more room.
        mark = hash(earning_id)
        if mark in self._seen:
            return True
        self._seen.add(mark)
        return False

    def _add_payment(self, row: SideRow) -> None:
        amount = row.text("amount")
        if amount is not None:
            key = (row.text("currency") or NO_CURRENCY, row.text("payment_status") or "")
            self.payments.setdefault(key, []).append(Decimal(amount))

    def _is_of_claim(self, row: SideRow, name: str) -> bool:
        """Whether the row comes from a claim; the files hold all incentives."""
        association = row.text("association")
        if name == USAGE:
            return association is None or self.words.is_by_claim(association)
        if row.text("claim_id") is not None:
            return True
        if association is not None and self.words.is_by_claim(association):
            return True
        programmes = (row.text("engagement"), row.text("programme"))
        return any(text is not None and text.casefold() in self.programmes for text in programmes)


def earning_line(row: SideRow, sheet: EarningSheet, catalogue: Catalogue) -> EarningLine:
    """Return the line that a readable row holds."""
    sold = row.text("workload") or row.text("product") or ""
    (amount, currency), used = _money(row), row.text("used")
    return EarningLine(
        line=ExportLine(
            source=row.source,
            claim_id=row.text("claim_id"),
            mpn_id=parse_mpn_id(row.text("mpn_id") or ""),
            partner_name=row.text("partner_name"),
            tenant_id=parse_tenant_id(row.text("tenant_id") or ""),
            customer_name=row.text("customer_name"),
            solution_area=row.text("solution_area"),
            engagement=row.text("engagement"),
            products=tuple(read_products(sold, catalogue)),
            subscription_id=parse_subscription_id(row.text("subscription_id") or ""),
            subscription_ends_on=row.day("subscription_ends_on"),
        ),
        sheet=sheet,
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        programme=row.text("engagement") or row.text("programme") or "",
        day=row.day("day") or row.day("transaction_day"),
        reason=row.text("reason"),
        used=None if used is None else Decimal(used),
    )


def _money(row: SideRow) -> tuple[str | None, str]:
    """Return amount and currency: as earned where the file states in what, else in dollars where it has them.

    The currency of the transaction is not that of the earning.
    """
    amount, currency, dollars = row.text("amount"), row.text("currency"), row.text("amount_usd")
    if amount is not None and currency is not None:
        return amount, currency.upper()
    return (amount, NO_CURRENCY) if dollars is None else (dollars, "USD")
