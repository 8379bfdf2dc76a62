"""A blank PoE form: for a claim that is not in any workbook yet."""

from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.files import write_atomically


def write_blank_form(path: Path, *, language: str, identifier_label: str, assets: Assets) -> Path:
    """Write a PoE form without values to `path` and return it; the same templates give the same bytes.

    Raises TemplateError, MissingLibraryError, or OutputError where the file cannot be written.
    """
    from cpor_batch.documents.libraries import require_libraries
    from cpor_batch.documents.rendering import render_blank_form

    require_libraries()
    from cpor_batch.documents.printing import open_printer

    page = render_blank_form(language, assets, identifier_label=identifier_label)
    write_atomically(path, open_printer(assets).print_page(page, where=path.name, is_form=True).pdf)
    return path
