"""Read how a claim is entered in Partner Center, step by step, from a file of editions/."""

from collections.abc import Iterator, Sequence

from cpor_batch.domain.edition import Activity, EntryAction, EntryField, EntryStep, EntryWhen
from cpor_batch.rulebook.matching import did_you_mean
from cpor_batch.rulebook.strict import Table, Value


def parse_entry_steps(value: Value, activities: Sequence[Activity]) -> tuple[EntryStep, ...]:
    """Return the steps in the order of the file; RulebookError for a double key or unknown activity."""
    names = tuple(dict.fromkeys(activity.name for activity in activities))
    steps: dict[str, EntryStep] = {}
    for item in value.items():
        step = _step(item, names)
        if step.key in steps:
            raise item.place.error(f'the step "{step.key}" stands here twice.', "Give each a key of its own.")
        steps[step.key] = step
    return tuple(steps.values())


def _step(item: Value, activities: tuple[str, ...]) -> EntryStep:
    table = item.table(required=("key", "title", "fields", "reference"), optional=("note", "button"))
    return EntryStep(
        key=table["key"].text(),
        title=table["title"].text(),
        fields=tuple(_field(field, activities) for field in table["fields"].items()),
        note=_text(table, "note"),
        button=_text(table, "button"),
        reference=table["reference"].text(),
    )


def _field(item: Value, activities: tuple[str, ...]) -> EntryField:
    table = item.table(required=("column", "label", "action"), optional=("when", "activities"))
    when = table.find("when")
    only = table.find("activities")
    return EntryField(
        column=table["column"].text(),
        label=table["label"].text(),
        action=table["action"].choice(EntryAction),
        when=EntryWhen.ALWAYS if when is None else when.choice(EntryWhen),
        activities=frozenset() if only is None else frozenset(_known(only, activities)),
    )


def _known(value: Value, names: tuple[str, ...]) -> Iterator[str]:
    for item in value.items():
        name = item.text()
        if name not in names:
            raise item.place.error(f'"{name}" is no activity of this edition.', did_you_mean(name, names))
        yield name


def _text(table: Table, key: str) -> str | None:
    value = table.find(key)
    return None if value is None else value.text()
