"""The words for what earnings say of claims: reason codes, what comes from a claim, what pays nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.rulebook.matching import fold_name
from cpor_batch.rulebook.strict import Value, parse_yaml

EARNING_WORDS: Final = "earnings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningReason:
    """Why something earns nothing."""

    code: str
    meaning: str
    """A clause: "the usage stays below the least that earns"."""
    remedy: str
    """One sentence."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningWords:
    """How the earnings files are read."""

    associations: frozenset[str]
    """Folded spellings of an association by claim."""
    unpaid: frozenset[str]
    """Folded names of activities that pay nothing."""
    reasons: Mapping[str, EarningReason]
    """By code in capitals."""

    def is_by_claim(self, association: str) -> bool:
        """Whether the association comes from a CPOR claim."""
        return fold_name(association) in self.associations

    def pays(self, activity: str) -> bool:
        """Whether claims of this activity can earn."""
        return fold_name(activity) not in self.unpaid

    def reason(self, code: str) -> EarningReason | None:
        """Return the reason of that code, or None for one that nobody published."""
        return self.reasons.get(code.strip().upper())


def load_earning_words(assets: Assets) -> EarningWords:
    """Return the words; RulebookError names file and line of a wrong value."""
    return parse_earning_words(
        parse_yaml(assets.read_schema(EARNING_WORDS), str(assets.schema_path(EARNING_WORDS)))
    )


def parse_earning_words(root: Value) -> EarningWords:
    """Return the words that the file holds."""
    table = root.table(required=("associations", "unpaid", "reasons"))
    reasons = {}
    for code, value in table["reasons"].open_table().entries.items():
        entry = value.table(required=("meaning", "remedy", "reference"))
        reasons[code.upper()] = EarningReason(
            code=code.upper(),
            meaning=entry["meaning"].text(),
            remedy=entry["remedy"].text(),
            reference=entry["reference"].text(),
        )
    return EarningWords(
        associations=frozenset(fold_name(text) for text in table["associations"].spellings()),
        unpaid=frozenset(fold_name(text) for text in table["unpaid"].spellings()),
        reasons=MappingProxyType(reasons),
    )
