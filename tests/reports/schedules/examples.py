"""A job whose paths hold what each scheduler takes for its own."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from cpor_batch.reports.schedules import Job, Weekday

NASTY = (
    "plain",
    "with space",
    "100% sure",
    "50%%d",
    "it's",
    'say "hi"',
    "back\\slash",
    "two\\\\slashes",
    "slash\\%percent",
    "ends with \\",
    "$HOME and ${HOME} and $$",
    "$(touch x) `touch y`",
    "semi;colon & pipe | < > # * ? ~ !",
    "åäö 日本語",
    "%h %n %%",
    " leading and trailing ",
)


def job(**changes: Any) -> Job:  # Any: the fields of a value by name
    good = Job(
        name="cpor-batch-claims",
        program=("/usr/bin/cpor-batch",),
        workspace="/srv/claims",
        inbox="/srv/claims/inbox",
        mail_to=None,
        at=time(7, 30),
        weekday=Weekday.MON,
        time_zone="Europe/Stockholm",
        starts_on=date(2021, 4, 1),
        image="registry.example/cpor-batch:1",
    )
    return replace(good, **changes)


def nasty_job(folder: str, **changes: Any) -> Job:  # Any: the fields of a value by name
    return job(workspace=f"/srv/{folder}", inbox=f"/srv/{folder}/in", **changes)
