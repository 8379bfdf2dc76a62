"""What stands in the parts of a workbook, for tests that look below openpyxl."""

import io
import re
import zipfile


def sheet_xml(workbook: bytes) -> str:
    """Return the XML of all worksheets of a workbook, one after the other."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return "".join(archive.read(name).decode() for name in sorted(names))


def external_targets(workbook: bytes) -> list[str]:
    """Return the targets of all relations that lead out of the workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        relations = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")
        )
    return re.findall(r'<Relationship [^>]*TargetMode="External"[^>]*>', relations)
