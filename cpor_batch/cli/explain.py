"""`cpor-batch explain`: what a code means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options
from cpor_batch.cli.printing import print_result
from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.rulebook.explanations import Explanation


@click.command("explain")
@click.argument("code", required=False, metavar="[CODE]")
@common_options("text", "json", reckons=False, judges=False)
def command(code: str | None, **options: Any) -> int:  # Any: the shared options
    """Say what CODE means, with an example, how to mend it and the rule behind it; without CODE list all.

    \b
    Examples:
      cpor-batch explain
      cpor-batch explain tenant-id-not-a-guid
    """
    from cpor_batch.rulebook import read_explanations

    pages = read_explanations(open_workspace(options, is_needed=False).assets)
    if code is None:
        found = list(pages.by_code.values())
    else:
        page = pages.find(code)
        if page is None:
            raise UsageError(f'"{code}" is not a code.', hint=_suggest(code, tuple(pages.by_code)))
        found = [page]
    fields = ("code", "title", "meaning", "example", "remedy", "rule")
    print_result(
        options,
        text=_list(found) if code is None else _page(found[0]),
        document=lambda: {
            "schema": "cpor-batch.explain/1",
            "codes": [{name: getattr(page, name) for name in fields} for page in found],
        },
    )
    return 0


def _list(pages: "Sequence[Explanation]") -> str:
    width = max(len(page.code) for page in pages)
    return "\n".join(f"{page.code:{width}}  {page.title}" for page in pages)


def _page(page: "Explanation") -> str:
    labels = (("What it means", page.meaning), ("Example", page.example), ("What to do", page.remedy))
    body = [f"{label}: {text}" for label, text in (*labels, ("Rule", page.rule))]
    return "\n\n".join([f"{page.code}: {page.title}", *body])


def _suggest(code: str, codes: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(code.casefold(), codes, n=3)
    listing = "cpor-batch explain lists them all."
    return f"Did you mean {' or '.join(near)}? {listing}" if near else listing
