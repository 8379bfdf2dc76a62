"""Put each claim's own PoE document behind a cover page, into out/bundles/.

The ledger keeps the name of the workbook that brought a claim and not its folder. So `poe_document` is
looked for where run.json of an earlier run says that a workbook of that name lay, the latest run first, then
in inbox/ and in the workspace's folder. What lies outside both the workbook's folder and the workspace is
not taken.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cpor_batch.documents import BundleOrder, fingerprint_of_bundle, write_bundle
from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.owing import build_order
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import CporError, ExitCode
from cpor_batch.files import sha256_of
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.due import Registered
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.workspace import Workspace

Folders = Mapping[str, tuple[Path, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """What became of one bundle."""

    path: str
    """Relative to the out folder, with "/"."""
    made: DocumentRecord | None = None
    """For the ledger; None where it failed or nothing has changed."""
    error: str | None = None
    exit_code: ExitCode = ExitCode.DONE

    @property
    def state(self) -> str:
        """What became of it: made, unchanged or failed."""
        if self.error is not None:
            return "failed"
        return "unchanged" if self.made is None else "made"


def find_bundled(ledger: Ledger, workspace: Workspace) -> tuple[ClaimState, ...]:
    """Return the living claims that bring a PoE document."""
    return tuple(
        state
        for state in ledger.read_states()
        if state.claim.poe_document is not None and _is_alive(state, workspace)
    )


def bundle(
    states: tuple[ClaimState, ...],
    workspace: Workspace,
    registered: Registered,
    *,
    progress: Progress,
    is_all: bool = False,
) -> Iterator[Bundled]:
    """Make a bundle for each claim, unless it is there and nothing has changed; yield what became of each.

    One that fails leaves the others alone. With `is_all` every one is made.
    """
    progress.begin("Making bundles", len(states))
    folders = read_folders(workspace.out / "runs")
    for state in states:
        before = None if is_all else registered.get((DocumentKind.BUNDLE, state.reference))
        yield _bundle(state, workspace, folders, before)
        progress.advance()


def _bundle(
    state: ClaimState, workspace: Workspace, folders: Folders, before: DocumentRecord | None
) -> Bundled:
    order = build_order(
        DocumentKind.POE,
        state,
        edition=workspace.edition_of(state),
        windows=(),
        house=workspace.house,
        language=workspace.language_of(state.claim),
        # The day on which the claim was first known never changes, and so the bundle's bytes do not.
        today=state.recorded_on,
    )
    wanted = state.claim.poe_document or ""
    attachment = find_attachment(wanted, _workbook_of(state), folders, workspace.folder)
    wish = BundleOrder(
        order=order, attachment=attachment or Path(wanted), signed_on=state.claim.poe_signed_on
    )
    if attachment is None:
        error = f'{state.reference}: the PoE document "{wanted}" was not found beside its workbook.'
        hint = "Put it back, or correct poe_document and ingest the workbook again."
        return Bundled(path=wish.path, error=f"{error} {hint}", exit_code=ExitCode.SOME_FAILED)
    try:
        return _write(wish, workspace, before)
    except CporError as exc:
        return Bundled(path=wish.path, error=str(exc), exit_code=exc.exit_code)


def _write(wish: BundleOrder, workspace: Workspace, before: DocumentRecord | None) -> Bundled:
    fingerprint = fingerprint_of_bundle(wish, workspace.assets)
    if before is not None and before.fingerprint == fingerprint and (workspace.out / before.path).is_file():
        return Bundled(path=before.path)
    limits = workspace.settings.limits
    path = write_bundle(wish, out=workspace.out, assets=workspace.assets, limits=limits)
    made = DocumentRecord(
        kind=DocumentKind.BUNDLE,
        reference=wish.order.reference,
        path=wish.path,
        fingerprint=fingerprint,
        dated_on=wish.order.dated_on,
        sha256=sha256_of(path),
    )
    return Bundled(path=wish.path, made=made)


def _is_alive(state: ClaimState, workspace: Workspace) -> bool:
    rule = workspace.edition_of(state).statuses.get(effective_status(state, today=workspace.today))
    return rule is None or rule.holds_key


def _workbook_of(state: ClaimState) -> str:
    return next((line.source.file for line in state.claim.lines if line.source is not None), "")


def find_attachment(wanted: str, workbook: str, folders: Folders, workspace: Path) -> Path | None:
    """Return the file that `wanted` names as seen from the workbook's folder, or None."""
    relative = Path(wanted.replace("\\", "/"))
    named = Path(workbook)
    places = (
        *folders.get(named.name, ()),
        *((workspace / named).parent for _ in range(len(named.parts) > 1)),
        workspace / "inbox",
        workspace,
    )
    for folder in places:
        try:
            found = (folder / relative).resolve()
            inside = any(found.is_relative_to(home.resolve()) for home in (folder, workspace))
            if inside and found.is_file():
                return found
        except (OSError, ValueError):
            continue
    return None


def read_folders(runs: Path) -> Folders:
    """Return where the workbooks of earlier runs lay, by name, the latest run first."""
    folders: dict[str, list[Path]] = {}
    for path in sorted(runs.glob("*/run.json"), reverse=True):
        for name, folder in _inputs_of(path):
            known = folders.setdefault(name, [])
            if folder not in known:
                known.append(folder)
    return {name: tuple(known) for name, known in folders.items()}


def _inputs_of(path: Path) -> Iterator[tuple[str, Path]]:
    try:
        inputs = json.loads(path.read_text(encoding="utf-8")).get("inputs", [])
    except (OSError, ValueError):
        return
    for one in inputs:
        if one.get("folder"):
            yield Path(str(one["path"])).name, Path(str(one["folder"]))
