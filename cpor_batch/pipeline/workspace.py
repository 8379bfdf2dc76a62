"""The workspace: settings, rulebook and the day, opened once and handed to every use case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from cpor_batch import clock
from cpor_batch.assets import Assets
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.known import House
from cpor_batch.domain.owing import find_owed
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import ConfigurationError
from cpor_batch.rulebook import Rulebook, load_rulebook
from cpor_batch.rulebook.matching import did_you_mean
from cpor_batch.rulebook.side_sheets import SIDE_SHEETS, load_side_sheet
from cpor_batch.settings import COMMAND_LINE, FILE_NAME, Settings, wrong_value
from cpor_batch.texts import supported_languages


@dataclass(frozen=True)
class Workspace:
    """Everything that a use case needs to know; a folder only where one was found."""

    settings: Settings

    @cached_property
    def assets(self) -> Assets:
        """Where schemas, templates and sample data are; a folder that is none is told by its setting."""
        for name in ("schemas_dir", "templates_dir"):
            folder: Path | None = getattr(self.settings, name)
            if folder is not None and not folder.is_dir():
                hint = "Make it, or leave the setting out."
                raise wrong_value(self.settings, name, f"{folder} is not a folder.", hint)
        return Assets(schemas_dir=self.settings.schemas_dir, templates_dir=self.settings.templates_dir)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules of the chosen edition."""
        self.require_edition()
        return load_rulebook(
            self.assets, edition=self.settings.edition, closing_days=self.settings.closing_days
        )

    def column_keys(self, *sheets: str) -> tuple[str, ...]:
        """Return the keys of the columns of these side sheets, sorted; without any, the batch workbook's."""
        if not sheets:
            return tuple(sorted(column.key for column in self.rulebook.sheet.columns))
        schemas = (load_side_sheet(self.assets, name) for name in sheets)
        return tuple(sorted({column.key for schema in schemas for column in schema.columns}))

    @cached_property
    def batch_headers(self) -> Mapping[str, str]:
        """Header -> key as remembered for the batch workbook; what is for other sheets is left out."""
        own = self.column_keys()
        for header, key in self.settings.header_map.items():
            if key not in own and key not in self.column_keys(*SIDE_SHEETS):
                message = f'no column has the key "{key}".'
                raise wrong_value(self.settings, "header_map", message, did_you_mean(key, own), step=header)
        return {header: key for header, key in self.settings.header_map.items() if key in own}

    def require_edition(self) -> None:
        """Raise an error that names the setting where the edition chosen does not exist."""
        names = [PurePosixPath(name).stem for name in self.assets.list_schemas("editions")]
        chosen = self.settings.edition
        if chosen not in names:
            hint = did_you_mean(chosen, names)
            raise wrong_value(self.settings, "edition", f'there is no edition "{chosen}".', hint)

    @cached_property
    def today(self) -> date:
        """The day to judge by: --as-of, else today in the workspace's time zone."""
        return self.settings.as_of or clock.today(self.zone)

    @property
    def fixed_day(self) -> str:
        """What fixes today for every run, scheduled ones too, in words; empty where only a flag does."""
        origin = self.settings.origins.get("as_of", "default")
        if self.settings.as_of is None or origin in {"default", COMMAND_LINE}:
            return ""
        return f"{origin.removeprefix('environment ')} fixes today: as_of = {self.settings.as_of}"

    @property
    def actor(self) -> str:
        """Who does it."""
        return self.settings.actor

    @cached_property
    def house(self) -> House:
        """What the workspace knows about itself."""
        return replace(self.settings.house, languages=self._languages)

    @property
    def folder(self) -> Path:
        """The workspace's folder; ConfigurationError where there is none."""
        if self.settings.workspace is None:
            raise ConfigurationError(
                f"no {FILE_NAME} here or in any folder above.",
                hint="Make a workspace with `cpor-batch init`, or name one with --workspace.",
            )
        return self.settings.workspace

    @property
    def out(self) -> Path:
        """The folder for everything that is made."""
        return self.folder / "out"

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.settings.time_zone)

    @cached_property
    def _languages(self) -> frozenset[str]:
        return frozenset(supported_languages(self.assets))

    def edition_of(self, state: ClaimState) -> Edition:
        """Return the edition under which the claim was accepted, as far as the rulebook still has it."""
        return self.rulebook.editions.get(state.claim.edition, self.rulebook.edition)

    def language_of(self, claim: Claim) -> str:
        """Return the language of the claim's documents: its own, else the country's, else the workspace's."""
        country = claim.customer_country
        wished = (
            claim.customer_language,
            self.rulebook.countries.language_of(country) if country else None,
            self.house.language,
        )
        return next((language for language in wished if language in self._languages), "en")

    def find_owed(self, state: ClaimState, *, is_all: bool = False) -> tuple[DocumentOrder, ...]:
        """Return the documents that the claim owes today; with `is_all` also those that it does not."""
        return find_owed(
            state,
            edition=self.edition_of(state),
            calendars=self.rulebook.calendars,
            house=self.house,
            language_of=self.language_of,
            today=self.today,
            is_all=is_all,
        )
