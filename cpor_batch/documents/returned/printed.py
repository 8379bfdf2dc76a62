"""The printed text of a returned document, page by page.

pypdf gets the file only after qpdf has written it anew with pages alone: neither a loop in the table of
objects nor an endless outline reaches it, and its own limits hold for streams.
"""

import io
import logging
import time
from typing import Final

import pikepdf
from pikepdf import Name

MAX_PAGES: Final = 300
MAX_CHARACTERS: Final = 2_000_000
SECONDS: Final = 20.0
"""How long the text of one document may take; what is left then counts as not read."""
_NOT_TEXT: Final = (
    *("/Annots", "/AA", "/Thumb", "/B", "/StructParents", "/PieceInfo", "/Metadata"),
    *("/Tabs", "/Trans", "/Dur"),
)


def read_text(document: pikepdf.Pdf) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the text of every page, and the numbers of the pages whose text could not be read.

    The document cannot be used for anything else afterwards: what is not text is taken out of it.
    """
    import pypdf

    logging.getLogger("pypdf").disabled = True
    began = time.monotonic()
    texts: list[str] = []
    unread: list[int] = []
    count = len(document.pages)
    with pypdf.PdfReader(_pages_alone(document), strict=False) as reader:
        for number in range(1, count + 1):
            is_over = number > MAX_PAGES or sum(map(len, texts)) > MAX_CHARACTERS
            if is_over or time.monotonic() - began > SECONDS:
                texts.append("")
                unread.append(number)
                continue
            try:
                texts.append(reader.pages[number - 1].extract_text()[:MAX_CHARACTERS])
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 - content that makes no sense raises anything; the page is not read
                texts.append("")
                unread.append(number)
    return tuple(texts), tuple(unread)


def _pages_alone(document: pikepdf.Pdf) -> io.BytesIO:
    for key in list(document.Root.keys()):
        if key not in {"/Type", "/Pages"}:
            del document.Root[key]
    for page in document.pages:
        for key in _NOT_TEXT:
            if key in page.obj:
                del page.obj[Name(key)]
    content = io.BytesIO()
    document.save(
        content,
        encryption=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        # Streams are copied as they are: whoever unpacks one has to mind its size.
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        recompress_flate=False,
    )
    content.seek(0)
    return content
