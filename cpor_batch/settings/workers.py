"""The block [workers]: its keys are settings of their own, and judged together."""

from collections.abc import Mapping
from typing import Any, Final

from cpor_batch.settings.readers import READERS, Place, check_keys

WORKERS: Final[Mapping[str, str]] = {
    "count": "workers",
    **{name.removeprefix("workers_"): name for name in READERS if name.startswith("workers_")},
}
"""Key in [workers] -> setting. The bare line `workers = 2` stands for `count`."""
OF_FILE: Final = tuple(name for name in READERS if not name.startswith("workers_"))
"""What may stand in cpor-batch.toml at its top."""


def unfold_workers(content: Mapping[str, object], place: Place) -> dict[str, object]:
    """Return the content of a file with the keys of [workers] as settings of their own."""
    table = content.get("workers")
    if not isinstance(table, Mapping):
        return dict(content)
    check_keys(table, tuple(WORKERS), place.at("workers"))
    rest = {name: value for name, value in content.items() if name != "workers"}
    return rest | {WORKERS[key]: value for key, value in table.items()}


def check_cluster(values: Mapping[str, Any], place: Place) -> None:  # Any: settings are of every type
    """Refuse certificates without tls://, and tls:// without certificates."""
    address = values.get("workers_cluster")
    if address is None:
        return
    given = [f"tls_{name}" for name in ("ca", "cert", "key") if values.get(f"workers_tls_{name}")]
    if address.startswith("tcp://") and given:
        message = f"{address} is not encrypted, and {', '.join(given)} would not be used."
        raise place.at("workers.cluster").error(
            message, "Write tls:// in place of tcp://, or leave them out."
        )
    if address.startswith("tls://") and not {"tls_ca", "tls_cert"} <= {*given}:
        message = f"{address} needs certificates."
        hint = "Set tls_ca and tls_cert, and tls_key where the key is a file of its own."
        raise place.at("workers.cluster").error(message, hint)
