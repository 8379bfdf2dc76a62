"""Workspaces to measure in: with an empty ledger, or with one that holds many claim lines already."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, cast

from cpor_batch.domain.claim import Claim, ClaimLine, Level, Source
from cpor_batch.domain.edition import DEFAULT_EDITION, Edition
from cpor_batch.domain.ids import MpnId, SubscriptionId, TenantId
from cpor_batch.domain.recording import Occasion, build_events
from cpor_batch.domain.verdict import JudgedClaim, RowPlace
from cpor_batch.ledger import Run, open_ledger
from tests.benchmarks.batches import COLUMN, TODAY, VERSION, Row, cache_folder, generate_rows
from tests.benchmarks.measure import DONE, start

CPOR_BATCH: Final = (sys.executable, "-m", "cpor_batch")

_LINES_PER_RUN: Final = 100_000
_AREAS: Final = {
    "Microsoft 365": (Level.WORKLOAD, ("OSU-Microsoft 365",)),
    "Business Applications": (Level.SUBSCRIPTION, ("OSU-Business Applications",)),
}


def find_workspace(lines: int) -> Path:
    """Return a workspace whose ledger holds so many claim lines; made now if it is not kept yet."""
    folder = cache_folder() / f"v{VERSION}-workspace-{lines}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        _run(*CPOR_BATCH, "init", str(unfinished))
        _fill(unfinished, lines)
        unfinished.rename(folder)
    # One that was kept from an earlier day may have an earlier ledger.
    _run(*CPOR_BATCH, "ledger", "migrate", "--workspace", str(folder))
    return folder


def copy_workspace(source: Path, target: Path) -> None:
    """Put a fresh copy of the workspace at `target`; on a file system that can share blocks, at once."""
    shutil.rmtree(target, ignore_errors=True)
    _run("cp", "--recursive", "--reflink=auto", str(source), str(target))


def ledger_of(workspace: Path) -> Path:
    """Return the ledger's file."""
    return workspace / "ledger.sqlite"


def _run(*command: str) -> None:
    process = start(command)
    _, errors = process.communicate()
    if process.returncode not in DONE:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=errors)


def _fill(workspace: Path, lines: int) -> None:
    """Append claims to the ledger by its own means, a run for each part as from a batch."""
    edition = _edition()
    with open_ledger(f"sqlite:///{ledger_of(workspace)}") as ledger:
        for number, begin in enumerate(range(0, lines, _LINES_PER_RUN)):
            seed, size = f"old{number}", min(_LINES_PER_RUN, lines - begin)
            run = Run(id=f"bench-{number:03}", command="ingest", actor="benchmark", known_on=TODAY)
            occasion = Occasion(run=run.id, actor=run.actor, today=TODAY)
            with ledger.write(run) as writing:
                writing.append(
                    build_events(
                        judged_claims(generate_rows(size, bad_share=0, seed=seed), f"{seed}.xlsx"),
                        (),
                        occasion=occasion,
                        edition=edition,
                        new_reference=writing.new_reference,
                    )
                )
            print(f"  ledger: {begin + size:,} of {lines:,} claim lines", file=sys.stderr)


def _edition() -> Edition:
    from cpor_batch.assets import Assets
    from cpor_batch.rulebook import load_rulebook

    return load_rulebook(Assets(), edition=DEFAULT_EDITION).edition


def judged_claims(rows: Iterator[Row], file: str) -> Iterator[JudgedClaim]:
    """Yield the claims of generated rows without a mistake, accepted."""
    numbered = enumerate(rows, start=2)
    for name, lines in groupby(numbered, key=lambda pair: pair[1][COLUMN["Claim name"]]):
        yield _judged_claim(str(name), list(lines), file)


def _judged_claim(name: str, numbered: list[tuple[int, Row]], file: str) -> JudgedClaim:
    claim = _claim(name, [(_line(row, file, number)) for number, row in numbered], numbered[0][1])
    places = tuple(RowPlace(file, "Claims", number) for number, _ in numbered)
    return JudgedClaim(
        name=name,
        mpn_id=claim.mpn_id,
        rows=places,
        claim=claim,
        is_submission=claim.submitted_on is not None,
    )


def _claim(name: str, lines: list[ClaimLine], row: Row) -> Claim:
    def text(header: str) -> str:
        return str(row[COLUMN[header]])

    def optional(header: str) -> str | None:
        value = row[COLUMN[header]]
        return None if value is None else str(value)

    def day(header: str) -> date | None:
        return cast("date | None", row[COLUMN[header]])  # the generator puts nothing else there

    return Claim(
        claim_name=name,
        mpn_id=MpnId(text("MPN ID")),
        partner_name=text("Partner name"),
        tenant_id=TenantId(text("Tenant ID")),
        customer_name=text("Customer name"),
        solution_area=text("Solution area"),
        activity=text("Activity"),
        edition=DEFAULT_EDITION,
        lines=tuple(lines),
        partner_organisation=text("Partner organisation"),
        partner_country=text("Partner country"),
        partner_contact_name=text("Partner contact name"),
        partner_contact_email=text("Partner contact email"),
        customer_domain=text("Customer domain"),
        customer_country=text("Customer country"),
        customer_region=optional("Customer region"),
        customer_address=tuple(part.strip() for part in text("Customer address").split(";")),
        customer_language=text("Customer language"),
        customer_contact_name=text("Customer contact name"),
        customer_contact_title=text("Customer contact title"),
        customer_contact_email=text("Customer contact email"),
        technical_contact_name=text("Technical contact name"),
        technical_contact_title=text("Technical contact title"),
        technical_contact_email=text("Technical contact email"),
        poe_signed_on=day("PoE signed on"),
        public_sector=text("Public sector") == "Yes",
        submitted_on=day("Submitted on"),
    )


def _line(row: Row, file: str, number: int) -> ClaimLine:
    level, programmes = _AREAS[str(row[COLUMN["Solution area"]])]
    subscription = row[COLUMN["Subscription ID"]]
    comments = row[COLUMN["Comments"]]
    return ClaimLine(
        product=str(row[COLUMN["Product or workload"]]),
        level=level,
        programmes=programmes,
        subscription_id=None if subscription is None else SubscriptionId(str(subscription)),
        subscription_ends_on=cast("date | None", row[COLUMN["Subscription ends on"]]),
        engagement_description=str(row[COLUMN["Engagement description"]]),
        comments=None if comments is None else str(comments),
        source=Source(file=file, sheet="Claims", row=number),
    )
