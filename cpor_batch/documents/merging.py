"""One print file of many documents."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cpor_batch.errors import OutputError
from cpor_batch.files import write_atomically

if TYPE_CHECKING:
    import pikepdf


def merge_documents(paths: Sequence[Path], target: Path) -> int:
    """Write one PDF of all `paths`, in their order, with an outline; return its number of pages.

    It is for printing: fields cannot be filled in. The same documents give the same bytes. Raises OutputError
    where a document cannot be read or the file cannot be written.
    """
    import pikepdf

    with pikepdf.new() as merged:
        entries = [(len(merged.pages), _append(merged, path)) for path in paths]
        with merged.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, first_page) for first_page, title in entries)
        merged.Root.PageMode = pikepdf.Name.UseOutlines
        content = io.BytesIO()
        merged.remove_unreferenced_resources()
        merged.save(content, deterministic_id=True)
        pages = len(merged.pages)
    write_atomically(target, content.getvalue())
    return pages


def _append(merged: "pikepdf.Pdf", path: Path) -> str:
    """Add the pages of the file at `path` and return its entry in the outline."""
    import pikepdf

    try:
        with pikepdf.open(path) as document:
            title = str(document.docinfo.get("/Title", path.stem))
            for page in document.pages:
                for key in ("/StructParents", "/Tabs", "/Annots"):
                    if key in page:
                        del page[key]
            merged.pages.extend(document.pages)
    except (pikepdf.PdfError, OSError) as exc:
        raise OutputError(
            "this document cannot be read.", hint="Make it anew with: documents --all", where=str(path)
        ) from exc
    return f"{path.stem[:11]}  {title}"
