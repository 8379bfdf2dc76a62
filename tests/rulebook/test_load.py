import subprocess
import sys
from pathlib import Path

import pytest

from cpor_batch.assets import Assets, copy_schemas
from cpor_batch.errors import ConfigurationError, RulebookError
from cpor_batch.rulebook import check_rules, load_rulebook
from tests.builders import rulebook


def override(folder: Path, name: str, old: str, new: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Assets().read_schema(name).decode()
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_both_editions_are_loaded_and_one_is_chosen() -> None:
    assert set(rulebook().editions) == {"cpor-2021", "mci-2023"}
    assert rulebook("mci-2023").edition.name == "mci-2023"


def test_an_edition_that_does_not_exist_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigurationError, match='Did you mean "cpor-2021"'):
        load_rulebook(Assets(), edition="cpor-2012")


def test_the_fingerprint_changes_with_any_file_and_not_with_line_ends(tmp_path: Path) -> None:
    own = override(tmp_path / "own", "editions/cpor-2021.yaml", "value: 30", "value: 60")
    windows = tmp_path / "windows"
    copy_schemas(windows)
    for path in windows.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    changed = load_rulebook(Assets(schemas_dir=own))
    same = load_rulebook(Assets(schemas_dir=windows))

    assert len(rulebook().fingerprint) == 64
    assert changed.fingerprint != rulebook().fingerprint
    assert changed.edition.settings.expiry_warning_days == 60
    assert same.fingerprint == rulebook().fingerprint


def test_an_edition_that_speaks_of_an_unknown_column_is_refused(tmp_path: Path) -> None:
    own = override(tmp_path, "editions/cpor-2021.yaml", "column: customer_domain", "column: customer_domian")

    with pytest.raises(RulebookError, match='"customer_domian" does not exist'):
        load_rulebook(Assets(schemas_dir=own))


def test_an_edition_bears_the_name_of_its_file(tmp_path: Path) -> None:
    own = override(tmp_path, "editions/cpor-2021.yaml", "name: cpor-2021", "name: cpor-2022")

    with pytest.raises(RulebookError, match="is not the name of the file"):
        load_rulebook(Assets(schemas_dir=own))


def test_a_catalogue_of_ones_own_adds_products(tmp_path: Path) -> None:
    path = tmp_path / "catalogue" / "ours.yaml"
    path.parent.mkdir()
    path.write_text(
        "about: Ours.\nfamily: Microsoft 365\nlevel: workload\n"
        "claimable: {from: null, until: null, reference: r}\n"
        "products:\n  - {name: Contoso Workload, reference: r}\n"
    )

    found = load_rulebook(Assets(schemas_dir=tmp_path)).catalogue.find("contoso workload")

    assert found is not None
    assert check_rules(tmp_path) == ()


def test_rules_that_are_fine_have_no_problems() -> None:
    assert check_rules(None) == ()


def test_every_wrong_file_is_reported(tmp_path: Path) -> None:
    override(tmp_path, "editions/cpor-2021.yaml", "holds_key: true", "holds_key: yes")
    override(tmp_path, "sheets/claims.yaml", "max_length: 100", "maxlength: 100")

    problems = check_rules(tmp_path)

    assert sorted(Path(problem.where.rpartition(":")[0]).name for problem in problems) == [
        "claims.yaml",
        "cpor-2021.yaml",
    ]


def test_a_file_that_stands_for_nothing_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "claim.yaml").write_text("name: Claims\n")

    (problem,) = check_rules(tmp_path)

    assert 'Did you mean "sheets/claims.yaml"?' in str(problem)


def test_copied_rules_are_fine_and_a_second_copy_keeps_what_is_there(tmp_path: Path) -> None:
    written = copy_schemas(tmp_path)
    (tmp_path / "countries.yaml").write_text("mine")

    again = copy_schemas(tmp_path)

    assert tmp_path / "editions" / "mci-2023.yaml" in written
    assert again == ()
    assert (tmp_path / "countries.yaml").read_text() == "mine"


def test_loading_imports_nothing_heavy() -> None:
    heavy = ("pandas", "pandera", "babel", "holidays", "rapidfuzz", "jinja2")
    program = (
        "import sys; from cpor_batch.assets import Assets; from cpor_batch.rulebook import load_rulebook;"
        f"load_rulebook(Assets()); print([name for name in {heavy!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
