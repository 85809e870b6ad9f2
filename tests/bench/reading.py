"""How long DuckDB takes only to read the files of a landing: every column as text, each consumed by an aggregate.

    python -m tests.bench.reading LANDING [--threads 2]

The last line is JSON: wall and processor seconds, bytes, files, rows. DuckDB reads no GB18030, so such files are read
as UTF-8 copies; making the copies is not counted.
"""

import argparse
import json
import re
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb

from tests.bench.landing.write import opened

QUOTED = b"@|"
BLOCK = 1 << 22


def _readable(path: Path, number: int, scratch: Path) -> Path:
    """The file, or a copy of it in UTF-8 where it is not."""
    if path.suffix == ".parquet":
        return path
    with opened(path, "rb") as file:
        block = file.read(1 << 16)
    try:
        block[: block.rfind(b"\n") + 1].decode()
        return path
    except UnicodeDecodeError:
        copy = scratch / f"{number}{''.join(path.suffixes)}"
    with opened(path, "rb") as file, opened(copy, "wb") as out:
        while block := file.read(BLOCK):
            out.write((block + file.readline()).decode("gb18030", "replace").encode())
    return copy


def _source(path: Path) -> str:
    """The table function that reads a file, its list of files still open as $f."""
    if path.suffix == ".parquet":
        return "read_parquet($f)"
    with opened(path, "rb") as file:
        head, first = file.readline(), file.readline()
    separator = max("\t|,", key=lambda one: head.count(one.encode()))
    quote, names = '"', head.removeprefix(b"\xef\xbb\xbf").decode().strip("\r\n").split(separator)
    if first.startswith(QUOTED):  # the marks of a cell become cells of their own
        quote, names = "", [f"part{n}" for n in range(first.count(separator.encode()) + 1)]
    columns = ", ".join(f"'{name}': 'varchar'" for name in names)
    return (f"read_csv($f, header = true, auto_detect = false, delim = '{separator}', quote = '{quote}', "
            f"escape = '{quote}', ignore_errors = true, strict_mode = false, columns = {{{columns}}})")  # fmt: skip


def read_only(landing: Path, threads: int) -> dict[str, float]:
    """Read everything once; files of a table that look alike are read by one statement."""
    files = [path for path in sorted(landing.rglob("*")) if path.is_file() and path.name != "_SUCCESS"]
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as con:
        con.execute(f"set threads = {threads}; set enable_progress_bar = false; set preserve_insertion_order = false")
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for number, path in enumerate(files):
            copy = _readable(path, number, Path(scratch))
            table = re.sub(r"_\d+(late)?$", "", path.name.split(".")[0])
            groups[(table, _source(copy))].append(str(copy))
        rows, started, used = 0, time.perf_counter(), time.process_time()
        for (_, source), paths in groups.items():
            table = source.replace("$f", "[" + ", ".join(f"'{path}'" for path in paths) + "]")
            names = [row[0] for row in con.execute(f"describe select * from {table}").fetchall()]
            consumed = ", ".join(f'max(cast("{name}" as varchar))' for name in names)
            rows += con.execute(f"select count(*), {consumed} from {table}").fetchall()[0][0]
        wall, cpu = time.perf_counter() - started, time.process_time() - used
    size = sum(path.stat().st_size for path in files)
    return {"wall": wall, "cpu": cpu, "files": len(files), "rows": rows, "bytes": size}


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("landing", type=Path)
    options.add_argument("--threads", type=int, default=2)
    chosen = options.parse_args()
    print(json.dumps(read_only(chosen.landing, chosen.threads)))
