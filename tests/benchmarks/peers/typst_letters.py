"""Typst sets a letter of about the same content."""

import sys
from pathlib import Path

import typst  # type: ignore[import-not-found,unused-ignore]  # an optional peer

LETTER = """
#let pages = context align(center)[#counter(page).display("1 / 1", both: true)]
#set page(paper: "a4", margin: 25mm, footer: pages)
#set text(size: 10.5pt)
#let partner = sys.inputs.partner
#let customer = sys.inputs.customer
#align(right)[*#partner*]
#v(20mm)
#customer

*Partner of record*

#partner has claimed to be your partner of record. Microsoft will send you a message about it.

#let rows = range(4).map(i => ([Product #i], lorem(12))).flatten()
#table(columns: (1fr, 1fr), [*Product*], [*Work done*], ..rows)

If you do not agree, follow the link in that message within five business days.

With kind regards, \\
#partner
"""


def main() -> None:
    count, target = int(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    source = target / "letter.typ"
    source.write_text(LETTER, encoding="utf-8")
    for number in range(count):
        inputs = {"partner": "Fabrikam", "customer": f"Customer {number}"}
        typst.compile(source, output=target / f"letter-{number}.typst.pdf", sys_inputs=inputs)


if __name__ == "__main__":
    main()
