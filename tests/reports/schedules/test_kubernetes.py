import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpor_batch.reports.schedules import Job, Weekday
from cpor_batch.reports.schedules.kubernetes import build_cron_job
from tests.reports.schedules.examples import NASTY, job, nasty_job


def manifest(given: Job) -> dict[str, Any]:  # Any: what YAML can say
    (file,) = build_cron_job(given)
    document: dict[str, Any] = yaml.safe_load(file.text)
    return document


def pod(given: Job) -> dict[str, Any]:  # Any: what YAML can say
    found: dict[str, Any] = manifest(given)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return found


def filled_in(word: str) -> str:
    """Return the word as Kubernetes hands it over: $(NAME) filled in, $$ made one $."""
    return re.sub(r"\$(\$|\([^)]*\))", lambda match: "$" if match[1] == "$" else "FILLED IN", word)


def command_of(given: Job) -> list[str]:
    (container,) = pod(given)["containers"]
    return [filled_in(word) for word in (*container["command"], *container["args"])]


def test_the_cron_job_never_runs_twice_and_never_tries_again() -> None:
    document = manifest(job())

    spec = document["spec"]
    assert (document["apiVersion"], document["kind"]) == ("batch/v1", "CronJob")
    assert (spec["schedule"], spec["timeZone"]) == ("30 7 * * 1", "Europe/Stockholm")
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert pod(job())["restartPolicy"] == "Never"
    assert manifest(job(weekday=None))["spec"]["schedule"] == "30 7 * * *"
    assert manifest(job(weekday=Weekday.SUN))["spec"]["schedule"] == "30 7 * * 0"


@pytest.mark.parametrize("folder", NASTY)
def test_every_path_arrives_as_it_is(folder: str) -> None:
    echo = "import sys; sys.stdout.buffer.write('\\0'.join(sys.argv[1:]).encode())"
    given = nasty_job(folder, program=(sys.executable, "-c", echo), mail_to="a$(b)@contoso.example")

    said = subprocess.run(command_of(given), capture_output=True, check=True)

    assert said.stdout.decode().split("\0") == list(given.words)


@pytest.mark.parametrize(("ends", "counts_as"), [(0, 0), (1, 0), (4, 4), (70, 70)])
def test_only_what_went_wrong_counts_as_failed(tmp_path: Path, ends: int, counts_as: int) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nexit {ends}\n")
    program.chmod(0o755)

    said = subprocess.run(command_of(job(program=(str(program),))), check=False)

    assert said.returncode == counts_as


def test_an_inbox_outside_the_workspace_is_a_volume_of_its_own() -> None:
    found = pod(job(inbox="/exports/partner-center"))

    (container,) = found["containers"]
    assert container["volumeMounts"] == [
        {"name": "cpor-batch-claims", "mountPath": "/srv/claims"},
        {"name": "cpor-batch-claims-inbox", "mountPath": "/exports/partner-center"},
    ]
    assert [volume["name"] for volume in found["volumes"]] == ["cpor-batch-claims", "cpor-batch-claims-inbox"]


def test_a_password_comes_from_a_secret_only_where_mail_is_sent() -> None:
    (with_mail,) = pod(job(mail_to="pat@contoso.example"))["containers"]
    (without,) = pod(job())["containers"]

    assert with_mail["envFrom"][0]["secretRef"] == {"name": "cpor-batch-claims-smtp", "optional": True}
    assert "envFrom" not in without
