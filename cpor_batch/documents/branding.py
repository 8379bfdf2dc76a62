"""A partner's colour and logo, as documents can bear them."""

import base64
import re
from pathlib import Path
from typing import Final

from cpor_batch.errors import ConfigurationError

DEFAULT_ACCENT: Final = "#1f4e79"
MIN_CONTRAST: Final = 4.5
"""Of text on white paper, by WCAG 2.1, 1.4.3."""
MAX_LOGO_BYTES: Final = 2_000_000
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def accent_of(colour: str | None) -> str:
    """Return the colour for headings and lines as #rrggbb, darkened until it can be read on white.

    Raises ConfigurationError unless it is written as #rrggbb.
    """
    if colour is None:
        return DEFAULT_ACCENT
    if not _COLOUR.fullmatch(colour):
        raise ConfigurationError(
            f'"{colour}" is no colour.',
            hint='Write it as "#1f4e79".',
            where="cpor-batch.toml, [[partners]]",
        )
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    while _contrast_with_white(parts) < MIN_CONTRAST:
        parts = [part * 95 // 100 for part in parts]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _contrast_with_white(parts: list[int]) -> float:
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # of sRGB
        for part in parts
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def read_logo(logo: str | None) -> str | None:
    """Return the image as a data: URI, so that the page needs no file; None without a logo.

    Raises ConfigurationError where the file cannot be read, is too large or is no PNG, JPEG or SVG.
    """
    if logo is None:
        return None
    where = f"{logo} (logo in [[partners]])"
    try:
        data = Path(logo).read_bytes()
    except OSError as exc:
        raise ConfigurationError(
            f"the logo cannot be read: {exc.strerror}.",
            hint="Correct the path in cpor-batch.toml.",
            where=where,
        ) from exc
    if len(data) > MAX_LOGO_BYTES:
        raise ConfigurationError(
            f"the logo has {len(data):,} bytes.",
            hint=f"Make it smaller than {MAX_LOGO_BYTES:,}.",
            where=where,
        )
    media_type = _media_type(data, where)
    if media_type == "image/jpeg" and (converted := _from_cmyk(data)):
        data, media_type = converted, "image/png"
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _from_cmyk(jpeg: bytes) -> bytes | None:
    """Return a PNG of an image in the colours of a printing press, None for all others.

    Our archived documents describe colours of screens (ISO 19005-3, 6.2.4.3), and such logos are common.
    """
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            if image.mode != "CMYK":
                return None
            made = io.BytesIO()
            image.convert("RGB").save(made, "png")
            return made.getvalue()
    except (OSError, ValueError, SyntaxError):
        # A damaged image: whoever prints it says so.
        return None


def _media_type(data: bytes, where: str) -> str:
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if b"<svg" in data[:4096]:
        return "image/svg+xml"
    raise ConfigurationError(
        "the logo is no PNG, JPEG or SVG image.", hint="Save it as one of these.", where=where
    )
