"""The command `cpor-batch`: finds its subcommands by name and is the one boundary for errors.

A subcommand's module is imported when it is called, so that `--help` and a typo answer at once.
"""

import atexit
import errno
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from cpor_batch import __version__
from cpor_batch.errors import CporError, ExitCode, Terminated

# name -> (module of cpor_batch.cli, help in one line); in the order of a first day at work
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("demo", "Do the main job on the sample data."),
    "init": ("init", "Make a workspace."),
    "template": ("template", "Write a blank batch workbook."),
    "check": ("check", "Judge workbooks; write nothing."),
    "ingest": ("ingest", "Judge workbooks and record their claims."),
    "run": ("run", "The main job: ingest, documents and reports."),
    "conflicts": ("conflicts", "List what needs a decision, or write a workbook to decide in."),
    "resolve": ("resolve", "Carry out the decisions of such a workbook."),
    "documents": ("documents", "Make the letters and PoE that are due."),
    "poe": ("poe", "Write a blank PoE form; check one that came back."),
    "send": ("send", "Bring the letters to the customers, as drafts or by e-mail."),
    "entry": ("entry", "Show what is to be typed into Partner Center, step by step."),
    "record": ("record", "Record what happened to claims: notice, review, approval."),
    "withdraw": ("withdraw", "Take a claim back."),
    "import": ("import_export", "Take over statuses from a Partner Center export."),
    "reconcile": ("reconcile", "Compare the ledger with Partner Center's exports."),
    "status": ("status", "Report what every claim is and what is due."),
    "history": ("history", "Tell what happened, to one claim or to all."),
    "schedule": ("schedule", "Print the units of a scheduled reconciliation."),
    "revert": ("revert", "Undo a run: its claims are what they were before."),
    "ledger": ("ledger", "Verify the ledger, back it up, rebuild or migrate it."),
    "rules": ("rules", "Show the program rules, check or copy them."),
    "explain": ("explain", "Say what a code means and how to mend it."),
    "config": ("config", "Show the settings and where they come from."),
    "doctor": ("doctor", "Look for what is missing on this machine."),
}

# Rights and room are the user's own affair, and no bug of ours.
_REFUSALS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT})


class CommandGroup(click.Group):
    """Loads subcommands lazily and turns every outcome into an exit code of the contract."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of a first day at work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, importing its module now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cpor_batch.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` begin with; a misspelt one is answered with the nearest names."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # Any: Click's own signature
        """Run, and leave the process with an exit code of the contract."""
        is_whole_process = not args and not kwargs
        _print_whatever_comes()
        kwargs["standalone_mode"] = False
        signal.signal(signal.SIGTERM, _on_terminate)
        try:
            outcome = super().main(*args, **kwargs)
            sys.stdout.flush()
            code = int(outcome) if isinstance(outcome, int) else ExitCode.DONE
        except click.Abort:
            click.echo("Interrupted. What was done is kept; run the same command again to go on.", err=True)
            code = ExitCode.INTERRUPTED
        except Terminated:
            click.echo("Terminated. What was done is kept; run the same command again to go on.", err=True)
            code = ExitCode.TERMINATED
        except click.ClickException as error:
            error.show()
            code = ExitCode.USAGE
        except CporError as error:
            click.echo(f"Error: {error}", err=True)
            code = error.exit_code
        except BrokenPipeError:
            # The reader of our output is gone (`| head`): nobody is left to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = ExitCode.DONE
        except OSError as error:
            code = _report_refusal(error) if error.errno in _REFUSALS else _report_bug(error)
        except Exception as error:  # noqa: BLE001 - the one boundary: whatever got here is our bug
            code = _report_bug(error)
        if is_whole_process:
            _leave_at_once(code)
        sys.exit(code)


def _leave_at_once(code: int) -> None:
    """End the process without freeing what it made, which takes half a second after 100,000 rows.

    Comes back where a thread is still at work; then Python ends the process, and waits for it.
    """
    main_thread = threading.main_thread()
    if all(thread.daemon or thread is main_thread for thread in threading.enumerate()):
        atexit._run_exitfuncs()  # noqa: SLF001 - as Python itself does on the way out
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):  # a full disk has been told of already
                stream.flush()
        os._exit(code)


def _print_whatever_comes() -> None:
    """Show a character that the terminal does not have as "?", rather than fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _on_terminate(_signal: int, _frame: object) -> NoReturn:
    raise Terminated


def _report_refusal(error: OSError) -> ExitCode:
    """Tell of a file that the system refuses, where nothing nearer to it has told already."""
    where = f"{error.filename}: " if error.filename else ""
    click.echo(
        f"Error: {where}{error.strerror}. Check your rights and the free space there, then try again.",
        err=True,
    )
    return ExitCode.OUTPUT


def _report_bug(error: Exception) -> ExitCode:
    with tempfile.NamedTemporaryFile(
        "w", prefix="cpor-batch-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"cpor-batch {__version__}\n")
        log.write("".join(traceback.format_exception(error)))
    click.echo(
        f"Error: cpor-batch hit a mistake of its own ({type(error).__name__}). Nothing was half-written; "
        f"please report it with {Path(log.name)}, after a look for names in it.",
        err=True,
    )
    return ExitCode.OUR_BUG


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First steps: cpor-batch demo; then cpor-batch init and cpor-batch template claims.xlsx.",
)
@click.version_option(__version__, prog_name="cpor-batch")
def main() -> None:
    """Check, record and document batches of CPOR claims from Excel workbooks."""
