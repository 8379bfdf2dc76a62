"""`cpor-batch schedule`: the reconciliation as a scheduled job."""

import re
from datetime import time
from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options, together
from cpor_batch.cli.printing import print_note, print_paths, print_text
from cpor_batch.errors import UsageError

_DAYS = ("daily", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SCHEDULERS = ("systemd", "cron", "windows", "kubernetes")


class TimeOfDay(click.ParamType[time]):
    """A time of day as HH:MM."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> time:  # Any: Click
        """Return the time, or fail naming the form."""
        if isinstance(value, time):
            return value
        match = _TIME.fullmatch(value)
        if match is None:
            self.fail(f"{value!r} is not a time of day; write it as HH:MM, such as 07:30.", param, ctx)
        return time(int(match[1]), int(match[2]))


_scheduler_options = together(
    click.option("--systemd", is_flag=True, help="A service and a timer, as units of your own."),
    click.option("--cron", is_flag=True, help="Lines for your crontab, with a lock."),
    click.option("--windows", is_flag=True, help="A task for the Task Scheduler, as XML."),
    click.option("--kubernetes", is_flag=True, help="A CronJob, as YAML."),
)


@click.command("schedule")
@_scheduler_options
@click.option("--at", type=TimeOfDay(), default="07:30", show_default=True, metavar="HH:MM", help="When.")
@click.option("--weekday", type=click.Choice(_DAYS), default="daily", show_default=True, help="On which day.")
@click.option(
    "--inbox",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the exports arrive. Default: the workspace's inbox.",
)
@click.option("--mail-to", metavar="ADDRESS", help="Have the summary mailed.")
@click.option("--program", metavar="PATH", help="Where cpor-batch is on the machine that runs it.")
@click.option("--image", metavar="NAME", help="The container image, for Kubernetes.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the files into DIR instead of printing them.",
)
@common_options(judges=False)
def command(output: Path | None, weekday: str, **options: Any) -> int:  # Any: Click's values
    """Print what a scheduler needs to reconcile this workspace every day or every week.

    Nothing is installed. The times are those of the workspace's time zone (time_zone in cpor-batch.toml).

    \b
    Examples:
      cpor-batch schedule --systemd --at 07:30 --weekday mon
      cpor-batch schedule --cron
      cpor-batch schedule --windows --output .
      cpor-batch schedule --kubernetes --image registry.example/cpor-batch
    """
    from cpor_batch.pipeline.schedule import schedule, write_schedule
    from cpor_batch.reports.schedules import Weekday

    workspace = open_workspace(options)
    if workspace.fixed_day:
        # Also with --quiet: a schedule that reckons on one day for ever is never what was meant.
        print_note(
            f"Warning: {workspace.fixed_day}. Every scheduled run would reckon on that day. "
            "Take the setting away before you install this."
        )
    files = schedule(
        workspace,
        _chosen(options),
        at=options["at"],
        weekday=None if weekday == "daily" else Weekday(weekday),
        **{name: options[name] for name in ("inbox", "mail_to", "program", "image")},
    )
    if output is None:
        print_text("\n".join(file.text for file in files).rstrip())
    else:
        print_paths(write_schedule(files, output), is_quiet=options["quiet"])
    return 0


def _chosen(options: dict[str, Any]) -> str:  # Any: Click's values
    chosen = [name for name in _SCHEDULERS if options[name]]
    if len(chosen) != 1:
        names = ", ".join(f"--{name}" for name in _SCHEDULERS)
        raise UsageError(f"name one scheduler of {names}.")
    return chosen[0]
