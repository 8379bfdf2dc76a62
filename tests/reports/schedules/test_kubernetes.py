import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
import yaml

from cpor_batch.reports.schedules import Job, Weekday
from cpor_batch.reports.schedules.kubernetes import build_cron_job
from tests.reports.schedules.examples import NASTY, job, nasty_job


def manifest(given: Job) -> dict[str, Any]:  # Any: what YAML can say
    (file,) = build_cron_job(given)
    document: dict[str, Any] = yaml.safe_load(file.text)
    return document


# The fields of batch/v1 CronJob that a manifest of ours may have, with their types; "!" is required.
Shape = dict[str, Any]  # Any: a type, a list of one shape, or a shape
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
CONTAINER: Shape = {
    "name!": NAME,
    "image!": str,
    "command": [str],
    "args": [str],
    "securityContext": {"allowPrivilegeEscalation": bool},
    "volumeMounts": [{"name!": NAME, "mountPath!": re.compile("/[^:]*")}],
    "envFrom": [{"secretRef": {"name!": NAME, "optional": bool}}],
}
POD: Shape = {
    "restartPolicy!": re.compile("Never|OnFailure"),
    "containers!": [CONTAINER],
    "volumes": [{"name!": NAME, "persistentVolumeClaim": {"claimName!": NAME}}],
}
CRON_JOB: Shape = {
    "apiVersion!": re.compile("batch/v1"),
    "kind!": re.compile("CronJob"),
    "metadata!": {"name!": NAME},
    "spec!": {
        "schedule!": re.compile(r"[0-9]{1,2} [0-9]{1,2} \* \* (\*|[0-6])"),
        "timeZone": str,
        "concurrencyPolicy": re.compile("Allow|Forbid|Replace"),
        "startingDeadlineSeconds": int,
        "successfulJobsHistoryLimit": int,
        "failedJobsHistoryLimit": int,
        "jobTemplate!": {
            "spec!": {"backoffLimit": int, "activeDeadlineSeconds": int, "template!": {"spec!": POD}}
        },
    },
}


def find_faults(value: Any, shape: Any, place: str = "") -> Iterator[str]:  # Any: what YAML can say
    """Yield the places whose value has not the shape, as a strict server would refuse them."""
    match shape:
        case dict():
            known = {key.rstrip("!"): part for key, part in shape.items()}
            if not isinstance(value, dict):
                yield place
                return
            yield from (f"{place}.{key} is unknown" for key in value.keys() - known.keys())
            required = {key.rstrip("!") for key in shape if key.endswith("!")}
            yield from (f"{place}.{key} is missing" for key in required - value.keys())
            for key in value.keys() & known.keys():
                yield from find_faults(value[key], known[key], f"{place}.{key}")
        case [part]:
            if not isinstance(value, list) or not value:
                yield place
                return
            for number, item in enumerate(value):
                yield from find_faults(item, part, f"{place}[{number}]")
        case re.Pattern():
            if not isinstance(value, str) or not shape.fullmatch(value):
                yield f"{place}: {value!r}"
        case _:
            if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
                yield f"{place}: {value!r}"


@pytest.mark.parametrize("weekday", [None, *Weekday])
@pytest.mark.parametrize("folder", NASTY)
def test_the_manifest_has_the_shape_of_a_cron_job(folder: str, weekday: Weekday | None) -> None:
    given = nasty_job(folder, weekday=weekday, mail_to="pat@contoso.example")

    document = manifest(replace(given, inbox="/exports"))

    assert list(find_faults(document, CRON_JOB)) == []
    # A CronJob's pods get eleven characters more, and 63 is the end.
    assert len(document["metadata"]["name"]) <= 52
    assert document["spec"]["timeZone"] in available_timezones()
    pod_spec = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    mounted = [mount["name"] for mount in pod_spec["containers"][0]["volumeMounts"]]
    assert mounted == [volume["name"] for volume in pod_spec["volumes"]]


def test_a_wrong_shape_would_be_found() -> None:
    document = manifest(job())
    document["spec"]["concurencyPolicy"] = document["spec"].pop("concurrencyPolicy")
    document["spec"]["jobTemplate"]["spec"]["backoffLimit"] = "0"
    del document["metadata"]["name"]

    assert sorted(find_faults(document, CRON_JOB)) == [
        ".metadata.name is missing",
        ".spec.concurencyPolicy is unknown",
        ".spec.jobTemplate.spec.backoffLimit: '0'",
    ]


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
