"""`cpor-batch send`: letters go to the customers' contacts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options, together
from cpor_batch.cli.printing import print_note, print_result
from cpor_batch.cli.progress import TerminalProgress
from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.pipeline.send_plan import Choice
    from cpor_batch.pipeline.sent import Sent
    from cpor_batch.pipeline.workspace import Workspace

_ways = together(
    click.option(
        "--eml",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write drafts that open in a mail program.",
    ),
    click.option("--smtp", is_flag=True, help="Send through the server of [smtp] in cpor-batch.toml."),
    click.option("--yes", is_flag=True, help="Send without asking."),
)
_choices = together(
    click.option("--claim", "claims", multiple=True, metavar="CLAIM", help="Only this claim; repeatable."),
    click.option(
        "--all/--only-new",
        "is_all",
        default=False,
        help="Also what was drafted or refused before; as drafts, also what was sent. Default: only new.",
    ),
    click.option(
        "--again", multiple=True, metavar="CLAIM", help="Send this claim's letter once more (--smtp)."
    ),
    click.option(
        "--was-sent",
        multiple=True,
        metavar="CLAIM",
        help="This claim's message of unknown fate did arrive (--smtp).",
    ),
)


@click.command("send")
@_ways
@_choices
@common_options("text", "json", records=True)
def command(**options: Any) -> int:  # Any: the shared options
    """Bring the letters that are made, and PoE forms with them, to the customers' contacts.

    --eml writes drafts and needs no server. --smtp sends, each message at most once, when [smtp] is set up
    and you confirm: send --smtp --yes. Sending opens no opt-out window: only Microsoft's notice does.

    \b
    Examples:
      cpor-batch send --eml drafts
      cpor-batch send --eml drafts --all
      cpor-batch send --eml drafts --dry-run --format json
    """
    sent = _send(open_workspace(options), options)
    for line in sent.lines:
        print_note(line)
    if options["verbose"]:
        for result in sent.results:
            print_note(result.line)
    print_result(options, text="", document=lambda: sent.document, closing=sent.closing_line)
    return int(sent.exit_code)


def _send(workspace: "Workspace", options: dict[str, Any]) -> "Sent":  # Any: Click's values
    from cpor_batch.pipeline.send_drafts import send_drafts
    from cpor_batch.pipeline.send_plan import Choice
    from cpor_batch.pipeline.send_smtp import require_smtp, send_smtp

    choice = Choice(
        claims=options["claims"],
        again=options["again"],
        was_sent=options["was_sent"],
        is_all=options["is_all"],
    )
    folder = options["eml"]
    if options["smtp"] == (folder is not None):
        raise UsageError("say how to send.", hint="Give either --eml DIR or --smtp.")
    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        if folder is not None:
            _refuse_smtp_only(choice)
            return send_drafts(
                workspace, folder, choice=choice, progress=progress, is_dry_run=options["dry_run"]
            )
        require_smtp(workspace.settings)
        is_agreed = options["yes"] or options["dry_run"] or choice.only_settles
        if not is_agreed and not sys.stdin.isatty():
            raise UsageError("--smtp sends real messages.", hint="Confirm it with --yes.")
        return send_smtp(
            workspace,
            choice=choice,
            progress=progress,
            confirm=_agree if is_agreed else _ask,
            is_dry_run=options["dry_run"],
        )


def _refuse_smtp_only(choice: "Choice") -> None:
    if choice.again or choice.was_sent:
        raise UsageError("--again and --was-sent go with --smtp.", hint="For a draft: --claim CLAIM.")


def _agree(_count: int, _host: str) -> bool:
    return True


def _ask(count: int, host: str) -> bool:
    try:
        return click.confirm(f"Send {count:,} messages to customers through {host}?", err=True)
    except click.Abort as exc:
        # Ctrl-C for everybody, and so for the record of the run.
        raise KeyboardInterrupt from exc
