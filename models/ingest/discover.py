"""What lies in landing: every file, the folder it was delivered in and the tables it feeds."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.contracts import Table, tables
from models.errors import InputRefused
from models.home import WAREHOUSE
from models.ingest import names
from models.ingest.mapping import FILE, Mapping, TableMapping, read_mapping
from models.ingest.misplaced import home_inside
from models.ingest.sources import Source
from models.ingest.summary import Refusal


@dataclass(frozen=True)
class Delivery:
    """One file feeding one table; `file` is relative to landing, a zip member as `x.zip!member.csv`."""

    folder: str
    file: str
    table: Table
    source: Source
    mapping: TableMapping | None = None

    @property
    def unit(self) -> tuple[str, str]:
        return self.folder, self.table.name


@dataclass
class Found:
    """All deliveries, ordered by folder, table and file; what is refused by its name or place; remarks."""

    deliveries: list[Delivery] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def folders(landing: Path) -> list[str]:
    """Names of the delivery folders, ordered: months, `reference`, and those of mapped files."""
    return sorted({delivery.folder for delivery in discover(landing).deliveries} | _proper_folders(landing))


def _proper_folders(landing: Path) -> set[str]:
    return {path.name for path in landing.iterdir() if path.is_dir() and _is_proper(path.name)}


def _is_proper(folder: str) -> bool:
    return names.is_month(folder) or folder == names.REFERENCE


def discover(landing: Path, chosen: list[str] | None = None) -> Found:
    """Look through landing (or some folders of it; strays outside every folder are named in any case).

    A home below landing is none of it: its own lists would be strays. Raises InputRefused for a faulty mapping.yaml.
    """
    mapping, found = read_mapping(landing), Found()
    files = sorted(_files(landing, (landing.resolve(),)))
    homes = {path.parent for path in files if path.name == WAREHOUSE} - {landing}
    for home in homes:
        if inside := home_inside(landing, home):
            raise InputRefused(inside)
    for path in files:
        if homes.intersection(path.parents):
            continue
        place = path.relative_to(landing)
        file = place.as_posix()
        if not path.is_file() or any(map(names.is_hidden, place.parts)) or place.parts[0] in names.IGNORED_FOLDERS:
            continue
        if file == FILE:
            continue
        folder = place.parent.as_posix() if place.parent.parts else ""
        feeds = mapping.feeds(file)
        if chosen is not None and (feeds or _is_proper(folder)) and (folder or "mapped") not in chosen:
            continue
        _file(found, path, file, folder, feeds)
    _unmatched(found, mapping, chosen)
    found.deliveries.sort(key=lambda one: (one.folder, one.table.name, one.file))
    return found


def _files(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Everything below a folder but folders, also where links lead: a month moved to another disk is still delivered.

    `above` = where the folder and those around it really are. Raises InputRefused for a month that cannot be opened.
    """
    try:
        inside = list(folder.iterdir())
    except OSError as fault:
        if not _is_proper(folder.name):
            return
        raise InputRefused(f"{folder.name}: 无法打开 / the folder cannot be opened ({fault.strerror})") from None
    for path in inside:
        if not path.is_dir():
            yield path
        elif not _leads_back(path, real := path.resolve(), above):
            yield from _files(path, (*above, real))


def _leads_back(folder: Path, real: Path, above: tuple[Path, ...]) -> bool:
    """Is it a link to what is looked through already, or to a folder it lies in?"""
    landing = above[0]
    return real in above or (folder.is_symlink() and (real in landing.parents or landing in real.parents))


