"""The import contracts name packages one by one; a new dependency must not slip past them."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

PROJECT: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)
# Extras for developing; the program itself never imports what they bring.
DEVELOPMENT_EXTRAS = {"dev", "lint", "test"}


def distribution(requirement: str) -> str:
    """Return what a requirement such as `pandera[pandas]>=0.35` asks for, spelt as names are compared."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def run_time_distributions() -> set[str]:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    requirements = project["dependencies"] + [
        line for extra in extras.keys() - DEVELOPMENT_EXTRAS for line in extras[extra]
    ]
    return {distribution(line) for line in requirements}


def test_pure_rooms_are_forbidden_every_dependency() -> None:
    wanted = run_time_distributions()
    importable = {
        module
        for module, names in packages_distributions().items()
        if any(distribution(name) in wanted for name in names) and not module.startswith("_")
    }
    (pure,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["name"].startswith("Pure:"))

    missing = importable - set(pure["forbidden_modules"])

    assert missing == set()
