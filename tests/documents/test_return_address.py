import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cpor_batch.documents.return_address import SMALL_WIDTH, build_return_address
from tests.documents.orders import BRAND, letter, print_pdf

LONG_ADDRESSES = {
    "a street of 120 characters": (
        "Exempelgatan 12, Byggnad C, Trapphus 4, Våning 7, c/o Fabrikam Partner Operations Nordic and Baltic",
        "111 22 Stockholm",
    ),
    "one line for all": (
        "400 Sample Avenue, Building 12, Suite 3400, Mail Stop 7, Denver, CO 80202, United States",
    ),
    "many lines": (
        "Building C",
        "Staircase 4",
        "Floor 7",
        "Exempelgatan 12",
        "Sample Quarter",
        "111 22 Stockholm",
    ),
    "Japanese": (
        "東京都千代田区見本町一丁目二番三号 見本町センタービルディング東館二十四階",
        "100-0001",
        "日本",
    ),
    "a word without end": ("Donaudampfschifffahrtsgesellschaftskapitän" * 4, "80331 München"),
    "wide capitals": ("WWWWWWWWWW MMMMMMMMMM WWWWWWWWWW MMMMMMMMMM WWWWWWWWWW", "WWWWWWWWWW 12345"),
}


def lines_above_recipient(address: tuple[str, ...], folder: Path) -> list[tuple[float, float]]:
    """Return (top, right) of each word that stands in the window above the customer."""
    path = folder / "letter.pdf"
    path.write_bytes(print_pdf(letter(partner=replace(BRAND, address=address))))
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True, text=True)
    words = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', done.stdout
    )
    top = min(float(y) for _, y, _, _, word in words if word == "Contoso")
    return [
        (float(y), float(right))
        for left, y, right, _, _ in words
        if float(left) < 320 and top - 25 < float(y) < top - 2
    ]


def test_a_usual_address_stands_as_it_is() -> None:
    built = build_return_address("Fabrikam AB", ("Storgatan 1", "111 22 Stockholm"))

    assert built.text == "Fabrikam AB · Storgatan 1 · 111 22 Stockholm"
    assert not built.is_small


def test_a_long_address_keeps_name_street_and_town() -> None:
    built = build_return_address("Fabrikam AB", LONG_ADDRESSES["a street of 120 characters"])

    assert built.text.startswith("Fabrikam AB · Exempelgatan 12, Byggnad C")
    assert built.text.endswith(" … · 111 22 Stockholm")
    assert built.is_small
    assert len(built.text) <= SMALL_WIDTH


def test_without_an_address_the_name_stands_alone() -> None:
    assert build_return_address("Fabrikam AB", ()).text == "Fabrikam AB"


@pytest.mark.parametrize("address", LONG_ADDRESSES.values(), ids=LONG_ADDRESSES)
def test_any_address_takes_one_line_within_the_window(address: tuple[str, ...], tmp_path: Path) -> None:
    found = lines_above_recipient(address, tmp_path)

    window_ends_at = (25 + 85) / 25.4 * 72
    tops = [top for top, _ in found]
    # Letters of two fonts on one line begin at heights that differ by a point.
    assert max(tops) - min(tops) < 3
    assert max(right for _, right in found) <= window_ends_at
