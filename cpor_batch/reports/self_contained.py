"""A template filled into one self-contained HTML document: no request, a strict Content-Security-Policy."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from cpor_batch.assets import Assets
from cpor_batch.errors import TemplateError

_FOLDER: Final = "reports"


def fill_page(assets: Assets, template: str, *, style: str, script: str, context: Mapping[str, Any]) -> str:
    """Return templates/reports/`template` filled with `context`, `style`, `script` and their policy.

    Everything but our own style and script is escaped. TemplateError where an overriding template is wrong.
    """
    # `Any`: what the template may name; StrictUndefined holds the template to it.
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2 import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: read_part(assets, name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for text in (style, script):
        _refuse_end_tag(text)
    try:
        return environment.get_template(template).render(
            **context,
            # Our own files and CSS made of escaped text only; nothing of a claim is marked as safe.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=content_policy(style, script),
        )
    except JinjaError as exc:
        raise TemplateError(
            f"The report page cannot be made: {exc}.",
            hint="Mend the template, or take it out of the templates folder to use the built-in one.",
            where=f"templates/{_FOLDER}/{template}",
        ) from exc


def read_part(assets: Assets, name: str) -> str:
    """Return a file of templates/reports/ as a browser reads it, with the line breaks that it hashes."""
    text = assets.read_template(f"{_FOLDER}/{name}").decode("utf-8-sig")
    return text.replace("\r\n", "\n")


def content_policy(style: str, script: str) -> str:
    """Return the page's Content-Security-Policy: its own style and script by their hashes, nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _refuse_end_tag(text: str) -> None:
    if "</" in text:
        raise TemplateError(
            'a style or script of a page may not contain "</".',
            hint="Write the text in another way; in JavaScript as <\\/.",
            where=f"templates/{_FOLDER}",
        )
