"""A mail merge without Word: docxtpl fills a letter, LibreOffice turns all of them into PDF in one go."""

import subprocess
import sys
import tempfile
from pathlib import Path

from docx import Document  # type: ignore[import-not-found,unused-ignore]  # an optional peer
from docxtpl import DocxTemplate  # type: ignore[import-not-found,unused-ignore]  # an optional peer

PARAGRAPHS = (
    "{{ partner }}",
    "{{ customer }}, {{ contact }}",
    "{{ partner }} has claimed to be your partner of record. Microsoft will send you a message about it.",
    "What was claimed: {{ products }}.",
    "If you do not agree, follow the link in that message within five business days.",
    "With kind regards, {{ partner }}",
)


def main() -> None:
    count, target = int(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = Document()
        for paragraph in PARAGRAPHS:
            template.add_paragraph(paragraph)
        template.save(str(folder / "template.docx"))
        for number in range(count):
            letter = DocxTemplate(folder / "template.docx")
            letter.render(
                {
                    "partner": "Fabrikam",
                    "customer": f"Customer {number}",
                    "contact": f"Contact {number}",
                    "products": "Exchange Online, Microsoft Teams",
                }
            )
            letter.save(folder / f"letter-{number}.docx")
        (folder / "template.docx").unlink()
        files = sorted(str(path) for path in folder.glob("*.docx"))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(target), *files],
            check=True,
            stdout=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    main()
