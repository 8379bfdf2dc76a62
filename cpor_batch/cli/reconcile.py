"""`cpor-batch reconcile`: the ledger against Partner Center."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import INPUT_FILE, WholeNumber, common_options
from cpor_batch.cli.printing import print_note, print_rendered
from cpor_batch.errors import UsageError


@click.command("reconcile")
@click.argument("exports", nargs=-1, type=INPUT_FILE, metavar="[EXPORT...]")
@click.option(
    "--earnings",
    multiple=True,
    type=INPUT_FILE,
    metavar="FILE...",
    help="Earnings, Payments, ineligible usage or usage exports.",
)
@click.option(
    "--inbox", type=click.Path(path_type=Path), metavar="DIR", help="Take the newest exports of this folder."
)
@click.option(
    "--keep",
    type=WholeNumber(min=1),
    default=12,
    show_default=True,
    metavar="N",
    help="With --inbox: how many reports to keep.",
)
@click.option("--mail-to", metavar="ADDRESS", help="With --inbox: send the summary there.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="With --inbox: how progress is written to stderr.",
)
@common_options("text", "json", "xlsx", "html", reads=True, records=True)
def command(
    exports: tuple[Path, ...], earnings: tuple[Path, ...], inbox: Path | None, **options: Any
) -> int:  # Any: the shared options
    """Compare the ledger with EXPORT..., Partner Center's claims export as CSV, TSV or workbook.

    Tells what changed since the last time, then every difference with its cause and the next step: status,
    partner or products differ, only in the ledger, only in Partner Center, lost to another partner. With
    --earnings also: approved claims that earn nothing and why, earnings without a claim, subscriptions that
    need a new claim. Nothing is taken over: cpor-batch import does that. Ends with exit code 1 where they
    differ.

    \b
    Examples:
      cpor-batch reconcile customer-claims.csv
      cpor-batch reconcile customer-claims.csv --earnings earnings.csv --format html
      cpor-batch reconcile --inbox inbox --keep 12 --log-format json
    """
    if (inbox is None) == (not exports):
        raise UsageError(
            "reconcile needs either exports or --inbox DIR.", hint="Such as reconcile customer-claims.csv."
        )
    from cpor_batch.rulebook.side_sheets import EARNINGS, EXPORT, INELIGIBLE, PAYMENTS, USAGE

    workspace = open_workspace(options)
    save_maps(workspace, options, EXPORT, EARNINGS, PAYMENTS, INELIGIBLE, USAGE)
    if inbox is not None:
        if earnings:
            raise UsageError("--inbox finds the earnings files itself.", hint="Put them into the folder.")
        from cpor_batch.cli.reconcile_inbox import run_inbox

        return run_inbox(inbox, workspace, options)
    if options["mail_to"]:
        raise UsageError("--mail-to goes with --inbox.", hint="Leave one of both out.")
    from cpor_batch.pipeline.reconcile import reconcile
    from cpor_batch.pipeline.tell_reconciliation import sort_files, tell_reconciliation

    files, money = sort_files(exports, earnings, workspace)
    reconciled = reconcile(files, workspace, earnings=money, is_dry_run=options["dry_run"])
    report = tell_reconciliation(reconciled, workspace, form=options["form"], output=options["output"])
    print_rendered(report, options)
    if reconciled.result.has_drift:
        where = "above" if report.path is None else report.path
        print_note(f"Ledger and Partner Center differ; see {where}.", is_quiet=_is_quiet(options))
    return int(report.exit_code)


def _is_quiet(options: Any) -> bool:  # Any: the shared options
    return bool(options["quiet"] or options["form"] == "json")
