"""Writing one list: Parquet, CSV and a workbook from one checked frame."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from models import apart
from models.contracts import lists
from models.errors import JichaError
from models.frozen import file_sha256
from models.lists.bands import banded
from models.lists.canonical import canonical
from models.lists.excel import ROWS_PER_SHEET, write_excel
from models.lists.flat import write_csv, write_parquet
from models.lists.told import names_of, told


@dataclass(frozen=True)
class ListFiles:
    """What was written of one list: its rows and the SHA-256 of its files by kind (`parquet`, `csv`)."""

    rows: int
    sha256: dict[str, str]


def write_list(
    name: str,
    frame: pl.DataFrame | pa.Table,
    folder: Path,
    language: str = "zh",
    about: Mapping[str, str] | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> ListFiles:
    """Write `<name>.parquet`, `<name>.csv` and `<name>.xlsx` into an existing folder.

    `frame` must have the columns of the list's contract (others are left out); `language` is that of the workbook;
    `about` are facts for its header and notes. Raises JichaError when the frame does not keep the contract. The
    workbook's digest is not returned: only Parquet and CSV are promised byte for byte.
    """
    files, workbook = _begin(name, frame, folder, language, about, rows_per_sheet)
    apart.collect([workbook])
    return files


@contextmanager
def written_lists(
    frames: Mapping[str, pl.DataFrame],
    folder: Path,
    language: str,
    about: Mapping[str, str],
    later: Callable[[], Mapping[str, pl.DataFrame]] = dict,
) -> Iterator[dict[str, ListFiles]]:
    """Write several lists as `write_list` does; their workbooks are all there when the block ends.

    `later` makes more of them while the workbooks of the first are being written.
    """
    workbooks: list[apart.Handed[None]] = []
    try:
        files, names = {}, names_of(frames)
        for make in (lambda: frames, later):
            for name, frame in sorted(make().items(), key=lambda one: -one[1].height):  # long workbooks begin first
                files[name], workbook = _begin(name, frame, folder, language, about, names=names)
                workbooks.append(workbook)
        yield files
    except BaseException:
        apart.abandon(workbooks)  # nobody writes into the folder any more
        raise
    apart.collect(workbooks)


def _begin(
    name: str,
    frame: pl.DataFrame | pa.Table,
    folder: Path,
    language: str,
    about: Mapping[str, str] | None,
    rows_per_sheet: int = ROWS_PER_SHEET,
    names: Mapping[str, str] | None = None,
) -> tuple[ListFiles, apart.Handed[None]]:
    """Parquet and CSV, and the workbook in the making."""
    spec = lists().get(name)
    if spec is None:
        raise JichaError(f"没有这种清单 / no such list: {name}. There are: {', '.join(lists())}.")
    made = canonical(spec, frame)
    parquet = folder / f"{name}.parquet"
    write_parquet(made, parquet)
    workbook = apart.hand_over(_write_workbook, name, parquet, language, about, rows_per_sheet, names or {})
    write_csv(made, folder / f"{name}.csv")
    digests = {kind: file_sha256(folder / f"{name}.{kind}") for kind in ("parquet", "csv")}
    return ListFiles(made.height, digests), workbook


def _write_workbook(
    name: str,
    parquet: Path,
    language: str,
    about: Mapping[str, str] | None,
    rows_per_sheet: int,
    names: Mapping[str, str],
) -> None:
    """The workbook of a list that stands as Parquet: rows that were handed over themselves cost a city seconds."""
    spec, frame = told(*banded(lists()[name], pl.read_parquet(parquet), language), language, names)
    write_excel(spec, frame, parquet.with_suffix(".xlsx"), language, about, rows_per_sheet)
