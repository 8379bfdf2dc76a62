from datetime import date
from enum import StrEnum

import pytest

from cpor_batch.errors import ExitCode, RulebookError
from cpor_batch.rulebook.strict import Value, parse_yaml


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def parse(text: str) -> Value:
    return parse_yaml(text.encode(), "rules.yaml")


def test_an_unknown_key_is_refused_with_its_line_and_the_key_that_was_meant() -> None:
    root = parse("name: a\n\nnulable: true\n")

    with pytest.raises(RulebookError) as caught:
        root.table(required=("name",), optional=("nullable",))

    assert str(caught.value) == 'rules.yaml:3: nulable: the key is not known. Did you mean "nullable"?'
    assert caught.value.exit_code is ExitCode.CONFIGURATION


def test_a_key_that_stands_twice_is_refused_with_both_lines() -> None:
    root = parse("days: 5\nname: a\ndays: 7\n")

    with pytest.raises(RulebookError, match=r"rules\.yaml:3: days: .* second time, first in line 1"):
        root.open_table()


def test_a_missing_key_is_refused_with_the_line_of_its_table() -> None:
    root = parse("windows:\n  - kind: review\n")

    with pytest.raises(RulebookError, match=r'rules\.yaml:2: windows\.1: the key "days" is missing'):
        next(root.open_table()["windows"].items()).table(required=("kind", "days"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("value: five", Value.whole_number),
        ('value: "5"', Value.whole_number),
        ("value: 5.0", Value.whole_number),
        ("value: yes", Value.flag),
        ("value: True", Value.flag),
        ('value: "true"', Value.flag),
        ("value: 2021-13-01", Value.day),
        ("value: 1 April", Value.day),
        ("value:", Value.text),
        ("value: null", Value.text),
        ('value: " "', Value.text),
        ("value: [a]", Value.text),
        ("value: a", Value.texts),
        ("value: {a: b}", Value.texts),
        ("value: a", Value.table),
        ("value: ['--']", Value.spellings),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_line(text: str, read: object) -> None:
    value = parse(f"# first line\n{text}\n").open_table()["value"]

    with pytest.raises(RulebookError, match=r"rules\.yaml:2: value"):
        read(value)  # type: ignore[operator]  # one reader per type, called as a function


def test_an_unknown_choice_is_refused_with_the_one_that_was_meant() -> None:
    value = parse("colour: bleu").open_table()["colour"]

    with pytest.raises(RulebookError, match=r'"bleu" is not known here\. Did you mean "blue"\?'):
        value.choice(Colour)


def test_values_follow_yaml_1_2() -> None:
    table = parse("no: NO\nnumber: 012\ntext: 012\nday: 2021-04-30\non: on\nflag: false").open_table()

    assert table["no"].text() == "NO"
    assert table["number"].whole_number() == 12
    assert table["text"].text() == "012"
    assert table["day"].day() == date(2021, 4, 30)
    assert table["on"].text() == "on"
    assert table["flag"].flag() is False


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(RulebookError, match="empty"):
        parse(text)


def test_a_file_that_is_no_yaml_is_refused_with_the_line() -> None:
    with pytest.raises(RulebookError, match=r"rules\.yaml:2: "):
        parse("name: a\nother: b: c\n")


def test_two_documents_in_one_file_are_refused() -> None:
    with pytest.raises(RulebookError, match=r"rules\.yaml:"):
        parse("a: b\n---\na: c\n")


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(RulebookError, match="UTF-8"):
        parse_yaml("name: Lösningsområde".encode("latin-1"), "rules.yaml")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    table = parse_yaml(b"\xef\xbb\xbfname: a", "rules.yaml").table(required=("name",))

    assert table["name"].text() == "a"
