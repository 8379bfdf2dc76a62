"""A CronJob for Kubernetes."""

from pathlib import PurePosixPath
from typing import Any, Final

from cpor_batch.reports.schedules.job import Job, ScheduleFile

# Kubernetes takes every exit code but 0 for a failure; 1 means that something needs a person.
_SCRIPT: Final = '"$@"; code=$?; [ "$code" -ne 1 ] || code=0; exit "$code"'
_HOUR_S: Final = 3600


def build_cron_job(job: Job) -> tuple[ScheduleFile, ...]:
    """Return the CronJob's YAML; the workspace, and an inbox outside it, are volumes of its own."""
    import yaml

    body = yaml.safe_dump(_manifest(job), sort_keys=False, allow_unicode=True, width=1000)
    volumes = ", ".join(name for name, _path in _mounts(job))
    secret = f"# The secret {job.name}-smtp holds CPOR_SMTP_PASSWORD.\n" if job.mail_to else ""
    text = f"""\
# kubectl apply -f {job.name}.yaml
# The image {job.image} holds cpor-batch; the workspace is on a PersistentVolumeClaim: {volumes}.
# SQLite wants a volume of one node (ReadWriteOnce); use PostgreSQL for a ledger that several nodes share.
{secret}{body}"""
    return (ScheduleFile(name=f"{job.name}.yaml", text=text),)


def _mounts(job: Job) -> tuple[tuple[str, str], ...]:
    """Return name and path of each volume."""
    workspace, inbox = PurePosixPath(job.workspace), PurePosixPath(job.inbox)
    first = (job.name, str(workspace))
    return (first,) if inbox.is_relative_to(workspace) else (first, (f"{job.name}-inbox", str(inbox)))


def _manifest(job: Job) -> dict[str, Any]:  # Any: what YAML can say
    day = job.weekday.in_cron if job.weekday else "*"
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": job.name},
        "spec": {
            "schedule": f"{job.at.minute} {job.at.hour} * * {day}",
            "timeZone": job.time_zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": _HOUR_S,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 0,
                    "activeDeadlineSeconds": 2 * _HOUR_S,
                    "template": {"spec": _pod(job)},
                }
            },
        },
    }


def _pod(job: Job) -> dict[str, Any]:  # Any: what YAML can say
    mounts = [{"name": name, "mountPath": path} for name, path in _mounts(job)]
    container: dict[str, Any] = {
        "name": "reconcile",
        "image": job.image,
        "command": ["/bin/sh", "-c", _SCRIPT, "sh"],
        "args": [_escaped(word) for word in job.command],
        "securityContext": {"allowPrivilegeEscalation": False},
        "volumeMounts": mounts,
    }
    if job.mail_to:
        container["envFrom"] = [{"secretRef": {"name": f"{job.name}-smtp", "optional": True}}]
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name, _path in _mounts(job)]
    return {"restartPolicy": "Never", "containers": [container], "volumes": claims}


def _escaped(word: str) -> str:
    # Kubernetes fills in $(NAME) in what it hands to a container; $$ stands for one $.
    return word.replace("$", "$$")
