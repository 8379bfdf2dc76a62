"""Read single values: what each setting may be, and what to say where it is something else."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cpor_batch.domain.known import PartnerEntry
from cpor_batch.domain.limits import Limits
from cpor_batch.errors import ConfigurationError, CporError, UsageError
from cpor_batch.settings.values import FILE_NAME, Smtp

COMMAND_LINE: Final = "command line"
LEDGER_FILE: Final = "ledger.sqlite"
SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the folder that its paths are relative to."""

    where: str
    path: str = ""
    folder: Path | None = None

    def at(self, step: str) -> "Place":
        """Return the place of a value inside this one."""
        return Place(self.where, f"{self.path}.{step}" if self.path else step, self.folder)

    def error(self, message: str, hint: str) -> CporError:
        """Return the error that names this place: a wrong flag is usage, all else is configuration."""
        if self.where == COMMAND_LINE:
            return UsageError(f"--{self.path.replace('_', '-')}: {message}", hint=hint)
        return ConfigurationError(f"{self.path}: {message}", hint=hint, where=self.where)


Reader = Callable[[object, Place], Any]  # each setting has a type of its own


def check_keys(values: Mapping[str, object], known: Sequence[str], place: Place) -> None:
    """Refuse keys that are not known."""
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f'Did you mean "{near[0]}"?' if near else f"Known are: {', '.join(known)}."
            raise place.at(key).error("the setting is not known.", hint)


def _text(raw: object, place: Place) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise place.error(f"{raw!r} is not a text.", 'Write it in quotes: "text".')
    return raw.strip()


def _number(raw: object, place: Place) -> int:
    if isinstance(raw, str) and raw.strip().isdecimal():
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise place.error(f"{raw!r} is not a positive whole number.", "Write digits, without quotes.")
    return raw


def _day(raw: object, place: Place) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError as exc:
        raise place.error(f"{str(raw)!r} is not a date.", "Write it as 2021-04-30.") from exc


def _days(raw: object, place: Place) -> tuple[date, ...]:
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    return tuple(_day(item, place.at(str(number))) for number, item in enumerate(items, 1))


def _path(raw: object, place: Place) -> Path:
    path = Path(raw if isinstance(raw, Path) else _text(raw, place)).expanduser()
    # Only what stands in the workspace's file is relative to it; a flag is relative to where one stands.
    is_of_file = place.where.endswith(FILE_NAME)
    base = place.folder if is_of_file and place.folder is not None else Path.cwd()
    return base / path


def _ledger_url(raw: object, place: Place) -> str:
    url = _text(raw, place)
    if "://" not in url:
        raise place.error(f'"{url}" is not a database URL.', f'Such as "{SQLITE}{LEDGER_FILE}".')
    if url.startswith(SQLITE) and not url.endswith(":memory:"):
        return f"{SQLITE}{_path(url.removeprefix(SQLITE), place)}"
    return url


def _locale(raw: object, place: Place) -> str:
    text = _text(raw, place)
    tag = text.partition(".")[0].replace("-", "_")
    known = _read_locales()
    if tag.casefold() in known or _may_be_combined(tag, known):
        return text
    near = difflib.get_close_matches(tag.casefold(), known, n=1, cutoff=0.85)
    of_language = [name for name in known.values() if name.startswith(f"{tag.partition('_')[0].lower()}_")]
    examples = of_language[:8] or ("sv_SE", "de_DE", "fr_FR", "es_ES", "ja_JP", "en_GB", "en_US")
    hint = f"Write language and country, such as {', '.join(examples)}."
    raise place.error(f'"{text}" is not a locale.', f'Did you mean "{known[near[0]]}"?' if near else hint)


@cache
def _read_locales() -> Mapping[str, str]:
    """Return every locale of Unicode's repository, folded -> as it is written."""
    # Babel takes a moment to load, and hardly any run names a locale.
    from babel.localedata import locale_identifiers

    return {name.casefold(): name for name in sorted(locale_identifiers())}


def _may_be_combined(tag: str, known: Mapping[str, str]) -> bool:
    """Whether the tag is a language that exists in a country that exists, such as sv_US."""
    language, _, country = tag.partition("_")
    countries = {name.rpartition("_")[2] for name in known.values() if "_" in name}
    return language.lower() in known and country.upper() in countries


def _country(raw: object, place: Place) -> str:
    text = _text(raw, place).upper()
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise place.error(f'"{text}" is not a country code.', "Write two letters, such as SE.")
    return text


def _language(raw: object, place: Place) -> str:
    text = _text(raw, place).lower()
    if not re.fullmatch(r"[a-z]{2}", text):
        raise place.error(f'"{text}" is not a language code.', "Write two letters, such as sv.")
    return text


def _time_zone(raw: object, place: Place) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    name = _text(raw, place)
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:  # unknown, not a name, a folder such as "Europe"
        near = difflib.get_close_matches(name, available_timezones(), n=1, cutoff=0.6)
        hint = f'Did you mean "{near[0]}"?' if near else 'Such as "Europe/Stockholm".'
        raise place.error(f'"{name}" is not a time zone.', hint) from exc
    return name


