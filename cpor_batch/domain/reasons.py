"""Reasons for a rejection or for asking again: values of the edition, with own words behind a colon."""

from collections.abc import Sequence

from cpor_batch.domain.edition import Edition


def reasons_of(status: str, edition: Edition) -> tuple[str, ...]:
    """Return the reasons that the edition knows for a status; none where any text may stand."""
    match status:
        case "rejected":
            return edition.rejection_reasons
        case "partner-action-required":
            return edition.more_information_reasons
        case _:
            return ()


def match_reasons(text: str, known: Sequence[str]) -> str | None:
    """Return the reasons in `text` as the edition spells them, or None where one of them is no reason.

    A semicolon parts several. Case does not matter, and a beginning that fits one reason only is enough:
    "insufficient: page 2 unsigned" reads "Insufficient PoE: page 2 unsigned".
    """
    found: list[str] = []
    for part in (piece.strip() for piece in text.split(";")):
        head, colon, words = (piece.strip() for piece in part.partition(":"))
        reason = _match(head, known)
        if reason is not None:
            found.append(f"{reason}: {words}" if colon and words else reason)
        elif part and found and ": " in found[-1]:
            found[-1] = f"{found[-1]}; {part}"  # the words behind the colon hold a semicolon themselves
        elif part:
            return None
    return "; ".join(found) or None


def _match(text: str, known: Sequence[str]) -> str | None:
    folded = _fold(text)
    if not folded:
        return None
    exact = [reason for reason in known if _fold(reason) == folded]
    begun = [reason for reason in known if _fold(reason).startswith(folded)]
    fitting = exact or begun
    return fitting[0] if len(fitting) == 1 else None


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
