from pathlib import Path

import pytest

from cpor_batch.assets import Assets, builtin_folder
from cpor_batch.errors import ConfigurationError


def test_built_in_files_are_found_and_listed() -> None:
    assets = Assets()

    assert assets.read_schema("editions/cpor-2021.yaml").startswith(b"#")
    assert assets.list_schemas("editions") == ("editions/cpor-2021.yaml", "editions/mci-2023.yaml")
    assert "countries.yaml" in assets.list_schemas()
    assert assets.template_path("workspace/cpor-batch.toml").is_file()
    assert assets.list_templates("workspace") == ("workspace/cpor-batch.toml",)
    assert assets.sample_data() == builtin_folder("sample_data")


def test_a_users_file_stands_in_for_the_built_in_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "cpor-2021.yaml").write_text("mine")

    assets = Assets(schemas_dir=tmp_path)

    assert assets.read_schema("editions/cpor-2021.yaml") == b"mine"
    assert assets.read_schema("editions/mci-2023.yaml") == Assets().read_schema("editions/mci-2023.yaml")


def test_an_edition_of_ones_own_is_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "ours-2026.yaml").write_text("mine")

    assert "editions/ours-2026.yaml" in Assets(schemas_dir=tmp_path).list_schemas("editions")


@pytest.mark.parametrize("name", ["edition/cpor-2021.yaml", "editions/cpor-2021.yml", "country.yaml"])
def test_a_file_that_matches_no_built_in_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")

    with pytest.raises(ConfigurationError, match=r"stands for none .* Did you mean") as caught:
        Assets(schemas_dir=tmp_path)

    assert caught.value.where == str(path)


def test_a_misspelt_template_is_refused_and_a_logo_is_not(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    Assets(templates_dir=tmp_path)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "cpor-bach.toml").write_text("")

    with pytest.raises(ConfigurationError, match=r'Did you mean "workspace/cpor-batch\.toml"'):
        Assets(templates_dir=tmp_path)


@pytest.mark.parametrize("name", ["svensk.po", "sv.po.po", "sub/nl.po"])
def test_a_catalogue_that_is_named_after_no_language_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "translations" / name
    path.parent.mkdir(parents=True)
    path.write_text("")

    with pytest.raises(ConfigurationError, match="stands for none"):
        Assets(templates_dir=tmp_path)


def test_what_systems_leave_behind_is_no_override(tmp_path: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "~$claims.yaml", "README.md"):
        (tmp_path / name).write_text("")

    assert Assets(schemas_dir=tmp_path).list_schemas() == Assets().list_schemas()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not a folder"):
        Assets(templates_dir=tmp_path / "nowhere")


def test_asking_for_a_file_that_does_not_exist_names_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigurationError, match=r'Did you mean "countries\.yaml"'):
        Assets().read_schema("countrys.yaml")