def _cluster_address(raw: object, place: Place) -> str | None:
    text = _text(raw, place)
    if text == "none":
        return None
    if not re.fullmatch(r"(tcp|tls)://([\w.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}", text):
        hint = 'Such as "tcp://scheduler.example.com:8786", tls:// with certificates, or "none".'
        raise place.error(f'"{text}" is not the address of a scheduler.', hint)
    return text


def _table(raw: object, place: Place, known: Sequence[str] | None = None) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise place.error(f"{raw!r} is not a table.", f"Write it below a line [{place.path}].")
    if known is not None:
        check_keys(raw, known, place)
    return raw


def _header_map(raw: object, place: Place) -> dict[str, str]:
    return {header: _text(key, place.at(header)) for header, key in _table(raw, place).items()}


def _limits(raw: object, place: Place) -> Limits:
    names = tuple(entry.name for entry in fields(Limits))
    return Limits(
        **{name: _number(value, place.at(name)) for name, value in _table(raw, place, names).items()}
    )


def _smtp(raw: object, place: Place) -> Smtp:
    table = _table(raw, place, tuple(entry.name for entry in fields(Smtp)))
    if "host" not in table:
        raise place.error("the server's name is missing.", 'Add host = "mail.example.com".')
    security = _text(table.get("security", "starttls"), place.at("security"))
    if security not in {"starttls", "tls", "none"}:
        raise place.at("security").error(f'"{security}" is not known.', "Write starttls, tls or none.")
    return Smtp(
        host=_text(table["host"], place.at("host")),
        port=_number(table.get("port", 587), place.at("port")),
        security=security,
        **{name: read(table[name], place.at(name)) for name, read in _SMTP_READERS.items() if name in table},
    )


_SMTP_READERS: Final[Mapping[str, Reader]] = {
    "user": _text,
    "password_file": _path,
    "ca_file": _path,
    "sender": _text,
    "timeout_seconds": _number,
    "per_minute": _number,
}


def _partners(raw: object, place: Place) -> Mapping[str, PartnerEntry]:
    if not isinstance(raw, list):
        raise place.error("partners is not a list of tables.", "Write each below a line [[partners]].")
    entries: dict[str, PartnerEntry] = {}
    for number, item in enumerate(raw, 1):
        entry = _partner(item, Place(place.where, f"partners[{number}]", place.folder))
        if entry.mpn_id in entries:
            raise place.error(f"the MPN ID {entry.mpn_id} stands there twice.", "Keep one of the entries.")
        entries[entry.mpn_id] = entry
    return MappingProxyType(entries)


def _partner(raw: object, place: Place) -> PartnerEntry:
    table = _table(raw, place, tuple(_PARTNER_READERS))
    if "mpn_id" not in table:
        raise place.error("the MPN ID is missing.", 'Add mpn_id = "1234567".')
    values = {name: _PARTNER_READERS[name](value, place.at(name)) for name, value in table.items()}
    return PartnerEntry(**{_PARTNER_FIELDS.get(name, name): value for name, value in values.items()})


def _mpn_id(raw: object, place: Place) -> str:
    text = str(raw).strip()
    if isinstance(raw, bool) or not (text.isascii() and text.isdecimal()):
        raise place.error(f'"{text}" is not an MPN ID.', 'Write its digits in quotes: "1234567".')
    return text


def _yes_no(raw: object, place: Place) -> bool:
    if isinstance(raw, bool):
        return raw
    answer = {"yes": True, "no": False}.get(str(raw).strip().lower())
    if answer is None:
        raise place.error(f"{raw!r} is neither yes nor no.", "Write true or false.")
    return answer


def _lines(raw: object, place: Place) -> tuple[str, ...]:
    items = raw if isinstance(raw, list) else re.split(r"[\n;]", _text(raw, place))
    return tuple(line for item in items if (line := str(item).strip()))


def _logo(raw: object, place: Place) -> str:
    return str(_path(raw, place))


def _colour(raw: object, place: Place) -> str:
    text = _text(raw, place)
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise place.error(f'"{text}" is not a colour.', 'Write it as "#0f6cbd".')
    return text.lower()


_PARTNER_READERS: Final[Mapping[str, Reader]] = {
    "mpn_id": _mpn_id,
    "name": _text,
    "organisation": _text,
    "country": _country,
    "region": _text,
    "location": _yes_no,
    "address": _lines,
    "sender": _text,
    "reply_to": _text,
    "footer": _text,
    "logo": _logo,
    "colour": _colour,
}
_PARTNER_FIELDS: Final = {"location": "is_location"}

READERS: Final[Mapping[str, Reader]] = {
    "edition": _text,
    "locale": _locale,
    "as_of": _day,
    "actor": _text,
    "time_zone": _time_zone,
    "country": _country,
    "region": _text,
    "language": _language,
    "closing_days": _days,
    "ledger_url": _ledger_url,
    "inbox": _path,
    "schemas_dir": _path,
    "templates_dir": _path,
    "workers": _number,
    "workers_cluster": _cluster_address,
    "workers_tls_ca": _path,
    "workers_tls_cert": _path,
    "workers_tls_key": _path,
    "workers_timeout_seconds": _number,
    "header_map": _header_map,
    "limits": _limits,
    "partners": _partners,
    "smtp": _smtp,
}
FROM_ENVIRONMENT: Final = tuple(
    name for name in READERS if name not in {"header_map", "limits", "partners", "smtp", "closing_days"}
)
