"""Read one file of editions/ into an Edition. What the values mean is said in `domain.edition`."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import (
    Activity,
    CalendarOf,
    Counting,
    Edition,
    PoeElement,
    Settings,
    SolutionArea,
    Statement,
    StatusRule,
    WindowKind,
    WindowRule,
)
from cpor_batch.rulebook.entry_steps import parse_entry_steps
from cpor_batch.rulebook.matching import did_you_mean, fold_name
from cpor_batch.rulebook.strict import Table, Value

_KEYS: Final = (
    "name",
    "title",
    "about",
    "in_force",
    "solution_areas",
    "activities",
    "required_columns",
    "technical_contact",
    "not_supported",
    "windows",
    "statuses",
    "more_information_reasons",
    "rejection_reasons",
    "poe_elements",
    "settings",
    "entry_steps",
    "statements",
)
_SUBSCRIPTION_ID_RULES: Final = ("if-several", "always")


def parse_edition(root: Value) -> Edition:
    """Return the edition; RulebookError names the line of a value that does not fit the others."""
    table = root.table(required=_KEYS)
    in_force = table["in_force"].table(required=("from", "until", "reference"))
    areas = tuple(_area(item) for item in table["solution_areas"].items())
    activities = tuple(_activity(item, areas) for item in table["activities"].items())
    _check_spellings(((area.name, area.aliases) for area in areas), table["solution_areas"])
    for area in areas:
        own = (one for one in activities if one.solution_area == area.name)
        _check_spellings(((one.name, one.aliases) for one in own), table["activities"])
    statuses = _statuses(table["statuses"])
    return Edition(
        name=table["name"].text(),
        title=table["title"].text(),
        about=table["about"].text(),
        in_force_from=in_force["from"].day(),
        in_force_until=in_force.day("until"),
        solution_areas=areas,
        activities=activities,
        required=frozenset(
            item.table(required=("column", "reference"))["column"].text()
            for item in table["required_columns"].items()
        ),
        technical_contact_families=frozenset(
            table["technical_contact"].table(required=("families", "reference")).texts("families")
        ),
        not_supported=_not_supported(table["not_supported"]),
        windows=_windows(table["windows"]),
        statuses=statuses,
        more_information_reasons=_reasons(table["more_information_reasons"]),
        rejection_reasons=_reasons(table["rejection_reasons"]),
        poe_elements=tuple(_poe_element(item) for item in table["poe_elements"].items()),
        settings=_settings(table["settings"], statuses),
        entry_steps=parse_entry_steps(table["entry_steps"], activities),
        statements=tuple(_statement(item) for item in table["statements"].items()),
        references=MappingProxyType(dict(_references(table))),
    )


def _area(item: Value) -> SolutionArea:
    table = item.table(required=("name", "level", "aliases", "reference"))
    return SolutionArea(
        name=table["name"].text(),
        aliases=table.spellings("aliases"),
        level=table["level"].choice(Level),
        reference=table["reference"].text(),
    )


def _activity(item: Value, areas: tuple[SolutionArea, ...]) -> Activity:
    keys = ("name", "solution_area", "aliases", "parts", "group", "programmes", "requires", "reference")
    table = item.table(required=keys)
    return Activity(
        name=table["name"].text(),
        solution_area=_known(table["solution_area"], tuple(area.name for area in areas)),
        aliases=table.spellings("aliases"),
        parts=frozenset(table.texts("parts")),
        group=table["group"].text(),
        programmes=table.texts("programmes"),
        requires=frozenset(table.texts("requires")),
        reference=table["reference"].text(),
    )


def _check_spellings(named: Iterable[tuple[str, tuple[str, ...]]], value: Value) -> None:
    owners: dict[str, str] = {}
    for name, aliases in named:
        for spelling in (name, *aliases):
            other = owners.setdefault(fold_name(spelling), name)
            if other != name:
                message = f'"{spelling}" names both "{other}" and "{name}".'
                raise value.place.error(message, "Keep the spelling in one of them.")


def _not_supported(value: Value) -> Mapping[str, tuple[str, ...]]:
    tables = (item.table(required=("program", "words", "reference")) for item in value.items())
    return MappingProxyType({table["program"].text(): table.spellings("words") for table in tables})


def _windows(value: Value) -> Mapping[WindowKind, WindowRule]:
    rules = tuple(_window(item) for item in value.items())
    for kind in WindowKind:
        if kind not in {rule.kind for rule in rules}:
            raise value.place.error(f'the window "{kind}" is missing.', "Add it.")
    return MappingProxyType({rule.kind: rule for rule in rules})


def _window(item: Value) -> WindowRule:
    table = item.table(
        required=(
            "kind",
            "days",
            "counting",
            "calendar_of",
            "starts_with",
            "assumed_from",
            "who_acts",
            "consequence",
            "reference",
        )
    )
    assumed = table.find("assumed_from")
    return WindowRule(
        kind=table["kind"].choice(WindowKind),
        days=_positive(table["days"]),
        counting=table["counting"].choice(Counting),
        calendar_of=table["calendar_of"].choice(CalendarOf),
        starts_with=table["starts_with"].text(),
        assumed_from=None if assumed is None else _known(assumed, ("submitted_on",)),
        who_acts=table["who_acts"].text(),
        consequence=table["consequence"].text(),
        reference=table["reference"].text(),
    )


def _statuses(value: Value) -> Mapping[str, StatusRule]:
    placed = tuple((_status(item), item) for item in value.items())
    names = tuple(rule.name for rule, _item in placed)
    for rule, item in placed:
        for name in rule.next:
            if name not in names:
                message = f'"{name}" may follow "{rule.name}" but is no status.'
                raise item.place.error(message, did_you_mean(name, names))
    return MappingProxyType({rule.name: rule for rule, _item in placed})


def _status(item: Value) -> StatusRule:
    table = item.table(
        required=(
            "name",
            "label",
            "who_acts",
            "meaning",
            "next",
            "holds_key",
            "may_change",
            "window",
            "is_microsofts",
            "reference",
        )
    )
    window = table.find("window")
    return StatusRule(
        name=table["name"].text(),
        label=table["label"].text(),
        who_acts=table["who_acts"].text(),
        meaning=table["meaning"].text(),
        next=table.texts("next"),
        holds_key=table["holds_key"].flag(),
        may_change=frozenset(table.texts("may_change")),
        window=None if window is None else window.choice(WindowKind),
        is_microsofts=table["is_microsofts"].flag(),
        reference=table["reference"].text(),
    )


def _reasons(value: Value) -> tuple[str, ...]:
    table = value.table(required=("values", "reference"))
    table["reference"].text()
    return table.texts("values")


def _poe_element(item: Value) -> PoeElement:
    table = item.table(required=("key", "reason", "remedy", "reference"))
    return PoeElement(
        key=table["key"].text(),
        reason=table["reason"].text(),
        remedy=table["remedy"].text(),
        reference=table["reference"].text(),
    )


def _statement(item: Value) -> Statement:
    table = item.table(required=("key", "text", "reference"))
    return Statement(key=table["key"].text(), text=table["text"].text(), reference=table["reference"].text())


def _settings(value: Value, statuses: Mapping[str, StatusRule]) -> Settings:
    table = value.table(required=tuple(Settings.__dataclass_fields__))
    values = {key: _referenced(entry) for key, entry in table.entries.items()}
    before = values["reassociate_before"]
    return Settings(
        activity_in_key=values["activity_in_key"].flag(),
        official_needs_approval=values["official_needs_approval"].flag(),
        poe_max_age_months=_positive(values["poe_max_age_months"]),
        poe_warn_age_months=_positive(values["poe_warn_age_months"]),
        subscription_id_rule=_known(values["subscription_id_rule"], _SUBSCRIPTION_ID_RULES),
        expiry_warning_days=_positive(values["expiry_warning_days"]),
        reassociate_before=None if before.is_null else before.day(),
        public_sector_disclosure_in=frozenset(values["public_sector_disclosure_in"].texts()),
        identifier_label=values["identifier_label"].text(),
        menu_path=values["menu_path"].texts(),
        entry_role=values["entry_role"].text(),
        entry_address=values["entry_address"].text(),
        first_status=_known(values["first_status"], tuple(statuses)),
    )


def _referenced(value: Value) -> Value:
    table = value.table(required=("value", "reference"))
    table["reference"].text()
    return table["value"]


def _positive(value: Value) -> int:
    number = value.whole_number()
    if number < 1:
        raise value.place.error(f"{number} is less than 1.", "Write a positive number.")
    return number


def _known(value: Value, names: tuple[str, ...]) -> str:
    text = value.text()
    if text not in names:
        raise value.place.error(f'"{text}" is not known here.', did_you_mean(text, names))
    return text


_NAMES: Final = ("kind", "column", "program", "key", "name")


def _references(table: Table, path: str = "") -> Mapping[str, str]:
    """Return every reference in the table by the dotted path of its value; items of lists go by name."""
    found: dict[str, str] = {}
    for key, value in table.entries.items():
        step = f"{path}.{key}" if path else key
        if key == "reference":
            found[path] = value.text()
        elif value.is_table:
            found |= _references(value.open_table(), step)
        elif value.is_list_of_tables:
            for item in value.items():
                entry = item.open_table()
                found |= _references(entry, f"{step}.{_name_of(entry)}")
    return found


def _name_of(table: Table) -> str:
    name = next(table[key].text() for key in _NAMES if key in table.entries)
    area = table.find("solution_area")
    return name if area is None else f"{area.text()}.{name}"