def _file(found: Found, path: Path, file: str, folder: str, feeds: dict[str, TableMapping]) -> None:
    stem, extension = names.split_extension(path.name)
    if feeds:
        if not extension:
            found.refused.append(Refusal(file, _extension()))
            return
        for source, name in _contents(found, path, file, extension):
            for table, mapping in feeds.items():
                found.deliveries.append(Delivery(folder or "mapped", name, tables()[table], source, mapping))
        return
    if not extension:
        _no_data(found, file, stem)
    elif not _is_proper(folder):
        found.refused.append(
            Refusal(file, "不在 YYYYMM 或 reference 目录 / lies neither in a YYYYMM folder nor in reference; "
                          "move it, or name it in mapping.yaml")
        )  # fmt: skip
    elif extension == "zip":
        for source, name in _contents(found, path, file, extension):
            inner = names.split_extension(names.place_of(source.member or "").name)[0]
            _named(found, source, name, folder, inner)
    else:
        _named(found, Source(path, extension), file, folder, stem)


def _named(found: Found, source: Source, file: str, folder: str, stem: str) -> None:
    """A file that says by its name what it is."""
    name = names.table_of(stem)
    if name is None:
        reason = f"不是表名 / not named after a table; allowed in {folder}: {names.known_tables(folder)}"
        found.refused.append(Refusal(file, reason))
        return
    table = tables()[name]
    if (table.kind == "monthly") != names.is_month(folder):
        right = "YYYYMM 月份目录 / a YYYYMM folder" if table.kind == "monthly" else "reference"
        found.refused.append(Refusal(file, f"{name} 应放在 / belongs into {right}; move it there"))
    elif source.format == "xlsx" and table.kind == "monthly":
        found.refused.append(Refusal(file, "月度表不收 xlsx / xlsx is for reference tables; deliver csv or parquet"))
    else:
        found.deliveries.append(Delivery(folder, file, table, source))


def _contents(found: Found, path: Path, file: str, extension: str) -> list[tuple[Source, str]]:
    """The readable things in a file: itself, or the members of a zip."""
    if extension != "zip":
        return [(Source(path, extension), file)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError):
        found.refused.append(Refusal(file, "压缩包损坏 / the zip archive is damaged; pack and deliver it again"))
        return []
    contents: list[tuple[Source, str]] = []
    members_of = Counter(one.filename for one in members)
    if not members:
        found.refused.append(Refusal(file, "压缩包为空 / the zip archive is empty; deliver it again or take it away"))
    for twice in sorted({one.filename for one in members if members_of[one.filename] > 1}):
        reason = "压缩包内同名文件重复 / two files of one name in the archive; pack each under a name of its own"
        found.refused.append(Refusal(f"{file}!{twice}", reason))
    for member in sorted(members, key=lambda one: one.filename):
        place = names.place_of(member.filename)
        if members_of[member.filename] > 1 or any(map(names.is_hidden, place.parts)):
            continue
        stem, kind = names.split_extension(place.name)
        name = f"{file}!{names.of_member(member)}"
        if kind == "zip":
            found.refused.append(Refusal(name, "压缩包内还有压缩包 / a zip within a zip; pack its files themselves"))
        elif not kind:
            _no_data(found, name, stem)
        elif member.flag_bits & 1:
            found.refused.append(Refusal(name, "压缩包加密 / encrypted; deliver a zip without a password"))
        else:
            contents.append((Source(path, kind, member.filename), name))
    return contents


def _no_data(found: Found, file: str, stem: str) -> None:
    """What no extension of ours is on: a table in another format is refused, anything else is only named."""
    if names.table_of(stem.split(".")[0]) is not None:
        found.refused.append(Refusal(file, _extension()))
    else:
        found.warnings.append(f"{file}: 未读取，不是数据文件 / not read, no data file by its extension")


def _extension() -> str:
    return "扩展名不支持 / unknown extension; allowed: csv, txt, tsv (also .gz), parquet, xlsx, or a zip of those"


def _unmatched(found: Found, mapping: Mapping, chosen: list[str] | None) -> None:
    if chosen is not None:
        return
    fed = {one.table.name for one in found.deliveries if one.mapping is not None}
    for name in sorted(set(mapping.tables) - fed):
        found.warnings.append(f"mapping.yaml: {name} 没有匹配的文件 / no file matches its patterns")
