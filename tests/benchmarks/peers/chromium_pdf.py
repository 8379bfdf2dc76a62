"""One Chromium that prints page after page."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main() -> None:
    pages, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        for page in sorted(pages.glob("*.html")):
            tab.set_content(page.read_text(encoding="utf-8"))
            tab.pdf(path=target / f"{page.stem}.chromium.pdf", prefer_css_page_size=True)
        browser.close()


if __name__ == "__main__":
    main()
