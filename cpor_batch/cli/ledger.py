"""`cpor-batch ledger`: verify, back up, rebuild, migrate, and forget a person."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, common_options, dry_run_option
from cpor_batch.cli.printing import print_note, print_result, print_text

_WHERE_ELSE: Final = (
    "Files that name the person still are yours to delete: look into inbox/, out/letters, out/poe, "
    "out/reports, out/runs (verdict.xlsx, verdict.html) and the backups."
)


@click.group("ledger")
def command() -> None:
    """Verify the ledger, back it up, rebuild or migrate it, or forget a person."""


@command.command("verify")
@common_options("text", "json", reckons=False, judges=False)
def verify(**options: Any) -> int:  # Any: the shared options
    """Prove that no event, no claim and no issued document was changed; ends with exit code 7 otherwise.

    \b
    Examples:
      cpor-batch ledger verify
      cpor-batch ledger verify --format json
    """
    from cpor_batch.pipeline.verify import verify as verify_ledger

    verified = verify_ledger(open_workspace(options))
    print_result(options, text="\n".join(verified.lines), document=lambda: verified.document)
    return int(verified.exit_code)


@command.command("backup")
@click.argument("file", type=OUTPUT_FILE, metavar="FILE")
@common_options(reckons=False, judges=False)
def backup(file: Path, **options: Any) -> int:  # Any: the shared options
    """Write a consistent copy of the ledger to FILE (SQLite), while others go on working.

    The chain of events is proven first: a damaged ledger ends with exit code 7 and makes no backup.

    \b
    Example:
      cpor-batch ledger backup backup.sqlite
    """
    from cpor_batch.ledger import backup_ledger

    workspace = open_workspace(options)
    print_text(str(backup_ledger(workspace.settings.ledger_url, file)))
    return 0


@command.command("rebuild")
@common_options(reckons=False, records=True, judges=False)
def rebuild(**options: Any) -> int:  # Any: the shared options
    """Make the table of claims anew from the events, once these are proven to be as they were written.

    \b
    Examples:
      cpor-batch ledger rebuild
      cpor-batch ledger rebuild --dry-run
    """
    from cpor_batch.pipeline.rebuild import rebuild as rebuild_claims

    count = rebuild_claims(open_workspace(options), is_dry_run=options["dry_run"])
    claims = "1 claim" if count == 1 else f"{count:,} claims"
    if options["dry_run"]:
        print_text(f"{claims} would be made anew from the events. Nothing was written: --dry-run.")
    else:
        print_text(f"{claims} made anew from the events. Next: cpor-batch ledger verify")
    return 0


@command.command("migrate")
@dry_run_option
@common_options(reckons=False, judges=False)
def migrate(*, dry_run: bool, **options: Any) -> int:  # Any: the shared options
    """Bring the ledger of an older version up to date; a backup is made first.

    \b
    Examples:
      cpor-batch ledger migrate
      cpor-batch ledger migrate --dry-run
    """
    from cpor_batch.ledger import migrate_ledger, plan_migration

    url = open_workspace(options).settings.ledger_url
    done = plan_migration(url) if dry_run else migrate_ledger(url)
    steps = f"from {done.before} to {done.after}"
    if done.backup is None:
        print_text(f"The ledger is up to date ({done.after}).")
    elif dry_run:
        backup = f"after a backup such as {done.backup}"
        print_text(f"The ledger would be migrated {steps}, {backup}. Nothing was written: --dry-run.")
    else:
        print_text(f"Migrated {steps}. The ledger as it was: {done.backup}")
    return 0


@command.command("purge-contact")
@click.argument("person", metavar="PERSON")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the history.")
@common_options("text", "json", records=True, judges=False)
def purge_contact(person: str, reason: str, **options: Any) -> int:  # Any: the shared options
    """Delete what is known of PERSON (an e-mail address or a full name) from all claims.

    Events stay and still verify: they hold a salted hash where the person's data was. Files that were made
    or received before are yours and are not touched: look into inbox/, out/letters, out/poe, out/reports,
    out/runs (verdict.xlsx and verdict.html), and the backups.

    \b
    Example:
      cpor-batch ledger purge-contact anna@example.com --reason "Asked to be forgotten" --dry-run
    """
    from cpor_batch.pipeline.purge_contact import purge_contact as purge

    workspace = open_workspace(options)
    purged = purge(workspace, person, reason=reason, is_dry_run=options["dry_run"])
    print_result(
        options,
        text=_purged_in_words(purged, is_dry_run=options["dry_run"]),
        document=lambda: {
            "schema": "cpor-batch.purge-contact/1",
            "claims": list(purged),
            "dry_run": options["dry_run"],
        },
    )
    if purged:
        print_note(_WHERE_ELSE, is_quiet=options["quiet"])
    return 0


def _purged_in_words(purged: Sequence[str], *, is_dry_run: bool) -> str:
    if not purged:
        return "Nobody of this e-mail address or name is in the ledger. Nothing was changed."
    claims = "1 claim" if len(purged) == 1 else f"{len(purged):,} claims"
    done = "would be deleted" if is_dry_run else "was deleted"
    ending = " Nothing was written: --dry-run." if is_dry_run else ""
    return f"What was known of this person {done} from {claims}: {', '.join(purged)}.{ending}"
