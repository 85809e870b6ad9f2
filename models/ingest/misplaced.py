"""A landing folder that is none: empty, a month of it, or a folder around it. What to name in its place."""

from pathlib import Path

from models.home import WAREHOUSE
from models.ingest import names


def where_instead(landing: Path) -> str:
    """What people probably meant, as a line for the end of a message; empty where the folder looks right."""
    if names.is_month(landing.name) or landing.name == names.REFERENCE:
        return _meant(f"这是其中一个月份 / this is one part of it; give {landing.parent}")
    if (landing / WAREHOUSE).exists():
        return _meant("这是工作目录 / this is a home; give the folder of the extracts")
    if not _parts(landing):
        inner = [path for path in sorted(landing.iterdir()) if path.is_dir() and _parts(path)]
        if inner:
            return _meant(f"月份在下一层 / the months lie one level below; give {inner[0]}")
    return ""


def no_files(landing: Path) -> str:
    """What to say of a landing without any data file."""
    found = ", ".join(sorted(path.name for path in landing.iterdir() if not names.is_hidden(path.name))[:10])
    return (
        f"数据目录里没有数据文件 / no data file in the landing folder: {landing}"
        f"（现有 / found: {found or '空 / nothing'}）\n"
        "须有 / it must hold YYYYMM/setl_d.csv, YYYYMM/fee_list_d.csv, reference/… (csv, txt, tsv, gz, zip, parquet). "
        "Is the disk mounted, the path right? 未改动任何内容 / Nothing was changed."
        + (f"\n{advice}" if (advice := where_instead(landing)) else "")
    )


def home_inside(landing: Path, home: Path) -> str:
    """What to say of a home that would hide a delivery, which no home is; empty where it lies well."""
    landing, home = landing.resolve(), home.resolve()
    if landing != home and landing not in home.parents:
        return ""
    parts = home.relative_to(landing).parts
    if parts and not (names.is_month(parts[0]) or parts[0] == names.REFERENCE):
        return ""
    return (
        f"工作目录不能放在数据文件夹里 / a home must have a folder of its own, not that of the extracts: {home}. "
        "Name another place for --home, or move the home out."
    )


def _meant(text: str) -> str:
    return f"  数据目录可能给错了 / probably the wrong folder: {text}."


def _parts(folder: Path) -> list[Path]:
    """The folders of deliveries below."""
    return [path for path in folder.iterdir() if path.is_dir() and names.is_month(path.name)]
