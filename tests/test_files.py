import sqlite3
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpor_batch.errors import OutputError
from cpor_batch.files import ascii_name, open_for_replacement, safe_name, sha256_of, write_atomically


def test_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "out" / "letters" / "a.pdf"

    write_atomically(path, b"content")

    assert path.read_bytes() == b"content"
    assert [found.name for found in path.parent.iterdir()] == ["a.pdf"]


def test_old_file_stays_when_the_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")

    def write_half() -> None:
        with open_for_replacement(path) as file:
            file.write(b"half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()

    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.pdf"]


def test_link_at_the_target_is_refused_and_what_it_points_to_untouched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"untouched")
    link = tmp_path / "a.pdf"
    link.symlink_to(secret)

    with pytest.raises(OutputError, match="a link"):
        write_atomically(link, b"new")

    assert secret.read_bytes() == b"untouched"


def test_folder_at_the_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a folder"):
        write_atomically(tmp_path, b"new")


def test_file_in_the_place_of_a_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(OutputError) as caught:
        write_atomically(tmp_path / "out" / "a.pdf", b"new")

    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Contoso AB", "contoso-ab"),
        ("Åkeri & Söner Øst", "akeri-soner-ost"),
        ("Straße", "strasse"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\x.", "x"),
        ("CON", "con-"),
        ("lpt1", "lpt1-"),
        ("株式会社コントソ・物流", "株式会社コントソ-物流"),
        ("ｺﾝﾄｿ㈱", "コントソ-株"),
        ("がぎぐ", "がぎぐ"),
        ("주식회사 예시", "주식회사-예시"),
        ("Пример ООО", "пример-ооо"),
        ("Ελλάδα", "ελλάδα"),
        ("שלום בע״מ", "שלום-בע-מ"),
        ("कंपनी लिमिटेड", "कंपनी-लिमिटेड"),
        ("葛\U000e0100飾", "葛飾"),
        ("\u3164\u115f", "unnamed"),
        ("🙂🙃", "unnamed"),
        ("日" * 300, "日" * 32),
        ("", "unnamed"),
        ("a\u202egpj.exe", "agpj-exe"),
        ("x" * 300, "x" * 60),
    ],
)
def test_name_becomes_a_slug(text: str, slug: str) -> None:
    assert safe_name(text) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Åkeri & Söner", "akeri-soner"),
        ("株式会社コントソ", "unnamed"),
        ("コントソ KK", "kk"),
        ("con", "con-"),
    ],
)
def test_a_name_for_other_systems_is_ascii(text: str, slug: str) -> None:
    assert ascii_name(text) == slug


@given(st.text(), st.integers(min_value=8, max_value=100))
def test_slug_is_always_safe(text: str, max_length: int) -> None:
    slug = safe_name(text, max_length=max_length)

    assert 0 < len(slug) <= max_length
    assert len(slug.encode()) <= max(max_length, 96)
    assert all(letter == "-" or unicodedata.category(letter)[0] in "LNM" for letter in slug)
    assert slug == unicodedata.normalize("NFC", slug)
    assert not slug.startswith("-")
    plain = ascii_name(text, max_length=max_length)
    assert 0 < len(plain) <= max_length
    assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")

    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_database_is_never_replaced(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        connection.execute("CREATE TABLE precious (id)")
    before = ledger.read_bytes()

    with pytest.raises(OutputError, match="database"):
        write_atomically(ledger, b"<html>")

    assert ledger.read_bytes() == before
