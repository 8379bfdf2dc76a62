"""One document to look at, outside the ledger."""

from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.files import write_atomically


def write_preview(order: DocumentOrder, *, target: Path, assets: Assets) -> Path:
    """Write the document to `target`, as a PDF or, where its name ends in .html, as a page; return `target`.

    Raises TemplateError, ConfigurationError, MissingLibraryError, or DocumentError where a page fails.
    """
    if target.suffix.lower() in {".html", ".htm"}:
        from cpor_batch.documents.rendering import render_html

        write_atomically(target, render_html(order, assets).encode())
        return target
    from cpor_batch.documents.libraries import require_libraries

    require_libraries()
    from cpor_batch.documents.printing import open_printer

    write_atomically(target, open_printer(assets).print_order(order).pdf)
    return target
