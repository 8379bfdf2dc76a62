from pathlib import Path

from cpor_batch.pipeline.bundle import find_attachment


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-")
    return path.resolve()


def test_an_attachment_lies_beside_the_workbook_that_named_it(tmp_path: Path) -> None:
    workspace, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    wanted = write(elsewhere / "poe" / "a.pdf")
    write(workspace / "inbox" / "poe" / "a.pdf")

    found = find_attachment("poe\\a.pdf", "claims.xlsx", {"claims.xlsx": (elsewhere,)}, workspace)

    assert found == wanted


def test_without_a_record_of_the_run_the_inbox_is_looked_through(tmp_path: Path) -> None:
    wanted = write(tmp_path / "inbox" / "poe" / "a.pdf")

    assert find_attachment("poe/a.pdf", "claims.xlsx", {}, tmp_path) == wanted


def test_a_path_that_leads_out_of_workbook_and_workspace_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.pdf")
    workspace = tmp_path / "workspace"
    (workspace / "inbox").mkdir(parents=True)
    (workspace / "inbox" / "link.pdf").symlink_to(secret)

    for wanted in ("../../secret.pdf", str(secret), "link.pdf"):
        assert find_attachment(wanted, "claims.xlsx", {}, workspace) is None
