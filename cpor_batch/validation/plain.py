"""Texts that read as themselves: what a reader would return unchanged, told by one pattern.

Nearly every cell of a real batch is such a text. Asking a compiled pattern about all of them takes a tenth of
the time that reading each takes; what does not match is read with care.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cpor_batch.validation import wording
from cpor_batch.validation.internet import PLAIN_DOMAIN, PLAIN_EMAIL, read_domain, read_email

_PLAIN_TEXT: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# Nothing but zeros, or nothing but f, is what forms leave behind and no ID.
_PLAIN_GUID: Final = re.compile(r"(?![0-]+\Z|[f-]+\Z)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PLAIN_DIGITS: Final = re.compile(r"[0-9]+")
_PLAIN_REFERENCE: Final = re.compile(r"CB-[0-9A-HJKMNP-TV-Z]{8}")

# Any: a reader takes a cell and gives a reading; only its identity counts here.
PLAIN_TEXTS: Final[Mapping[Callable[..., Any], re.Pattern[str]]] = {
    wording.read_text: _PLAIN_TEXT,
    wording.read_lines: _PLAIN_TEXT,
    wording.read_tenant_id: _PLAIN_GUID,
    wording.read_subscription_id: _PLAIN_GUID,
    wording.read_mpn_id: _PLAIN_DIGITS,
    wording.read_claim_reference: _PLAIN_REFERENCE,
    read_email: PLAIN_EMAIL,
    read_domain: PLAIN_DOMAIN,
}
"""By reader: every text that matches as a whole is its own value, without fault, correction or warning."""
