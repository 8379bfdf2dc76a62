import os
import subprocess
import sys
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.documents import check_libraries
from cpor_batch.documents.libraries import FAMILIES, PACKAGES
from cpor_batch.documents.rendering import STYLESHEET
from tests.documents.orders import LANGUAGES

WITHOUT_PANGO = """
def raise_it():
    print("advice that nobody asked for")
    raise OSError("cannot load library 'libpango-1.0-0': not found. Additionally, ...")
raise_it()
"""


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "weasyprint").mkdir()
    (folder / "weasyprint" / "__init__.py").write_text(WITHOUT_PANGO)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{Path.cwd()}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_that_pdfs_need_is_found_here() -> None:
    report = check_libraries()

    assert report.is_complete
    assert report.can_print
    assert set(report.fonts) == set(LANGUAGES)
    assert report.pango is not None


def test_the_room_can_be_entered_without_the_libraries(tmp_path: Path) -> None:
    code = (
        "import sys, cpor_batch.documents\n"
        "print(sorted({'weasyprint', 'jinja2', 'pikepdf', 'segno', 'babel'} & set(sys.modules)))"
    )

    done = run(code, tmp_path)

    assert done.stdout.strip() == "[]"


def test_without_pango_nothing_is_made_and_the_remedy_is_named(tmp_path: Path) -> None:
    code = (
        "from cpor_batch.documents import require_libraries\n"
        "from cpor_batch.errors import MissingLibraryError\n"
        "try:\n    require_libraries()\n"
        "except MissingLibraryError as exc:\n    print(int(exc.exit_code), exc)"
    )

    done = run(code, tmp_path)

    assert done.stdout.startswith("3 PDF documents need Pango, which cannot be loaded")
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stdout
    assert "advice" not in done.stdout


def test_the_report_says_that_pango_is_missing(tmp_path: Path) -> None:
    code = (
        "from cpor_batch.documents import check_libraries\n"
        "report = check_libraries()\n"
        "print(report.can_print, report.problem)"
    )

    done = run(code, tmp_path)

    assert done.stdout.strip() == (
        "False PDF documents need Pango, which cannot be loaded (cannot load library 'libpango-1.0-0')."
    )


def test_the_set_up_installs_what_the_remedy_names() -> None:
    installed = Path(".ci/system-packages").read_text(encoding="utf-8")

    assert [package for package in PACKAGES if package not in installed] == []


def test_the_fonts_that_are_looked_for_are_those_of_the_stylesheet() -> None:
    assert FAMILIES in Assets().read_template(STYLESHEET).decode()
