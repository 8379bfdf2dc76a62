"""The wheel holds everything, and works where nothing of the checkout can be found.

An editable installation finds schemas/, templates/ and sample_data/ in the checkout, so only these tests
notice when one of them is missing from what users get.
"""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from cpor_batch import __version__

CHECKOUT = Path(__file__).parents[2]
DATA_FOLDERS = ("schemas", "templates", "sample_data")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `command` with neither the checkout nor the test's own environment in reach."""
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=outside | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def build(target: str, source: Path, into: Path) -> Path:
    """Return the wheel or source archive of the project in `source`."""
    built = run(
        sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=source
    )
    assert built.returncode == 0, built.stderr
    (archive,) = into.iterdir()
    return archive


def names_in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", CHECKOUT, tmp_path_factory.mktemp("sdist"))


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_wheel_holds_every_data_file(wheel: Path, folder: str) -> None:
    files = {
        path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / folder).rglob("*") if path.is_file()
    }

    missing = files - {name.removeprefix("cpor_batch/builtin/") for name in names_in_wheel(wheel)}

    assert files
    assert missing == set()


def test_wheel_puts_nothing_but_the_package_into_site_packages(wheel: Path) -> None:
    top_level = {name.split("/")[0] for name in names_in_wheel(wheel)}

    assert {name for name in top_level if not name.endswith(".dist-info")} == {"cpor_batch"}
    assert "cpor_batch/py.typed" in names_in_wheel(wheel)


def test_source_archive_makes_the_same_wheel(wheel: Path, source_archive: Path, tmp_path: Path) -> None:
    with tarfile.open(source_archive) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()

    again = build("wheel", source, tmp_path / "wheel")

    assert names_in_wheel(again) == names_in_wheel(wheel)


@pytest.mark.slow
def test_installed_wheel_runs_the_demo_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    elsewhere = tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    # pip of the running environment, so that the new one starts with nothing in it at all.
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile")
    installed = run(*pip, "--constraint", CHECKOUT / "constraints.txt", wheel, cwd=elsewhere)
    assert installed.returncode == 0, installed.stderr
    program = python.with_name("cpor-batch")

    version = run(program, "--version", cwd=elsewhere, HOME=str(home))
    demo = run(program, "demo", cwd=elsewhere, HOME=str(home))

    assert __version__ in version.stdout, version.stderr
    assert demo.returncode == 0, demo.stderr
    workspace = elsewhere / "cpor-demo"
    assert 'as_of = "2021-04-01"' in (workspace / "cpor-batch.toml").read_text(encoding="utf-8")
    for made in ("out/letters/*.pdf", "out/poe/*.pdf", "out/runs/*/run.json"):
        assert list(workspace.glob(made)), f"the demo made no {made}"
    # fontconfig keeps a cache of its own where the system's is out of date.
    assert {path.name for path in home.iterdir()} <= {".cache"}, "the demo wrote outside its folder"
