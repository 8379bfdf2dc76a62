"""Is a returned PoE complete? Which claim it is, and what it shows of each element of the edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpor_batch.documents import EvidenceReader
from cpor_batch.domain.completeness import Answer, Inquiry, judge_completeness
from cpor_batch.domain.evidence import Evidence, Unreadable
from cpor_batch.domain.poe_verdict import PoeVerdict
from cpor_batch.domain.recognition import find_guids, find_references
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import ExitCode, most_severe
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import find_claim, open_ledger_if_there
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class PoeChecked:
    """The verdicts on all documents."""

    verdicts: tuple[PoeVerdict, ...]
    workspace: Workspace

    @property
    def exit_code(self) -> ExitCode:
        """4 with a refused file, 1 where one is incomplete or cannot be told, else 0."""
        is_refused = any(verdict.is_refused for verdict in self.verdicts)
        needs_you = any(verdict.answer is not Answer.MET for verdict in self.verdicts)
        return most_severe(
            ExitCode.INPUT_REFUSED if is_refused else ExitCode.DONE,
            ExitCode.NEEDS_YOU if needs_you else ExitCode.DONE,
        )

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        from cpor_batch.reports.poe_report import poe_json

        edition = self.workspace.rulebook.edition.name
        return poe_json(self.verdicts, edition=edition, as_of=self.workspace.today)

    @property
    def text(self) -> str:
        """The verdicts for a terminal."""
        from cpor_batch.reports.poe_report import render_poe_text

        return render_poe_text(self.verdicts)


def check_poe(
    paths: Sequence[Path], workspace: Workspace, *, progress: Progress, claim: str | None = None
) -> PoeChecked:
    """Return what each PDF shows; in a workspace, held against the ledger's claim.

    `claim` names the claim where a document does not; UsageError where the ledger does not know it.
    """
    progress.begin("Looking at documents", len(paths))
    verdicts = []
    with open_ledger_if_there(workspace) as ledger, EvidenceReader(workspace.settings.limits) as reader:
        if claim is not None:
            workspace.folder  # noqa: B018 - raises where there is none
        named = find_claim(ledger, claim) if ledger is not None and claim is not None else None
        for path in paths:
            verdicts.append(_judge(str(path), reader.read(path), workspace, ledger=ledger, named=named))
            progress.advance()
    return PoeChecked(verdicts=tuple(verdicts), workspace=workspace)


def _judge(
    file: str,
    seen: Evidence | Unreadable,
    workspace: Workspace,
    *,
    ledger: Ledger | None,
    named: ClaimState | None,
) -> PoeVerdict:
    if isinstance(seen, Unreadable):
        return PoeVerdict(file=file, seen=seen)
    references = find_references(seen)
    state, notes = (named, ()) if named is not None else _find_state(seen, ledger, file=file)
    first = references[0].reference if references else None
    if state is not None and first is not None and state.reference != first:
        notes = (*notes, f"It bears the reference {first}; it is held against {state.reference}.")
    edition = workspace.edition_of(state) if state is not None else workspace.rulebook.edition
    findings = judge_completeness(
        Inquiry(
            evidence=seen,
            edition=edition,
            products=workspace.rulebook.catalogue.products,
            today=workspace.today,
            claim=state.claim if state is not None else None,
            unknown=first if ledger is not None and state is None else None,
        )
    )
    return PoeVerdict(
        file=file,
        seen=seen,
        references=references,
        reference=state.reference if state is not None else first,
        claim=state.claim if state is not None else None,
        notes=notes,
        findings=findings,
    )


def _find_state(
    seen: Evidence, ledger: Ledger | None, *, file: str
) -> tuple[ClaimState | None, tuple[str, ...]]:
    """Return the ledger's claim that the document belongs to, by its reference, else by its tenant."""
    if ledger is None or seen.is_encrypted:
        return None, ()
    references = find_references(seen)
    for found in references:
        state = ledger.find_claim(found.reference)
        if isinstance(state, ClaimState):
            return state, ()
    guids = frozenset(find_guids(seen))
    if references or not guids:
        return None, ()
    of_tenant = [state for state in ledger.read_states() if state.claim.tenant_id in guids]
    if not of_tenant:
        return None, ("This ledger knows no claim of the tenant that it names.",)
    if len(of_tenant) == 1:
        return of_tenant[0], ("It bears no claim reference; this claim alone is of its tenant.",)
    listed = [state for state in of_tenant if _file_name(state.claim.poe_document or "") == _file_name(file)]
    if len(listed) == 1:
        return listed[0], ("It bears no claim reference; this claim of its tenant lists a file of its name.",)
    several = ", ".join(state.reference for state in of_tenant[:5])
    return None, (f"Several claims are of its tenant: {several}. Name the one that is meant with --claim.",)


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].casefold()
