"""What one run is set to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from cpor_batch.domain.edition import DEFAULT_EDITION
from cpor_batch.domain.known import House, PartnerEntry
from cpor_batch.domain.limits import Limits

FILE_NAME: Final = "cpor-batch.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The server for `send --smtp`. The password itself is never a setting: see `password.py`."""

    host: str
    port: int = 587
    user: str | None = None
    """None: the server asks for no login."""
    password_file: Path | None = None
    security: str = "starttls"
    """ "starttls", "tls" or "none"."""
    ca_file: Path | None = None
    """Certificates (PEM) to trust in place of the system's, for a server with a private one."""
    sender: str | None = None
    """The envelope's sender; None: whom the message is from."""
    timeout_seconds: int = 30
    """How long to wait for one answer of the server."""
    per_minute: int = 30
    """How many messages to hand over in a minute, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A dask.distributed cluster that works in place of this machine's own processes."""

    address: str
    """The scheduler's: tcp://HOST:PORT, or tls://HOST:PORT."""
    tls_ca: Path | None = None
    """Certificates (PEM) that the cluster's are signed with; with tls:// only, as are the other two."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    """None: the key stands in `tls_cert`."""
    timeout_seconds: int = 30
    """How long to wait for the scheduler, and for a worker where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run is set to."""

    workspace: Path | None = None
    """The folder of cpor-batch.toml; None outside a workspace."""
    inbox: Path = Path("inbox")
    ledger_url: str = ""
    """A database URL; empty outside a workspace."""
    edition: str = DEFAULT_EDITION
    locale: str | None = None
    """Decides how 03/04/2026 is read; None: it is ambiguous."""
    as_of: date | None = None
    """The day that counts as today; None: today."""
    actor: str = ""
    time_zone: str = "UTC"
    """An IANA name such as "Europe/Stockholm"."""
    country: str | None = None
    region: str | None = None
    language: str = "en"
    closing_days: tuple[date, ...] = ()
    header_map: Mapping[str, str] = field(default_factory=dict)
    """Header -> key of the column, as remembered by --save-map."""
    limits: Limits = field(default_factory=Limits)
    partners: Mapping[str, PartnerEntry] = field(default_factory=dict)
    """By MPN ID."""
    schemas_dir: Path | None = None
    templates_dir: Path | None = None
    workers: int = 1
    """How many processes may work at once."""
    workers_cluster: str | None = None
    """The address of a cluster's scheduler; None: the processes are this machine's own."""
    workers_tls_ca: Path | None = None
    workers_tls_cert: Path | None = None
    workers_tls_key: Path | None = None
    workers_timeout_seconds: int = 30
    smtp: Smtp | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each value comes from, by its name."""

    @property
    def cluster(self) -> Cluster | None:
        """The cluster that is to do the work, or None."""
        if self.workers_cluster is None:
            return None
        return Cluster(
            address=self.workers_cluster,
            tls_ca=self.workers_tls_ca,
            tls_cert=self.workers_tls_cert,
            tls_key=self.workers_tls_key,
            timeout_seconds=self.workers_timeout_seconds,
        )

    @property
    def out(self) -> Path:
        """The folder for everything that is made; below the current folder outside a workspace."""
        return (self.workspace or Path.cwd()) / "out"

    @property
    def house(self) -> House:
        """What the rules need to know about the workspace."""
        return House(partners=self.partners, country=self.country, region=self.region, language=self.language)
