"""Issues: what is wrong with the data, where, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """How much an issue weighs."""

    ERROR = "error"
    """The row cannot be accepted."""
    CONFLICT = "conflict"
    """Somebody has to decide."""
    WARNING = "warning"
    """Worth a look; the row is accepted."""


class IssueCode(StrEnum):
    """Every code of the contract, in its order: files, cells and claims, warnings."""

    FILE_NOT_FOUND = "file-not-found"
    FILE_TYPE = "file-type"
    FILE_ENCRYPTED = "file-encrypted"
    FILE_CORRUPT = "file-corrupt"
    FILE_TOO_LARGE = "file-too-large"
    FILE_XML_DTD = "file-xml-dtd"
    SHEET_TOO_LARGE = "sheet-too-large"
    SHEET_NOT_FOUND = "sheet-not-found"
    HEADER_MISSING = "header-missing"
    HEADER_DUPLICATE = "header-duplicate"

    CELL_REQUIRED = "cell-required"
    CELL_ERROR_VALUE = "cell-error-value"
    CELL_FORMULA_UNCALCULATED = "cell-formula-uncalculated"
    CELL_TYPE = "cell-type"
    TEXT_TOO_LONG = "text-too-long"
    TEXT_CONTROL_CHARACTERS = "text-control-characters"
    TENANT_ID_NOT_A_GUID = "tenant-id-not-a-guid"
    SUBSCRIPTION_ID_NOT_A_GUID = "subscription-id-not-a-guid"
    MPN_ID_NOT_NUMERIC = "mpn-id-not-numeric"
    DIGITS_LOST = "digits-lost"
    EMAIL_INVALID = "email-invalid"
    DOMAIN_INVALID = "domain-invalid"
    DATE_INVALID = "date-invalid"
    DATE_AMBIGUOUS = "date-ambiguous"
    SUBMISSION_DATE_IN_FUTURE = "submission-date-in-future"
    COUNTRY_UNKNOWN = "country-unknown"
    SOLUTION_AREA_UNKNOWN = "solution-area-unknown"
    ACTIVITY_UNKNOWN = "activity-unknown"
    ACTIVITY_NOT_IN_AREA = "activity-not-in-area"
    PRODUCT_UNKNOWN = "product-unknown"
    PRODUCT_NOT_IN_AREA = "product-not-in-area"
    PROGRAM_NOT_SUPPORTED = "program-not-supported"
    TECHNICAL_CONTACT_REQUIRED = "technical-contact-required"
    SOLUTION_SELLER_REQUIRED = "solution-seller-required"
    ISV_SOLUTION_REQUIRED = "isv-solution-required"
    SUBSCRIPTION_ID_REQUIRED = "subscription-id-required"
    SUBSCRIPTION_NOT_FOR_WORKLOAD = "subscription-not-for-workload"
    SUBSCRIPTION_IS_CSP = "subscription-is-csp"
    CLAIM_HEADER_DIFFERS = "claim-header-differs"
    CLAIM_INCOMPLETE = "claim-incomplete"
    TENANT_DOMAIN_MISMATCH = "tenant-domain-mismatch"
    SUBSCRIPTION_TWO_TENANTS = "subscription-two-tenants"
    DUPLICATE_LINE = "duplicate-line"
    OWN_DUPLICATE = "own-duplicate"
    ACTIVITY_COMBINATION = "activity-combination"
    POE_NOT_FOUND = "poe-not-found"
    POE_TOO_OLD = "poe-too-old"
    POE_DATE_IN_FUTURE = "poe-date-in-future"
    CLAIM_ALREADY_SUBMITTED = "claim-already-submitted"

    VALUE_CORRECTED = "value-corrected"
    DOMAIN_LOOKALIKE = "domain-lookalike"
    ROWS_HIDDEN = "rows-hidden"
    MACROS_IGNORED = "macros-ignored"
    LINKS_IGNORED = "links-ignored"
    LANGUAGE_FALLBACK = "language-fallback"
    COLUMN_UNKNOWN = "column-unknown"
    POE_DESCRIPTION_MISSING = "poe-description-missing"
    POE_DATE_MISSING = "poe-date-missing"
    SUBSCRIPTION_EXPIRES_SOON = "subscription-expires-soon"
    REASSOCIATION_NEEDED = "reassociation-needed"
    CUSTOMER_NAME_DIFFERS = "customer-name-differs"
    CONTACT_AT_PARTNER_DOMAIN = "contact-at-partner-domain"
    MPN_ID_NOT_YOURS = "mpn-id-not-yours"
    CALENDAR_UNKNOWN = "calendar-unknown"

    @property
    def severity(self) -> Severity:
        """ERROR for files, cells and claims; WARNING for the last block."""
        return _SEVERITY[self]

    @property
    def is_of_file(self) -> bool:
        """Whether the whole file is refused (exit code 4)."""
        return self in FILE_CODES


_ORDER: Final = tuple(IssueCode)
FILE_CODES: Final = frozenset(_ORDER[: _ORDER.index(IssueCode.HEADER_DUPLICATE) + 1])
_WARNINGS: Final = frozenset(_ORDER[_ORDER.index(IssueCode.VALUE_CORRECTED) :])
_SEVERITY: Final[Mapping[IssueCode, Severity]] = MappingProxyType(
    {code: Severity.WARNING if code in _WARNINGS else Severity.ERROR for code in _ORDER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that is wrong, with its place, the reason, the remedy and the rule behind it."""

    code: IssueCode
    file: str
    message: str
    """What is wrong, one sentence, with the value found."""
    hint: str
    """What to do, one sentence."""
    sheet: str | None = None
    cell: str | None = None
    """The cell in the file, such as "H14"."""
    row: int | None = None
    """The file's row number; None for codes of files only."""
    column: str | None = None
    """The key of the column, such as "tenant_id"."""
    rule: str = ""
    """The rule and its source, or empty where common sense is the rule."""
    before: str | None = None
    after: str | None = None
    """The text as it stood and as it is read: of `value-corrected`, and of what is said about such a cell."""

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return self.code.severity

    @property
    def where(self) -> str:
        """The place as people read it: `claims.xlsx, Claims!H14`."""
        if self.sheet and self.cell:
            return f"{self.file}, {self.sheet}!{self.cell}"
        spot = self.cell or (f"row {self.row}" if self.row is not None else "")
        return ", ".join(part for part in (self.file, self.sheet, spot) if part)
