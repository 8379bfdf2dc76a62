"""Make a workspace: cpor-batch.toml, inbox/, out/ and an empty ledger."""

from dataclasses import dataclass
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.errors import ConfigurationError, OutputError
from cpor_batch.files import write_atomically
from cpor_batch.ledger import create_ledger, require_ledger
from cpor_batch.settings import FILE_NAME, load_settings

TEMPLATE = "workspace/cpor-batch.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised:
    """A workspace, new or found."""

    folder: Path
    is_new: bool


def init(folder: Path, *, configuration: bytes | None = None, is_dry_run: bool = False) -> Initialised:
    """Make `folder` a workspace and return it; one that is there already keeps everything it has.

    OutputError where the folder cannot be made, ConfigurationError where runs tell of a ledger that is gone.
    """
    path = folder / FILE_NAME
    is_new = not path.exists()
    if is_dry_run:
        return Initialised(folder=folder, is_new=is_new)
    try:
        for name in ("inbox", "out"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the workspace cannot be made: {error.strerror}.", hint="Name another folder.", where=str(folder)
        ) from error
    if is_new:
        write_atomically(path, configuration or Assets().read_template(TEMPLATE))
    url = load_settings(folder).ledger_url
    if any((folder / "out" / "runs").glob("*/run.json")):
        # An empty ledger in the place of one that is lost would hide the loss.
        _require_ledger(url)
    create_ledger(url)
    return Initialised(folder=folder, is_new=is_new)


def _require_ledger(url: str) -> None:
    try:
        require_ledger(url)
    except ConfigurationError as error:
        raise ConfigurationError(
            "the ledger is gone, and out/runs tells of runs that it held.",
            hint="Put it back, or a copy that cpor-batch ledger backup made. To begin anew, move out/ away "
            "first.",
            where=error.where,
        ) from error
