"""Documents as they come back: filled in, signed, scanned, and made to do harm."""

import io
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from cpor_batch.assets import Assets
from cpor_batch.documents.printing import open_printer
from cpor_batch.documents.rendering import render_blank_form
from tests import builders
from tests.documents.orders import claim, drawn, poe, print_pdf

SIGNER: Final = "Casey Customer"
FILLED: Final = {
    "customer_name": SIGNER,
    "customer_title": "CIO",
    "customer_date": "2021-03-15",
}


@cache
def form() -> bytes:
    """A Proof of Execution as we print it, for Exchange Online, with the work described."""
    return print_pdf(poe())


@cache
def undescribed_form() -> bytes:
    return print_pdf(poe(of=claim(lines=(builders.line(engagement_description=None),))))


@cache
def blank_form(language: str = "en") -> bytes:
    page = render_blank_form(language, Assets(), identifier_label="MPN ID")
    return open_printer(Assets()).print_page(page, where="blank", is_form=True).pdf


def filled(pdf: bytes, values: Mapping[str, str] | None = None, *, mark: str | None = "/Ink") -> bytes:
    """Fill in the form as an office person does; `mark` lies on the place of the signature."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for field in document.Root.AcroForm.Fields:
            value = (FILLED if values is None else values).get(str(field.T))
            if value is not None:
                field.V = String(value)
            if str(field.T) == "customer_signature" and mark is not None:
                note = Dictionary(Type=Name.Annot, Subtype=Name(mark), Rect=field.Rect, F=4)
                page = document.pages[0]
                page.obj.Annots = Array([*page.obj.Annots.as_list(), document.make_indirect(note)])
        return saved(document)


def flattened(pdf: bytes, values: Mapping[str, str], *, ink: bytes = b"") -> bytes:
    """Fill in the form and make its fields part of the page, as programs do that print to a PDF."""
    with pikepdf.open(io.BytesIO(filled(pdf, mark=None))) as document:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        for field in document.Root.AcroForm.Fields:
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            drawn = Stream(document, f"BT /F1 10 Tf 2 6 Td ({values.get(str(field.T), '')}) Tj ET".encode())
            drawn.Type, drawn.Subtype = Name.XObject, Name.Form
            drawn.BBox = Array([0, 0, right - left, top - bottom])
            drawn.Resources = Dictionary(Font=Dictionary(F1=font))
            field.AP = Dictionary(N=drawn)
            field.FT, field.F = Name.Tx, 4
        document.flatten_annotations("print")
        for page in document.pages:
            if Name.Annots in page.obj:
                del page.obj.Annots
        if Name.AcroForm in document.Root:
            del document.Root.AcroForm
        if ink:
            document.pages[0].contents_add(b"q", prepend=True)
            document.pages[0].contents_add(b"Q " + ink, prepend=False)
        return saved(document)


def inked(pdf: bytes, *, whole_page: bool = False) -> bytes:
    """Draw a signature into the page itself, over its place; `whole_page`: in an overlay over the page."""
    with pikepdf.open(io.BytesIO(filled(pdf, mark=None))) as document:
        (field,) = (one for one in document.Root.AcroForm.Fields if str(one.T) == "customer_signature")
        left, bottom = (float(edge) for edge in field.Rect.as_list()[:2])
        ink = f"q 1 0 0 1 {left:.2f} {bottom:.2f} cm 9 9 m 20 30 l 40 5 60 30 90 9 c S Q".encode()
        page = document.pages[0]
        if whole_page:
            overlay = Stream(document, ink, Type=Name.XObject, Subtype=Name.Form, BBox=page.mediabox)
            page.obj.Resources.XObject = Dictionary(Overlay=document.make_indirect(overlay))
            ink = b"/Overlay Do"
        page.contents_add(b"q", prepend=True)
        page.contents_add(b"Q " + ink, prepend=False)
        return saved(document)


def stamped(pdf: bytes) -> bytes:
    """Fill in the form and put a picture of a signature on it, as many programs do."""
    with pikepdf.open(io.BytesIO(filled(pdf, mark=None))) as document:
        (field,) = (one for one in document.Root.AcroForm.Fields if str(one.T) == "customer_signature")
        left, bottom, right, top = (float(edge) for edge in field.Rect)
        page = document.pages[0]
        page.obj.Resources.XObject = Dictionary(Sign=picture(document))
        page.contents_add(b"q", prepend=True)
        drawing = f"Q q {right - left:.2f} 0 0 {top - bottom:.2f} {left:.2f} {bottom:.2f} cm /Sign Do Q"
        page.contents_add(drawing.encode(), prepend=False)
        return saved(document)


def picture(document: Pdf) -> pikepdf.Object:
    return document.make_indirect(
        Stream(
            document,
            b"\x00" * 12,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=2,
            Height=2,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB,
        )
    )


def scanned(pages: int = 1) -> bytes:
    """Pages that are pictures and nothing else."""
    with pikepdf.new() as document:
        for _ in range(pages):
            page = document.add_blank_page(page_size=(595, 842))
            page.obj.Resources = Dictionary(XObject=Dictionary(Scan=picture(document)))
            page.obj.Contents = Stream(document, b"q 595 0 0 842 0 0 cm /Scan Do Q")
        return saved(document)


def photographed(pdf: bytes, *, dpi: int = 150, turned: float = 0, packing: str = "jpeg") -> bytes:
    """What a scanner makes of a printed document: a picture for each page and nothing else."""
    with pikepdf.new() as document:
        for sheet in drawn(pdf, dpi=dpi):
            picture = sheet.convert("L").rotate(
                turned, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
            )
            _add_scan(document, picture, packing)
        return saved(document)


def as_scan(picture: Image.Image) -> bytes:
    """A document of one picture."""
    with pikepdf.new() as document:
        _add_scan(document, picture.convert("L"), "flate")
        return saved(document)


def joined(*parts: bytes) -> bytes:
    """One document of several, as a scanner makes it that is fed a pile of paper."""
    with pikepdf.new() as document:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as opened:
                document.pages.extend(opened.pages)
        return saved(document)


def _add_scan(document: Pdf, picture: Image.Image, packing: str) -> None:
    packed = io.BytesIO()
    size = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height)
    match packing:
        case "jpeg":
            picture.save(packed, "jpeg", quality=40)
            facts = Dictionary(Filter=Name.DCTDecode, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
        case "flate":
            packed.write(zlib.compress(picture.tobytes()))
            facts = Dictionary(Filter=Name.FlateDecode, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
        case _:
            packed.write(picture.convert("1").tobytes())
            facts = Dictionary(BitsPerComponent=1, ColorSpace=Name.DeviceGray)
    scan = Stream(document, packed.getvalue())
    for facts_of in (size, facts):
        for key, value in facts_of.items():
            scan[key] = value
    page = document.add_blank_page(page_size=(595, 842))
    page.obj.Resources = Dictionary(XObject=Dictionary(Scan=document.make_indirect(scan)))
    page.obj.Contents = Stream(document, b"q 595 0 0 842 0 0 cm /Scan Do Q")


def picture_bomb(mebibytes: int) -> bytes:
    """A scan whose picture says that it is small and unpacks to very much."""
    squeezer = zlib.compressobj(9)
    packed = b"".join(squeezer.compress(bytes(2**20)) for _ in range(mebibytes)) + squeezer.flush()
    facts = (
        b"/Type /XObject /Subtype /Image /Width 200 /Height 200 /BitsPerComponent 8 /ColorSpace /DeviceGray "
    )
    drawn = stream(b"q 595 0 0 842 0 0 cm /Scan Do Q")
    return raw(
        CATALOG,
        PAGES,
        PAGE % b"<< /XObject << /Scan 5 0 R >> >>",
        drawn,
        stream(packed, facts + b"/Filter /FlateDecode"),
    )


def written(*lines: str, pages: int = 1) -> bytes:
    """A document of plain text, as a word processor makes it."""
    text = " T* ".join(f"({line}) Tj" for line in lines)
    with pikepdf.new() as document:
        for _ in range(pages):
            page = document.add_blank_page(page_size=(595, 842))
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
            page.obj.Contents = Stream(document, f"BT /F1 11 Tf 14 TL 50 780 Td {text} ET".encode("latin-1"))
        return saved(document)


def saved(document: Pdf, *, encryption: pikepdf.Encryption | None = None) -> bytes:
    """Save with every object by itself, so that a test can change one byte of it."""
    content = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.disable
    document.save(content, object_stream_mode=mode, encryption=encryption or False)
    return content.getvalue()


def locked(pdf: bytes, *, password: str) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return saved(document, encryption=pikepdf.Encryption(user=password, owner="owner"))


def signed(pdf: bytes, folder: Path) -> bytes:
    """Sign digitally, now, in the place of the customer's signature; nobody vouches for the certificate."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    _make_certificate(key, certificate)
    signer = SimpleSigner.load(str(key), str(certificate))  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        PdfSignatureMetadata(field_name="customer_signature"),
        signer=signer,
        output=out,
        existing_fields_only=True,
    )
    return out.getvalue()


