import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.issue import IssueCode
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook import read_explanations
from cpor_batch.rulebook.explanations import parse_explanations
from cpor_batch.rulebook.strict import parse_yaml


def test_every_code_and_every_kind_has_a_page() -> None:
    pages = read_explanations(Assets())

    assert list(pages.issues) == list(IssueCode)
    assert list(pages.conflicts) == list(ConflictKind)
    assert set(pages.by_code) == {*map(str, IssueCode), *map(str, ConflictKind)}
    for page in (*pages.issues.values(), *pages.conflicts.values()):
        assert len(page.title) <= 60
        assert page.meaning.endswith((".", "?"))
        assert page.remedy.endswith(".")


def test_a_page_is_found_however_its_code_is_typed() -> None:
    pages = read_explanations(Assets())

    for text in ("poe-too-old", "POE_TOO_OLD", " poe too old "):
        page = pages.find(text)
        assert page is not None
        assert page.code == "poe-too-old"
    assert pages.find("poe-too-young") is None


def test_a_code_without_a_page_is_refused() -> None:
    text = Assets().read_schema("issues.yaml").decode().replace("  file-type:\n", "  file-typo:\n", 1)

    with pytest.raises(RulebookError, match='Did you mean "file-type"'):
        parse_explanations(parse_yaml(text.encode(), "issues.yaml"))
