"""WeasyPrint as its manual begins: each page with its own stylesheet and font configuration."""

import sys
from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration


def main() -> None:
    pages, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for page in sorted(pages.glob("*.html")):
        HTML(string=page.read_text(encoding="utf-8")).write_pdf(
            target / f"{page.stem}.naive.pdf", font_config=FontConfiguration()
        )


if __name__ == "__main__":
    main()
