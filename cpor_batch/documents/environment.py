"""The jinja environment of letters and PoE: sandboxed, strict, escaping. Imported where it is used."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_context,
)
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from cpor_batch.assets import Assets
from cpor_batch.documents.sources import find_source
from cpor_batch.errors import ConfigurationError, TemplateError
from cpor_batch.texts import format_day, read_translations

BUILTIN: Final = "builtin/"
MAX_REPEATED: Final = 10_000
"""What a template may multiply: `"a" * 10 ** 10` would eat all memory, and the sandbox allows it."""


_MISTAKES: Final = (
    *(JinjaError, MemoryError),
    *(TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
)
"""What an expression of a template can raise."""


class AssetLoader(BaseLoader):
    """Templates by name: the user's folder first; "builtin/NAME" is always the one that came along."""

    def __init__(self, assets: Assets) -> None:
        """Look templates up in `assets`."""
        self.assets = assets

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """Return the text and the path; raises TemplateNotFound."""
        del environment
        try:
            path = self._path_of(template)
            return path.read_text(encoding="utf-8"), str(path), None
        except (OSError, ConfigurationError) as exc:
            raise TemplateNotFound(template) from exc
        except UnicodeDecodeError as exc:
            raise TemplateError(
                "this is not a text in UTF-8.", hint="Save it as UTF-8.", where=template
            ) from exc

    def _path_of(self, template: str) -> Path:
        if template.startswith(BUILTIN):
            return find_source(Assets(), template.removeprefix(BUILTIN))
        return find_source(self.assets, template)


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what can only be meant to fill the memory. Any: a template's values may be of every type."""
        numbers = [value for value in (left, right) if isinstance(value, int)]
        if operator == "**" or any(abs(number) > MAX_REPEATED for number in numbers):
            raise SecurityError(f"{operator} is not for numbers above {MAX_REPEATED}")
        return super().call_binop(context, operator, left, right)


def _blank_for_none(value: Any) -> Any:
    # Any: whatever a template prints. What a claim does not say is left out and never printed as "None".
    return "" if value is None else value


@lru_cache(maxsize=64)
def open_environment(assets: Assets, language: str, country: str | None = None) -> Environment:
    """Return the environment for documents in `language`; dates are written as in `country`, two letters."""
    environment = _Sandbox(
        loader=AssetLoader(assets),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        finalize=_blank_for_none,
        auto_reload=False,
    )
    translations = read_translations(assets, language)
    # The i18n extension adds this method when it is loaded.
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["gettext"] = _gettext_of(translations)
    environment.policies["ext.i18n.trimmed"] = True

    def day(value: date) -> str:
        return format_day(value, language, country=country)

    environment.filters["day"] = day
    return environment


def _gettext_of(translations: NullTranslations) -> Callable[..., str]:
    """Return jinja's own gettext, but for names that end in a full stop: "of Fabrikam, Inc." has one stop."""

    @pass_context
    def gettext(context: Context, message: str, /, **variables: Any) -> str:
        # Any: a template's values may be of every type.
        text = translations.gettext(message)
        for name, value in variables.items():
            if str(value).endswith("."):
                text = text.replace(f"%({name})s.", f"%({name})s")
        # The text is the translator's; Markup escapes the values as they are put in.
        return (Markup(text) if context.eval_ctx.autoescape else text) % variables  # noqa: S704

    return gettext


def render_template(environment: Environment, name: str, values: Mapping[str, object]) -> str:
    """Return the finished text; raises TemplateError with file, line and variable."""
    try:
        return environment.get_template(name).render(values)
    except TemplateSyntaxError as exc:
        raise TemplateError(
            f"{exc.message}.",
            hint="Mend the template.",
            where=f"{exc.filename or exc.name or name}:{exc.lineno}",
        ) from exc
    except TemplateNotFound as exc:
        raise TemplateError(
            f'there is no template "{exc.name}".',
            hint="Correct the name.",
            where=_place_in(exc.__traceback__) or name,
        ) from exc
    except RecursionError as exc:
        raise TemplateError(
            "this template extends or includes itself without end.",
            hint=f'To build on the one that came with the program, name it "{BUILTIN}{name}".',
            where=_place_in(exc.__traceback__) or name,
        ) from None
    except _MISTAKES as exc:
        raise _mistake(exc, name, known=values) from exc


def _mistake(exc: BaseException, name: str, *, known: Mapping[str, object]) -> TemplateError:
    variable = re.match(r"'([^']+)' is undefined", str(exc))
    near = get_close_matches(variable[1], list(known), n=1) if variable else []
    hint = f'Did you mean "{near[0]}"?' if near else "Mend the template."
    return TemplateError(
        f"{str(exc).rstrip('.') or type(exc).__name__}.",
        hint=hint,
        where=_place_in(exc.__traceback__) or name,
    )


def _place_in(trace: TracebackType | None) -> str:
    """Return file:line of the innermost template; jinja puts the lines of templates into the trace."""
    places = [
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in walk_tb(trace)
        if frame.f_code.co_filename.endswith(".j2")
    ]
    return places[-1] if places else ""
