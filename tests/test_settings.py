from datetime import date
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.limits import Limits
from cpor_batch.errors import ConfigurationError, ExitCode
from cpor_batch.settings import (
    FILE_NAME,
    Cluster,
    Smtp,
    find_workspace,
    load_settings,
    read_smtp_password,
    save_header_map,
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "EDITION",
        "LEDGER_URL",
        "LOCALE",
        "AS_OF",
        "ACTOR",
        "WORKSPACE",
        "SMTP_PASSWORD",
        "SMTP_PASSWORD_FILE",
        "TIME_ZONE",
        "SCHEMAS_DIR",
    ):
        monkeypatch.delenv(f"CPOR_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def workspace(folder: Path, text: str = "") -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_without_a_workspace_there_are_defaults() -> None:
    settings = load_settings()

    assert settings.workspace is None
    assert settings.ledger_url == ""
    assert settings.edition == "cpor-2021"
    assert settings.time_zone == "UTC"
    assert settings.as_of is None
    assert settings.limits == Limits()
    assert settings.workers >= 1
    assert settings.actor
    assert settings.origins["edition"] == "default"


def test_an_empty_workspace_has_its_folders_and_ledger(tmp_path: Path) -> None:
    settings = load_settings(workspace(tmp_path))

    assert settings.workspace == tmp_path
    assert settings.out == tmp_path / "out"
    assert settings.inbox == tmp_path / "inbox"
    assert settings.ledger_url == f"sqlite:///{tmp_path / 'ledger.sqlite'}"


def test_the_workspace_is_looked_for_upward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "inbox" / "april"
    deep.mkdir(parents=True)
    workspace(tmp_path)
    monkeypatch.chdir(deep)

    assert find_workspace(deep) == tmp_path
    assert load_settings().workspace == tmp_path


def test_a_named_workspace_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cpor-batch init") as caught:
        load_settings(tmp_path)

    assert caught.value.exit_code is ExitCode.CONFIGURATION


def test_flags_weigh_more_than_the_environment_and_that_more_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'edition = "a"\nlocale = "sv-SE"\nactor = "file"\nlanguage = "sv"\n'
    workspace(tmp_path, text)
    monkeypatch.setenv("CPOR_LOCALE", "de-DE")
    monkeypatch.setenv("CPOR_ACTOR", "environment")

    settings = load_settings(tmp_path, actor="flag", locale=None)

    assert (settings.edition, settings.locale, settings.actor) == ("a", "de-DE", "flag")
    assert settings.origins["edition"] == FILE_NAME
    assert settings.origins["locale"] == "environment CPOR_LOCALE"
    assert settings.origins["actor"] == "command line"
    assert settings.origins["language"] == FILE_NAME
    assert settings.origins["country"] == "default"


def test_every_setting_of_the_file_is_read(tmp_path: Path) -> None:
    text = """
as_of = 2021-04-01
time_zone = "Europe/Stockholm"
country = "se"
region = "AB"
closing_days = [2021-06-25, "2021-12-24"]
ledger_url = "sqlite:///data/claims.sqlite"
schemas_dir = "rules"
workers = 3

[header_map]
"Kundens namn" = "customer_name"

[limits]
cells = 1000

[[partners]]
mpn_id = 1234567
name = "Fabrikam Sverige AB"
organisation = "Fabrikam"
country = "SE"
location = "no"
address = "Storgatan 1; 111 22 Stockholm"
logo = "logo.svg"
colour = "#0F6CBD"

[[partners]]
mpn_id = "0012345"

[smtp]
host = "mail.example.com"
"""
    settings = load_settings(workspace(tmp_path, text))

    assert settings.as_of == date(2021, 4, 1)
    assert settings.country == "SE"
    assert settings.closing_days == (date(2021, 6, 25), date(2021, 12, 24))
    assert settings.ledger_url == f"sqlite:///{tmp_path / 'data/claims.sqlite'}"
    assert settings.schemas_dir == tmp_path / "rules"
    assert settings.workers == 3
    assert settings.header_map == {"Kundens namn": "customer_name"}
    assert settings.limits == Limits(cells=1000)
    assert settings.smtp is not None
    assert settings.smtp.port == 587
    assert list(settings.house.partners) == ["1234567", "0012345"]
    partner = settings.house.partners["1234567"]
    assert partner.organisation == "Fabrikam"
    assert partner.address == ("Storgatan 1", "111 22 Stockholm")
    assert partner.logo == str(tmp_path / "logo.svg")
    assert partner.colour == "#0f6cbd"
    assert not partner.is_location
    assert settings.house.country == "SE"


def test_a_path_on_the_command_line_is_relative_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    assert load_settings(tmp_path, schemas_dir=Path("rules")).schemas_dir == elsewhere / "rules"


def test_header_maps_of_flag_and_file_are_joined(tmp_path: Path) -> None:
    workspace(tmp_path, '[header_map]\nA = "tenant_id"\nB = "product"\n')

    settings = load_settings(tmp_path, header_map={"B": "comments"})

    assert settings.header_map == {"A": "tenant_id", "B": "comments"}


def test_a_database_elsewhere_is_left_as_it_is(tmp_path: Path) -> None:
    url = "postgresql+psycopg://cpor@db.example.com/cpor"

    assert load_settings(workspace(tmp_path, f'ledger_url = "{url}"')).ledger_url == url


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('editon = "x"', 'editon: the setting is not known. Did you mean "edition"?'),
        ("[limits]\ncell = 1", 'limits.cell: the setting is not known. Did you mean "cells"?'),
        ("[[partners]]\nmpnid = 1", 'partners[1].mpnid: the setting is not known. Did you mean "mpn_id"?'),
        ('[[partners]]\nname = "a"', "partners[1]: the MPN ID is missing."),
        ('[[partners]]\nmpn_id = "12a"', 'partners[1].mpn_id: "12a" is not an MPN ID.'),
        ("[[partners]]\nmpn_id = 1\n[[partners]]\nmpn_id = 1", "partners: the MPN ID 1 stands there twice."),
        ('[[partners]]\nmpn_id = 1\ncolour = "blue"', '"blue" is not a colour.'),
        ('[[partners]]\nmpn_id = 1\nlocation = "maybe"', "neither yes nor no"),
        ('time_zone = "Europe/Stokholm"', 'time_zone: "Europe/Stokholm" is not a time zone. Did you mean'),
        ('time_zone = "Europe"', '"Europe" is not a time zone.'),
        ('time_zone = "/etc/passwd"', '"/etc/passwd" is not a time zone.'),
        ('as_of = "1 April"', "as_of: '1 April' is not a date."),
        ('closing_days = [2021-06-25, "x"]', "closing_days.2: 'x' is not a date."),
        ('country = "Sweden"', "is not a country code."),
        ('language = "Swedish"', "is not a language code."),
        ('locale = "?"', "is not a locale."),
        ('workers = "many"', "is not a positive whole number."),
        ("workers = 0", "is not a positive whole number."),
        ("workers = true", "is not a positive whole number."),
        ("[workers]\ncuont = 2", 'workers.cuont: the setting is not known. Did you mean "count"?'),
        ("[workers]\ncount = 0", "workers: 0 is not a positive whole number."),
        ('[workers]\ncluster = "http://h:80"', 'workers.cluster: "http://h:80" is not the address'),
        ('[workers]\ncluster = "tcp://h"', 'workers.cluster: "tcp://h" is not the address'),
        ('[workers]\ncluster = "tls://h:8786"', "workers.cluster: tls://h:8786 needs certificates."),
        ('[workers]\ncluster = "tcp://h:8786"\ntls_ca = "ca.pem"', "tls_ca would not be used."),
        ('workers_cluster = "tcp://h:8786"', "workers_cluster: the setting is not known."),
        ("edition = 2021", "edition: 2021 is not a text."),
        ('ledger_url = "claims.sqlite"', "is not a database URL."),
        ('header_map = "x"', "header_map: 'x' is not a table."),
        ('partners = "x"', "partners is not a list of tables."),
        ("[smtp]\nport = 25", "smtp: the server's name is missing."),
        ('[smtp]\nhost = "h"\nsecurity = "ssl"', 'smtp.security: "ssl" is not known.'),
        ("edition = ", "the file cannot be read"),
    ],
)
def test_a_wrong_value_is_refused_with_file_key_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    workspace(tmp_path, text)

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)

    assert str(caught.value).startswith(str(tmp_path / FILE_NAME))
    assert message in str(caught.value)
    assert caught.value.hint


