"""Schedules: the reconciliation as a unit of each scheduler. Pure; nothing here asks the machine."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cpor_batch.reports.schedules.cron import build_crontab
from cpor_batch.reports.schedules.job import Job, ScheduleFile, Weekday
from cpor_batch.reports.schedules.kubernetes import build_cron_job
from cpor_batch.reports.schedules.systemd import build_units
from cpor_batch.reports.schedules.windows import build_task

SCHEDULERS: Final[Mapping[str, Callable[[Job], tuple[ScheduleFile, ...]]]] = MappingProxyType(
    {
        "systemd": build_units,
        "cron": build_crontab,
        "windows": build_task,
        "kubernetes": build_cron_job,
    }
)
"""Each scheduler by its name -> what builds its files."""

__all__ = ["SCHEDULERS", "Job", "ScheduleFile", "Weekday"]
