import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cpor_batch.errors import UsageError
from cpor_batch.reports.schedules import Weekday
from cpor_batch.reports.schedules.windows import build_task
from tests.reports.schedules.examples import NASTY, job

SCHEMA = Path(__file__).with_name("task.xsd")
NAMESPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def task_of(text: str) -> Any:  # Any: an element of a library without types
    return etree.fromstring(text.encode())


def one(task: Any, path: str) -> str:  # Any: an element of a library without types
    (found,) = task.findall(f".//{path}", NAMESPACE)
    return str(found.text)


def arguments_of(line: str) -> list[str]:
    """Return the arguments as CommandLineToArgvW parts them."""
    words: list[str] = []
    word, is_quoted, is_in_word, slashes = "", False, False, 0
    for letter in line:
        if letter == "\\":
            slashes, is_in_word = slashes + 1, True
            continue
        if letter == '"':
            word, is_in_word = word + "\\" * (slashes // 2), True
            if slashes % 2:
                word += '"'
            else:
                is_quoted = not is_quoted
        elif letter in " \t" and not is_quoted:
            word += "\\" * slashes
            words, word, is_in_word = [*words, word] if is_in_word else words, "", False
        else:
            word, is_in_word = word + "\\" * slashes + letter, True
        slashes = 0
    return [*words, word + "\\" * slashes] if is_in_word else words


@pytest.mark.parametrize("folder", [name for name in NASTY if "%" not in name and "$(" not in name])
def test_every_path_arrives_as_it_is(folder: str) -> None:
    given = job(
        program=(rf"C:\Program Files\{folder}\cpor-batch.exe",),
        workspace=f"D:\\{folder}",
        inbox=f"D:\\{folder}\\",
        mail_to="pat@contoso.example",
    )

    (file,) = build_task(given)

    task = task_of(file.text)
    assert one(task, "t:Command") == given.program[0]
    assert arguments_of(one(task, "t:Arguments")) == list(given.words)


def test_a_missed_run_is_made_up_for_and_none_runs_beside_another() -> None:
    (file,) = build_task(job())

    task = task_of(file.text)
    assert one(task, "t:StartWhenAvailable") == "true"
    assert one(task, "t:MultipleInstancesPolicy") == "IgnoreNew"
    assert one(task, "t:StartBoundary") == "2021-04-01T07:30:00"
    assert task.get("version") == "1.2"


def test_the_parts_stand_in_the_order_that_the_schema_wants() -> None:
    (file,) = build_task(job())

    task = task_of(file.text)
    assert [etree.QName(part).localname for part in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]
    trigger = task.find(".//t:CalendarTrigger", NAMESPACE)
    assert [etree.QName(part).localname for part in trigger] == ["StartBoundary", "ScheduleByWeek"]


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is missing: apt install libxml2-utils")
@pytest.mark.parametrize("weekday", [None, *Weekday])
@pytest.mark.parametrize("folder", [name for name in NASTY if "%" not in name and "$(" not in name])
def test_xmllint_finds_the_shape_of_the_published_schema(
    tmp_path: Path, folder: str, weekday: Weekday | None
) -> None:
    (file,) = build_task(job(workspace=f"D:\\{folder}", weekday=weekday))
    (tmp_path / "task.xml").write_text(file.text, encoding="ascii")

    said = subprocess.run(
        ["xmllint", "--noout", "--schema", str(SCHEMA), str(tmp_path / "task.xml")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr


def test_the_schema_would_find_a_wrong_order() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    (file,) = build_task(job())
    task = task_of(file.text)
    trigger = task.find(".//t:CalendarTrigger", NAMESPACE)

    trigger.append(trigger[0])

    assert not schema.validate(task)


@pytest.mark.parametrize(
    ("weekday", "day"), [(Weekday.MON, "Monday"), (Weekday.SUN, "Sunday"), (Weekday.THU, "Thursday")]
)
def test_a_week_day_is_named(weekday: Weekday, day: str) -> None:
    (file,) = build_task(job(weekday=weekday))

    (found,) = task_of(file.text).find(".//t:DaysOfWeek", NAMESPACE)
    assert etree.QName(found).localname == day


def test_every_day_is_an_interval_of_one() -> None:
    (file,) = build_task(job(weekday=None))

    assert one(task_of(file.text), "t:DaysInterval") == "1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "cp850"])
def test_the_file_reads_the_same_in_whatever_encoding_it_is_saved(encoding: str) -> None:
    (file,) = build_task(job(workspace="D:\\Anspråk 日本"))

    saved = file.text.encode(encoding)

    assert "Anspråk 日本" in arguments_of(one(etree.fromstring(saved), "t:Arguments"))[2]


@pytest.mark.parametrize("folder", ["D:\\%TEMP%\\x", "D:\\$(Arg0)"])
def test_what_the_task_scheduler_would_fill_in_is_refused(folder: str) -> None:
    with pytest.raises(UsageError, match="variable"):
        build_task(job(workspace=folder))
