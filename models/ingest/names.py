"""File names of the landing: which table a name means, which format an extension means."""

import re
import zipfile
from functools import cache
from pathlib import PurePosixPath

from models.contracts import tables

TEXT = ("csv", "txt", "tsv")
MONTH = re.compile(r"20\d{2}(0[1-9]|1[0-2])")
REFERENCE = "reference"
IGNORED_FOLDERS = frozenset({"truth"})


def is_month(name: str) -> bool:
    """Is this the name of a monthly folder (YYYYMM)?"""
    return MONTH.fullmatch(name) is not None


def is_hidden(name: str) -> bool:
    """Files that belong to systems, not to deliveries: dotfiles, `_SUCCESS`, `__MACOSX`, Excel's `~$` locks."""
    return (name != ".." and name.startswith((".", "_", "~$"))) or name.lower() in {"thumbs.db", "desktop.ini"}


def of_member(member: zipfile.ZipInfo) -> str:
    """Name of a zip's member as people read it: without the mark of UTF-8 Chinese packers mean GB18030."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def place_of(member: str) -> PurePosixPath:
    """Where a zip's member lies in it; packers of Windows part folders by backslashes."""
    return PurePosixPath(member.replace("\\", "/"))


def split_extension(name: str) -> tuple[str, str]:
    """`setl_d_01.csv.gz` -> (`setl_d_01`, `csv.gz`), lower-cased; an unknown extension gives ''."""
    lower = name.lower()
    for extension in (*(f"{kind}.gz" for kind in TEXT), *TEXT, "parquet", "xlsx", "zip"):
        if lower.endswith("." + extension):
            return lower[: -len(extension) - 1], extension
    return lower, ""


@cache
def _longest_first() -> list[str]:
    return sorted(tables(), key=lambda name: (-len(name), name))


def table_of(stem: str) -> str | None:
    """The contract table of `<table>[_<part>]`; the longest table name that fits wins."""
    for name in _longest_first():
        if stem == name or stem.startswith(name + "_"):
            return name
    return None


def known_tables(folder: str) -> str:
    """The table names allowed in a folder, for messages."""
    wanted = {"monthly"} if is_month(folder) else {"reference", "kp"}
    return ", ".join(name for name, table in tables().items() if table.kind in wanted)
