"""What every code of an issue and every kind of conflict means, for `explain`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.strict import Value, parse_yaml

EXPLANATIONS: Final = "issues.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The page of one code."""

    code: str
    title: str
    meaning: str
    example: str
    remedy: str
    rule: str
    """The rule and its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanations:
    """The pages of all codes."""

    issues: Mapping[IssueCode, Explanation]
    conflicts: Mapping[ConflictKind, Explanation]

    def find(self, code: str) -> Explanation | None:
        """Return the page of a code or kind, or None; what is both issue and conflict has the issue's."""
        wanted = code.strip().casefold().replace("_", "-").replace(" ", "-")
        return self.by_code.get(wanted)

    @property
    def by_code(self) -> Mapping[str, Explanation]:
        """All pages by their code, issues first."""
        pages = {str(code): page for code, page in self.issues.items()}
        return pages | {str(kind): page for kind, page in self.conflicts.items() if kind not in pages}


def read_explanations(assets: Assets) -> Explanations:
    """Return the pages; RulebookError where a code has none."""
    return parse_explanations(
        parse_yaml(assets.read_schema(EXPLANATIONS), str(assets.schema_path(EXPLANATIONS)))
    )


def parse_explanations(root: Value) -> Explanations:
    """Return the pages that the file holds; RulebookError where a code has none."""
    table = root.table(required=("issues", "conflicts"))
    issues = _pages(table["issues"], IssueCode)
    conflicts = _pages(table["conflicts"], ConflictKind)
    return Explanations(
        issues=MappingProxyType({code: issues[code] for code in IssueCode}),
        conflicts=MappingProxyType({kind: conflicts[kind] for kind in ConflictKind}),
    )


def _pages(value: Value, codes: Iterable[str]) -> Mapping[str, Explanation]:
    table = value.table(required=tuple(str(code) for code in codes))
    return {code: _page(code, entry) for code, entry in table.entries.items()}


def _page(code: str, value: Value) -> Explanation:
    table = value.table(required=("title", "meaning", "example", "remedy", "rule"))
    return Explanation(
        code=code,
        title=table["title"].text(),
        meaning=table["meaning"].text(),
        example=table["example"].text(),
        remedy=table["remedy"].text(),
        rule=table["rule"].text(),
    )
