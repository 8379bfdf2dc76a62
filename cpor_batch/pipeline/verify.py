"""Prove that the ledger and the documents that it registered are as they were written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cpor_batch.errors import ExitCode
from cpor_batch.ledger import VerifyReport, verify_ledger
from cpor_batch.pipeline.workspace import Workspace

SCHEMA = "cpor-batch.verify/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the verification found."""

    report: VerifyReport

    @property
    def exit_code(self) -> ExitCode:
        """7 where anything is not as it was written."""
        return ExitCode.LEDGER_DAMAGED if self.report.problems else ExitCode.DONE

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        report = self.report
        return {
            "schema": SCHEMA,
            "sound": not report.problems,
            "events": report.events,
            "claims": report.claims,
            "documents": report.documents,
            "head": {"event": report.head[0], "hash": report.head[1]},
            "problems": [
                {
                    "text": problem.text,
                    "event": problem.event,
                    "claim": problem.claim,
                    "document": problem.document,
                }
                for problem in report.problems
            ],
            "missing_documents": list(report.missing_documents),
        }

    @property
    def lines(self) -> Iterator[str]:
        """What was found, in words, problems first."""
        report = self.report
        for problem in report.problems:
            yield f"Damaged: {problem.text}"
        for path in report.missing_documents:
            yield f"Gone: {path}; cpor-batch documents makes it again."
        figures = f"{report.events:,} events, {report.claims:,} claims, {report.documents:,} documents"
        if report.problems:
            yield f"{figures}. Restore a backup, or find out who changed it; nothing was mended."
        else:
            yield f"{figures}: all as they were written. Head: event {report.head[0]}, {report.head[1]}"


def verify(workspace: Workspace) -> Verified:
    """Return what is wrong with the workspace's ledger and its registered documents."""
    workspace.folder  # noqa: B018 - raises where there is none
    return Verified(report=verify_ledger(workspace.settings.ledger_url, out=workspace.out))
