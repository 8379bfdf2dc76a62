"""`cpor-batch config show`: what is set, and where it comes from."""

import re
from dataclasses import fields
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import format_option, place_options
from cpor_batch.cli.printing import print_json, print_text


@click.group("config")
def command() -> None:
    """Look at the settings."""


@command.command("show")
@format_option("text", "json")
@place_options
def show(form: str, **options: Any) -> int:  # Any: the shared options
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
    if form == "json":
        print_json(
            {
                "schema": "cpor-batch.config/1",
                "workspace": str(settings.workspace),
                "settings": {
                    name: {"value": value, "origin": origin} for name, (value, origin) in shown.items()
                },
            }
        )
    else:
        width = max(len(name) for name in shown)
        lines = [f"{name:{width}}  {value}  ({origin})" for name, (value, origin) in shown.items()]
        print_text("\n".join([f"{'workspace':{width}}  {settings.workspace}", *lines]))
    return 0


def _shown(value: Any) -> Any:  # Any: settings are of every type
    from cpor_batch.reports.plain import plain

    return hide_password(value) if isinstance(value, str) else plain(value)


def hide_password(text: str) -> str:
    """Return a URL with its password hidden; any other text as it is."""
    return re.sub(r"(://[^/:@\s]*):[^@/\s]*@", r"\1:***@", text)
