"""A workspace whose letters are made, without setting a page: what is sent is bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cpor_batch.documents import template_fingerprint
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.ledger import create_ledger, open_ledger
from cpor_batch.pipeline.due import find_due
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import FILE_NAME, load_settings
from tests.builders import claim
from tests.ledger.events import append, recorded, reference_of, run


def customers(*names: str) -> tuple[Claim, ...]:
    """Return a claim per name: of "casey", for casey@contoso.example."""
    return tuple(
        claim(
            claim_name=f"Claim of {name}",
            customer_contact_name=name.title(),
            customer_contact_email=f"{name}@contoso.example",
        )
        for name in names
    )


def make_workspace(
    folder: Path, claims: Sequence[Claim], *, smtp: str = "", ledger_url: str = ""
) -> Workspace:
    """Return a workspace with these claims recorded and their letters and forms made."""
    url = f'ledger_url = "{ledger_url}"\n' if ledger_url else ""
    (folder / FILE_NAME).write_text(f'as_of = 2021-04-01\nactor = "kim"\n{url}{smtp}')
    workspace = Workspace(load_settings(folder))
    create_ledger(workspace.settings.ledger_url)
    with open_ledger(workspace.settings.ledger_url) as ledger:
        append(ledger, *(recorded(one) for one in claims))
    make_documents(workspace)
    return workspace


def make_documents(workspace: Workspace, *, kinds: Sequence[DocumentKind] = tuple(DocumentKind)) -> None:
    """Write and register what is due."""
    with open_ledger(workspace.settings.ledger_url) as ledger:
        templates = template_fingerprint(workspace.assets)
        due = find_due(ledger.read_states(), {}, workspace, template_fingerprint=templates, kinds=kinds)
        made = []
        for _, record in due:
            content = f"%PDF-1.7 {record.kind} of {record.reference}".encode()
            path = workspace.out / record.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            made.append(replace(record, sha256=hashlib.sha256(content).hexdigest()))
        with ledger.write(run(command="documents")) as writing:
            writing.register(*made)


def references(claims: Sequence[Claim]) -> list[ClaimReference]:
    return [reference_of(one) for one in claims]
