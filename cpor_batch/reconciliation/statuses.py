"""Partner Center's words for statuses, read as the statuses of an edition."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cpor_batch.domain.edition import Edition

_FIRST = frozenset({"editing", "draft"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWords:
    """How exports spell statuses."""

    spellings: Mapping[str, str]
    """Folded spelling -> status; one that the claim's edition does not have counts as unknown."""

    def read(self, text: str, edition: Edition) -> str:
        """Return the status of the edition that `text` names, else the text itself, as it is reported."""
        folded = fold(text)
        own = {
            fold(name): rule.name for rule in edition.statuses.values() for name in (rule.name, rule.label)
        }
        name = own.get(folded) or self.spellings.get(folded, "")
        if name in _FIRST:
            return edition.settings.first_status
        return name if name in edition.statuses else text.strip()


# An export says the same few words in every line.
@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """Return the text without case, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())
