"""`cpor-batch config show`: what is set, and where it comes from."""

import re
from dataclasses import fields
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import actor_option, common_options, locale_option
from cpor_batch.cli.printing import print_result


@click.group("config")
def command() -> None:
    """Look at the settings."""


@command.command("show")
@locale_option
@actor_option
@common_options("text", "json")
def show(**options: Any) -> int:  # Any: the shared options
    """Print every setting with its value and its origin: command line, environment, file or default.

    \b
    Examples:
      cpor-batch config show
      cpor-batch config show --format json
    """
    settings = open_workspace(options).settings
    shown = {
        field.name: (_shown(getattr(settings, field.name)), settings.origins.get(field.name, "default"))
        for field in fields(settings)
        if field.name not in {"origins", "workspace"}
    }
    width = max(len(name) for name in shown)
    lines = [f"{name:{width}}  {_in_words(value)}  ({origin})" for name, (value, origin) in shown.items()]
    print_result(
        options,
        text="\n".join([f"{'workspace':{width}}  {settings.workspace}", *lines]),
        document=lambda: {
            "schema": "cpor-batch.config/1",
            "workspace": str(settings.workspace),
            "settings": {name: {"value": value, "origin": origin} for name, (value, origin) in shown.items()},
        },
    )
    return 0


def _shown(value: Any) -> Any:  # Any: settings are of every type
    from cpor_batch.reports.plain import plain

    return hide_password(value) if isinstance(value, str) else plain(value)


def _in_words(value: Any) -> str:  # Any: what JSON can say
    """Return the value as people write it; "-" for one that is not set."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_in_words(one)}" for key, one in value.items()) or "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_in_words, value)) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value in {None, ""} else str(value)


def hide_password(text: str) -> str:
    """Return a URL with its password hidden; any other text as it is."""
    return re.sub(r"(://[^/:@\s]*):[^@/\s]*@", r"\1:***@", text)
