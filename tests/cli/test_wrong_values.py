"""A wrong value is answered where it stands: of a flag it is usage, elsewhere configuration."""

from pathlib import Path

import pytest

from tests.cli.conftest import Type


@pytest.mark.parametrize(
    ("flag", "value", "says"),
    [
        ("--edition", "cpor-2020", 'Did you mean "cpor-2021"?'),
        ("--edition", "mine", "mci-2023"),
        ("--locale", "xx_YY", "sv_SE"),
        ("--locale", "banana", "sv_SE"),
        ("--locale", "sv_XX", "sv_SE"),
        ("--locale", "svSE", 'Did you mean "sv_SE"?'),
        ("--schemas-dir", "nowhere", "is not a folder"),
        ("--templates-dir", "nowhere", "is not a folder"),
    ],
)
@pytest.mark.parametrize("command", ["check", "ingest"])
def test_a_wrong_value_of_a_flag_is_usage_and_names_what_would_be_right(
    workspace: Path, type_command: Type, command: str, flag: str, value: str, says: str
) -> None:
    said = type_command(command, "inbox/claims.xlsx", flag, value)

    assert said.code == 2
    assert flag in said.err
    assert value in said.err
    assert says in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "value", ["sv_SE", "sv-SE", "sv", "en_US", "EN-us", "en_SE", "sv_SE.UTF-8", "zh_Hans_CN"]
)
def test_every_way_of_writing_a_locale_is_taken(workspace: Path, type_command: Type, value: str) -> None:
    assert type_command("check", "inbox/claims.xlsx", "--locale", value).code == 0


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('edition = "cpor-2020"', "edition"),
        ('locale = "xx_YY"', "locale"),
        ('schemas_dir = "nowhere"', "schemas_dir"),
        ('templates_dir = "nowhere"', "templates_dir"),
    ],
)
def test_the_same_in_the_file_is_configuration_and_names_file_and_key(
    workspace: Path, type_command: Type, line: str, key: str
) -> None:
    (workspace / "cpor-batch.toml").write_text(f"{line}\n")

    said = type_command("check", "inbox/claims.xlsx")

    assert said.code == 3
    assert f"{workspace / 'cpor-batch.toml'}: {key}: " in said.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CPOR_EDITION", "cpor-2020"),
        ("CPOR_LOCALE", "xx_YY"),
        ("CPOR_SCHEMAS_DIR", "nowhere"),
        ("CPOR_WORKSPACE", "nowhere"),
    ],
)
def test_the_same_in_the_environment_is_configuration_and_names_the_variable(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    text = (workspace / "cpor-batch.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("edition")]
    (workspace / "cpor-batch.toml").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv(variable, value)

    said = type_command("check", "inbox/claims.xlsx")

    assert said.code == 3
    assert variable in said.err


def test_a_flag_that_is_wrong_is_told_also_by_a_command_that_judges_nothing(
    workspace: Path, type_command: Type
) -> None:
    said = type_command("config", "show", "--edition", "mine")

    assert said.code == 2
    assert "--edition" in said.err
