import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents import DocumentResult, write_documents, write_preview
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.errors import ExitCode
from cpor_batch.files import sha256_of
from tests.documents.orders import BRAND, claim, letter, poe
from tests.documents.test_rendering import overridden

# In a worker, this logo ends the process that reads it.
A_DEADLY_LOGO = """
import os, sys
from multiprocessing import parent_process
from pathlib import Path
from cpor_batch.documents import rendering
from tests.documents.test_production import BRAND, Assets, letter, numbered, replace, write_documents

read_logo = rendering.read_logo
rendering.read_logo = lambda logo: os._exit(9) if logo == "deadly" and parent_process() else read_logo(logo)

if __name__ == "__main__":
    orders = [numbered(letter(), number) for number in range(9)]
    orders[4] = replace(orders[4], partner=replace(BRAND, logo="deadly"))
    results = write_documents(orders, out=Path(sys.argv[1]), assets=Assets(), workers=2)
    print([result.error for result in results if result.error])
    print(sum(result.error is None for result in results))
"""
A_LONG_RUN = """
import sys
from pathlib import Path
from tests.documents.test_production import Assets, letter, numbered, write_documents

def tell(result):
    print(result.path, flush=True)

if __name__ == "__main__":
    orders = [numbered(letter(), number) for number in range(1000)]
    try:
        write_documents(orders, out=Path(sys.argv[1]), assets=Assets(), workers=2, on_done=tell)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(130)
"""


def start_script(code: str, folder: Path) -> subprocess.Popen[str]:
    (folder / "main.py").write_text(code)
    return subprocess.Popen(
        [sys.executable, folder / "main.py", folder / "out"],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run_script(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    process = start_script(code, folder)
    said, complaints = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, said, complaints)


def numbered(order: DocumentOrder, number: int) -> DocumentOrder:
    return replace(order, reference=ClaimReference(f"CB-{number:08d}"))


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_documents_are_written_where_their_path_says(tmp_path: Path) -> None:
    orders = [letter(), poe("sv")]

    results = write_documents(orders, out=tmp_path, assets=Assets(), workers=2)

    assert [result.path for result in results] == files_in(tmp_path)
    assert [result.order for result in results] == orders
    assert [result.sha256 for result in results] == [sha256_of(tmp_path / result.path) for result in results]
    assert all(result.error is None and result.pages == 1 for result in results)


def test_nothing_to_do_is_done_at_once(tmp_path: Path) -> None:
    assert write_documents([], out=tmp_path / "out", assets=Assets(), workers=2) == ()
    assert not (tmp_path / "out").exists()


def test_the_same_orders_give_the_same_bytes_here_and_in_other_processes(tmp_path: Path) -> None:
    orders = [
        numbered(make(language), number)
        for number, (make, language) in enumerate(
            [(make, language) for make in (letter, poe) for language in ("en", "sv", "ja", "de")], start=1
        )
    ]
    heard: list[DocumentResult] = []

    beside = write_documents(orders, out=tmp_path / "two", assets=Assets(), workers=2, on_done=heard.append)
    here = write_documents(orders, out=tmp_path / "one", assets=Assets(), workers=1)

    assert [result.sha256 for result in beside] == [result.sha256 for result in here]
    assert None not in {result.sha256 for result in here}
    assert {result.path for result in heard} == {result.path for result in beside}
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")


def test_one_document_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    bad = replace(numbered(letter(), 2), partner=replace(BRAND, logo=str(tmp_path / "missing.png")))
    orders = [numbered(letter(), 1), bad, numbered(letter(), 3)]

    results = write_documents(orders, out=tmp_path / "out", assets=Assets(), workers=1)

    assert [result.error is None for result in results] == [True, False, True]
    assert results[1].exit_code is ExitCode.CONFIGURATION
    assert results[1].sha256 is None
    assert "missing.png" in str(results[1].error)
    assert len(files_in(tmp_path / "out")) == 2


def test_a_broken_template_fails_each_of_its_documents_with_its_place(tmp_path: Path) -> None:
    assets = overridden(tmp_path / "templates", "{{ nothing }}")

    letters, proofs = write_documents([letter(), poe()], out=tmp_path / "out", assets=assets, workers=1)

    assert "letter.html.j2:1: 'nothing' is undefined." in str(letters.error)
    assert letters.exit_code is ExitCode.CONFIGURATION
    assert proofs.error is None


def test_a_worker_that_dies_takes_only_its_own_document_along(tmp_path: Path) -> None:
    done = run_script(A_DEADLY_LOGO, tmp_path)

    assert done.stdout.splitlines() == [
        "['CB-00000004: the process that made it died. Simplify its template.']",
        "8",
    ], done.stderr
    assert len(files_in(tmp_path / "out")) == 8


def test_a_link_in_place_of_a_document_is_refused_and_its_target_untouched(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")
    out = tmp_path / "out"
    first = write_documents([letter()], out=out, assets=Assets(), workers=1)[0]
    (out / first.path).unlink()
    (out / first.path).symlink_to(precious)

    result = write_documents([letter()], out=out, assets=Assets(), workers=1)[0]

    assert result.exit_code is ExitCode.OUTPUT
    assert "this is a link" in str(result.error)
    assert precious.read_text() == "precious"
    assert (out / first.path).is_symlink()


def test_a_folder_that_is_a_link_to_another_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters").symlink_to(tmp_path / "elsewhere")

    result = write_documents([letter()], out=tmp_path / "out", assets=Assets(), workers=1)[0]

    assert result.exit_code is ExitCode.OUTPUT
    assert files_in(tmp_path / "elsewhere") == []


def test_an_out_folder_that_is_a_link_is_fine(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "share")

    result = write_documents([letter()], out=tmp_path / "out", assets=Assets(), workers=1)[0]

    assert result.error is None
    assert files_in(tmp_path / "share") == [result.path]


@pytest.mark.parametrize("name", ["../../outside", "CON", "שלום 🙂", "x" * 300, "a/b\\c:d", "\u202egnp.exe"])
def test_an_awkward_customer_gets_its_document_in_the_right_place(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"

    result = write_documents([letter(of=claim(customer_name=name))], out=out, assets=Assets(), workers=1)[0]

    assert result.error is None
    assert files_in(tmp_path) == [f"out/{result.path}"]
    assert result.path.startswith("letters/CB-7K3M9Q2T-")


def test_a_preview_is_a_pdf_or_a_page(tmp_path: Path) -> None:
    write_preview(letter(), target=tmp_path / "preview.pdf", assets=Assets())
    write_preview(letter(), target=tmp_path / "preview.html", assets=Assets())

    assert (tmp_path / "preview.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (tmp_path / "preview.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_ctrl_c_ends_at_once_and_leaves_whole_files_only(tmp_path: Path) -> None:
    process = start_script(A_LONG_RUN, tmp_path)
    assert process.stdout is not None
    process.stdout.readline()

    # To the whole group, as a terminal does it.
    os.killpg(process.pid, signal.SIGINT)
    started = time.monotonic()
    said, complaints = process.communicate(timeout=30)

    assert process.returncode == 130
    assert time.monotonic() - started < 10
    assert said.splitlines()[-1] == "interrupted"
    assert complaints == ""
    written = files_in(tmp_path / "out")
    assert written
    assert all((tmp_path / "out" / name).read_bytes().rstrip().endswith(b"%%EOF") for name in written)
