import unicodedata
from pathlib import Path

import pytest

from cpor_batch.documents import document_path
from cpor_batch.domain.document import DocumentKind
from tests.documents.orders import REFERENCE, claim

AWKWARD_NAMES = (
    *(
        "../../etc/passwd",
        "..\\..\\windows\\system32",
        "/etc/passwd",
        "C:\\Windows",
        "C:",
        "\\\\server\\share",
    ),
    *("CON", "con", "PRN", "AUX", "NUL", "COM1", "LPT9", "CON.txt", "nul.pdf", "con "),
    *(
        ".",
        "..",
        "...",
        " ",
        "",
        "-",
        "--",
        ".hidden",
        "trailing.",
        "trailing ",
        "~",
        "$HOME",
        "%TEMP%",
        "`id`",
    ),
    *("a/b", "a\\b", "a:b", "a*b", "a?b", 'a"b', "a<b>c", "a|b", "a;b", "a&b", "a'b", "a,b", "a\tb", "a\nb"),
    *(
        "שלום בע״מ",
        "شركة المثال",
        "\u202eevil\u202c",
        "株式会社コントソ",
        "주식회사",
        "Ελλάδα",
        "Пример",
        "🙂🙃",
        "👩‍👩‍👧",
    ),
    *(
        "Åäö ÅÄÖ",
        "Straße",
        "İstanbul",
        "e\u0301",
        "ﬁ",
        "\ufeffname",
        "\u0000",
        "x" * 300,
        "ü" * 300,
        "日" * 300,
    ),
)


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_every_customer_name_gives_a_plain_path_inside_the_out_folder(name: str, tmp_path: Path) -> None:
    path = document_path(DocumentKind.LETTER, REFERENCE, claim(customer_name=name))

    folder, file = path.split("/")
    assert folder == "letters"
    assert file.startswith(f"{REFERENCE}-")
    assert file.endswith(".pdf")
    assert len(file.encode()) <= 143
    assert file == unicodedata.normalize("NFC", file)
    assert all(letter in "-." or unicodedata.category(letter)[0] in "LNM" for letter in file)
    assert file.count(".") == 1
    (tmp_path / folder).mkdir()
    (tmp_path / path).touch()
    assert [found.name for found in (tmp_path / folder).iterdir()] == [file]
    assert (tmp_path / path).resolve().is_relative_to(tmp_path.resolve())


def test_a_proof_of_execution_goes_into_its_own_folder() -> None:
    path = document_path(DocumentKind.POE, REFERENCE, claim(customer_name="Contoso"))

    assert path == "poe/CB-7K3M9Q2T-contoso.pdf"


def test_a_customer_is_known_by_its_name_in_any_script() -> None:
    path = document_path(DocumentKind.LETTER, REFERENCE, claim(customer_name="コントソ物流株式会社"))

    assert path == "letters/CB-7K3M9Q2T-コントソ物流株式会社.pdf"
