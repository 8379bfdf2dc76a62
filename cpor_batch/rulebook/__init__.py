"""The rulebook: schemas/ read strictly into values, and the questions that the other rooms ask it."""

from cpor_batch.rulebook.catalogue import Catalogue
from cpor_batch.rulebook.check import check_rules
from cpor_batch.rulebook.countries import Countries
from cpor_batch.rulebook.explanations import Explanation, Explanations, read_explanations
from cpor_batch.rulebook.load import load_rulebook
from cpor_batch.rulebook.matching import fold_name, fold_product
from cpor_batch.rulebook.rulebook import Rulebook, find_activity, find_area
from cpor_batch.rulebook.sheet import LANGUAGES, ColumnKind, ColumnRule, Scope, SheetSchema

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "ColumnKind",
    "ColumnRule",
    "Countries",
    "Explanation",
    "Explanations",
    "Rulebook",
    "Scope",
    "SheetSchema",
    "check_rules",
    "find_activity",
    "find_area",
    "fold_name",
    "fold_product",
    "load_rulebook",
    "read_explanations",
]