def _make_certificate(key: Path, certificate: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(private, hashes.SHA256())
    )
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))


def raw(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, whatever they are."""
    content = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root %d 0 R " % (len(objects) + 1, root) + trailer + b">>\n"
    return bytes(content + b"startxref\n%d\n%%%%EOF\n" % start)


CATALOG: Final = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>"


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def bomb(mebibytes: int, *, is_form: bool = False) -> bytes:
    """A page whose content is small in the file and huge in memory."""
    squeezer = zlib.compressobj(9)
    packed = b"".join(squeezer.compress(b"q Q " * 2**18) for _ in range(mebibytes)) + squeezer.flush()
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    page, catalog = PAGE % font, CATALOG
    if is_form:
        catalog = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>"
        page = page.replace(b"/Parent", b"/Annots [5 0 R] /Parent")
    widget = b"<< /Subtype /Widget /T (customer_signature) /FT /Sig /Rect [50 50 200 100] >>"
    return raw(catalog, PAGES, page, stream(packed, b"/Filter /FlateDecode"), widget)


def crowd(objects: int) -> bytes:
    """Very many objects that nobody needs."""
    return raw(CATALOG, PAGES, PAGE % b"<< >>", stream(b""), *([b"<< /A [1 2 3] >>"] * objects))


HOSTILE: Final[Mapping[str, bytes]] = {
    "pages that contain themselves": raw(CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "no pages": raw(CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "a table of objects that points to itself": raw(
        CATALOG, PAGES, PAGE % b"<< >>", stream(b""), trailer=b"/Prev 9 "
    ),
    "fields that contain themselves": raw(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        PAGES,
        PAGE % b"<< >>",
        stream(b""),
        b"<< /T (a) /FT /Tx /Kids [5 0 R] >>",
    ),
    "a drawing that draws itself": raw(
        CATALOG,
        PAGES,
        PAGE % b"<< /XObject << /X 5 0 R >> >>",
        stream(b"/X Do"),
        stream(
            b"/X Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>",
        ),
    ),
    "arrays in arrays without end": raw(CATALOG, PAGES, PAGE % (b"[" * 9000 + b"]" * 9000), stream(b"")),
    "objects of the wrong type": raw(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 /Lang 12 /Outlines 1 0 R >>",
        PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox (x) /Contents 9 /Resources 4 0 R /Annots << >> >>",
        b"<< /XObject [1 2] /Font 3 >>",
    ),
    "scripts and actions": raw(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "
        b"/AA << /WC << /S /Launch /F (/bin/true) >> >> >>",
        PAGES,
        PAGE % b"<< >>",
        stream(b""),
    ),
    "a signature that is none": raw(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        PAGES,
        PAGE % b"<< >>",
        stream(b""),
        b"<< /T (customer_signature) /FT /Sig /Rect [0 0 100 50] /V << /Type /Sig /ByteRange [0 9 9 99999] "
        b"/Contents <00> /Filter /Adobe.PPKLite >> >>",
    ),
    "garbage behind a header": b"%PDF-1.7\n" + bytes(range(256)) * 400,
}