def test_the_block_of_the_workers_names_a_cluster_and_its_certificates(tmp_path: Path) -> None:
    text = """
[workers]
count = 3
cluster = "tls://scheduler.example.com:8786"
tls_ca = "ca.pem"
tls_cert = "cert.pem"
tls_key = "keys/key.pem"
timeout_seconds = 5
"""
    settings = load_settings(workspace(tmp_path, text))

    assert settings.workers == 3
    assert settings.cluster == Cluster(
        address="tls://scheduler.example.com:8786",
        tls_ca=tmp_path / "ca.pem",
        tls_cert=tmp_path / "cert.pem",
        tls_key=tmp_path / "keys/key.pem",
        timeout_seconds=5,
    )
    assert settings.origins["workers_cluster"] == FILE_NAME
    assert settings.origins["workers_tls_key"] == FILE_NAME


def test_the_environment_names_a_cluster_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace(tmp_path, '[workers]\ncluster = "tcp://scheduler.example.com:8786"\n')

    monkeypatch.setenv("CPOR_WORKERS_CLUSTER", "tcp://[::1]:8786")
    monkeypatch.setenv("CPOR_WORKERS_TIMEOUT_SECONDS", "7")
    other = load_settings(tmp_path)
    monkeypatch.setenv("CPOR_WORKERS_CLUSTER", "none")
    none = load_settings(tmp_path)

    assert other.cluster == Cluster(address="tcp://[::1]:8786", timeout_seconds=7)
    assert other.origins["workers_cluster"] == "environment CPOR_WORKERS_CLUSTER"
    assert none.cluster is None


