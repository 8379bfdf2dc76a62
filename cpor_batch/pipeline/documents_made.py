"""What became of the documents that were due: figures, lines and what to say of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cpor_batch.documents import DocumentResult
from cpor_batch.domain.document import DocumentKind, DocumentOrder, DocumentRecord
from cpor_batch.errors import ExitCode, most_severe
from cpor_batch.pipeline.bundle import Bundled
from cpor_batch.reports.documents import DocumentLine

SCHEMA: Final = "cpor-batch.documents/1"

_NAMED: Final = 3

Due = tuple[DocumentOrder, DocumentRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsMade:
    """What became of the documents that were due."""

    results: tuple[DocumentResult, ...] = ()
    owed: tuple[Due, ...] = ()
    """What was due when the run began."""
    print_file: Path | None = None
    """The one file for printing that was asked for."""
    printed: int = 0
    """How many documents it holds; without any it is not written."""
    is_dry_run: bool = False
    bundles: tuple[Bundled, ...] = ()
    """The claims' own PoE documents behind covers, where they were asked for."""

    @property
    def due(self) -> int:
        """How many documents were due."""
        return len(self.owed)

    @property
    def made(self) -> tuple[DocumentResult, ...]:
        """Those that were made."""
        return tuple(result for result in self.results if result.error is None)

    @property
    def failed(self) -> tuple[DocumentResult, ...]:
        """Those that could not be made."""
        return tuple(result for result in self.results if result.error is not None)

    @property
    def exit_code(self) -> ExitCode:
        """The most severe reason among the failed ones."""
        return most_severe(
            *(result.exit_code for result in self.failed), *(one.exit_code for one in self.bundles)
        )

    @property
    def failures(self) -> tuple[str, ...]:
        """What could not be made, and why."""
        documents = tuple(f"{result.path}: {result.error}" for result in self.failed)
        return (*documents, *(f"{one.path}: {one.error}" for one in self.bundles if one.error is not None))

    @property
    def closing_line(self) -> str:
        """How many documents were made, and of which kind."""
        return f"{self._documents_line}{self._bundles_line}{self._print_line}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should look at although nothing failed."""
        notes = [
            f"{one.path}: no installed font has {_shown(one.missing_characters)}; ? stands in its place. "
            f"Install one that has, such as those of fonts-noto, then run: cpor-batch documents --all"
            for one in self.made
            if one.missing_characters
        ]
        if self.print_file is not None and not self.printed:
            notes.append(f"{self.print_file} was not written: there is no document to print.")
        return tuple(notes)

    @property
    def _print_line(self) -> str:
        if not self.printed:
            return ""
        return f" Print file: {self.print_file}, {_count(self.printed, 'document')}."

    @property
    def _bundles_line(self) -> str:
        if not self.bundles:
            return ""
        states = Counter(one.state for one in self.bundles)
        told = [f"{states[state]:,} {state}" for state in ("made", "unchanged", "failed") if states[state]]
        return f" Bundles: {', '.join(told)}."

    @property
    def _documents_line(self) -> str:
        if not self.owed:
            return "Documents: nothing is due."
        orders = [order for order, _ in self.owed] if self.is_dry_run else [one.order for one in self.made]
        kinds = Counter(order.kind for order in orders)
        letters, forms = (
            _count(kinds[DocumentKind.LETTER], "letter"),
            _count(kinds[DocumentKind.POE], "PoE form"),
        )
        failed = f", {len(self.failed):,} failed" if self.failed else ""
        return f"Documents: {letters} and {forms} {'would be made' if self.is_dry_run else 'made'}{failed}."

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        kinds = Counter(order.kind for order, _ in self.owed)
        return {
            "schema": SCHEMA,
            "dry_run": self.is_dry_run,
            "counts": {
                "due": self.due,
                "letters": kinds[DocumentKind.LETTER],
                "poe": kinds[DocumentKind.POE],
                "made": len(self.made),
                "failed": len(self.failed),
                "bundles": sum(one.error is None for one in self.bundles),
            },
            "documents": [
                {
                    "kind": str(line.kind),
                    "claim": line.reference,
                    "claim_name": line.claim_name,
                    "customer_name": line.customer_name,
                    "language": line.language,
                    "path": line.path,
                    "state": line.state,
                    "error": line.error,
                    "missing_characters": line.missing_characters,
                }
                for line in self.lines
            ],
            "bundles": [{"path": one.path, "state": one.state, "error": one.error} for one in self.bundles],
            "merged": str(self.print_file) if self.printed else None,
        }

    @property
    def lines(self) -> Iterator[DocumentLine]:
        """What became of each document, in the order in which they were due."""
        done = {(one.order.kind, one.order.reference): one for one in self.results}
        for order, record in self.owed:
            result = done.get((order.kind, order.reference))
            state = "due" if result is None else "made" if result.error is None else "failed"
            yield DocumentLine(
                kind=order.kind,
                reference=order.reference,
                claim_name=order.claim.claim_name,
                customer_name=order.claim.customer_name,
                language=order.language,
                path=record.path,
                state=state,
                error=result.error if result is not None else None,
                missing_characters=result.missing_characters if result is not None else "",
            )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _shown(characters: str) -> str:
    """Return the characters with their codes, the first few of them: "ش (U+0634)"."""
    told = ", ".join(f"{one} (U+{ord(one):04X})" for one in characters[:_NAMED])
    return told if len(characters) <= _NAMED else f"{told} and {len(characters) - _NAMED} more"
