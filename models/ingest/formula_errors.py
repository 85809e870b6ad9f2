"""Cells of a workbook whose formula failed (#N/A, #REF!): its reader gives blanks, and a blank limit is no limit."""

import posixpath
import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")  # the type of a cell that holds an error
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


def failed_cells(workbook: BytesIO | Path, sheet: str) -> list[tuple[int, int]]:
    """Row and column, from 0, of every cell of the sheet that holds an error instead of a value.

    Raises ValueError or OSError where the workbook is not built as one of its kind is.
    """
    try:
        with zipfile.ZipFile(workbook) as archive:
            part = archive.read(_part(archive, sheet))
        if not _ERROR.search(part):
            return []
        cells = ElementTree.fromstring(part).findall(".//{*}c[@t='e']")
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as fault:
        raise ValueError(str(fault)) from None
    return [_place(cell.get("r", "")) for cell in cells]


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Name of the member that holds a sheet; workbooks of the strict kind have other namespaces."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    (found,) = [one.attrib for one in book.findall(".//{*}sheet") if one.get("name") == sheet]
    (link,) = [value for name, value in found.items() if name.endswith("}id")]
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    (target,) = [one.get("Target", "") for one in links if one.get("Id") == link]
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _place(name: str) -> tuple[int, int]:
    """`B3` as (2, 1)."""
    found = _PLACE.fullmatch(name)
    if found is None:
        raise ValueError(f"no place of a cell: {name[:20]!r}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