def test_a_wrong_value_of_the_environment_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOR_TIME_ZONE", "Mars")

    with pytest.raises(ConfigurationError, match=r"^environment CPOR_TIME_ZONE: time_zone"):
        load_settings()


def test_the_commented_file_of_a_new_workspace_is_good_with_every_line_switched_on(tmp_path: Path) -> None:
    text = Assets().read_template("workspace/cpor-batch.toml").decode()
    lines = []
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        is_setting = "=" in bare.split("#")[0] and bare.split("=")[0].strip(' "').replace("_", "").isalnum()
        lines.append(bare if is_setting or bare.startswith("[") or "Kundens namn" in bare else line)
    switched_on = "\n".join(line for line in lines if not line.startswith('ledger_url = "sqlite'))

    load_settings(workspace(tmp_path, text))
    settings = load_settings(workspace(tmp_path, switched_on))

    assert settings.limits == Limits()
    assert settings.header_map == {"Kundens namn": "customer_name"}
    assert settings.house.partners["1234567"].organisation == "Fabrikam"
    assert settings.smtp is not None
    assert set(settings.origins.values()) >= {FILE_NAME}
    assert [name for name, origin in settings.origins.items() if origin == "default"] == ["actor", "inbox"]


def test_remembered_headers_leave_the_rest_of_the_file_as_it_was(tmp_path: Path) -> None:
    text = '# mine\nedition = "cpor-2021"  # the old one\n\n[[partners]]\nmpn_id = "1"\n'
    workspace(tmp_path, text)

    save_header_map(tmp_path, {"Kundens namn": "customer_name"})
    save_header_map(tmp_path, {"Kund": "customer_name"})

    saved = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert '# mine\nedition = "cpor-2021"  # the old one\n' in saved
    assert load_settings(tmp_path).header_map == {"Kundens namn": "customer_name", "Kund": "customer_name"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


SMTP_FILE = """
[smtp]
host = "mail.example.com"
port = 465
security = "tls"
user = "cpor"
password_file = "smtp-password"
ca_file = "mail-ca.pem"
timeout_seconds = 12
per_minute = 5
"""


def test_the_mail_server_is_read_with_paths_beside_the_file(tmp_path: Path) -> None:
    smtp = load_settings(workspace(tmp_path, SMTP_FILE)).smtp

    assert smtp == Smtp(
        host="mail.example.com",
        port=465,
        security="tls",
        user="cpor",
        password_file=tmp_path / "smtp-password",
        ca_file=tmp_path / "mail-ca.pem",
        timeout_seconds=12,
        per_minute=5,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("per_minute = 0", "smtp.per_minute: 0 is not a positive whole number."),
        ('timeout_seconds = "soon"', "smtp.timeout_seconds: 'soon' is not a positive whole number."),
        ('password = "x"', "smtp.password: the setting is not known."),
        ("ca_file = 3", "smtp.ca_file: 3 is not a text."),
    ],
)
def test_a_wrong_line_about_the_mail_server_is_named(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(workspace(tmp_path, f'[smtp]\nhost = "mail.example.com"\n{line}\n'))

    assert caught.value.message == message


def test_a_password_of_the_environment_weighs_more_than_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "set").write_text("of the setting\n")
    (tmp_path / "named").write_text("\ufeffof the named file\r\n", encoding="utf-8")
    smtp = Smtp(host="mail.example.com", user="cpor", password_file=tmp_path / "set")

    read = [read_smtp_password(smtp)]
    monkeypatch.setenv("CPOR_SMTP_PASSWORD_FILE", str(tmp_path / "named"))
    read.append(read_smtp_password(smtp))
    monkeypatch.setenv("CPOR_SMTP_PASSWORD", " of the environment ")
    read.append(read_smtp_password(smtp))

    assert read == ["of the setting", "of the named file", " of the environment "]
    assert read_smtp_password(Smtp(host="mail.example.com")) is None


@pytest.mark.parametrize("content", [None, b"", b"\n", b"one\ntwo\n", b"\xff\xfe"])
def test_a_password_file_that_holds_none_is_named_and_not_repeated(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "smtp-password"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match="smtp-password") as caught:
        read_smtp_password(Smtp(host="mail.example.com", user="cpor", password_file=path))

    assert caught.value.__cause__ is None
    assert "two" not in str(caught.value)
