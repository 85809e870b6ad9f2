"""`<home>/quarantine/<folder>.parquet`: which rows were set aside and why; their text stays in landing."""

from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from models.engine import Engine
from models.home import Home

_ROWS = """
    select f.file, f.table_name as "table", q.line_no as line, q.line_sha256, q.reasons
    from meta.quarantine q join meta.file f on f.file_id = q.file_id
    where f.folder = $folder
    order by f.file, f.table_name, q.line_no, q.sub_no
"""


def mark(engine: Engine, folder: str) -> None:
    """Note that rows of a folder changed."""
    engine.con.execute("insert into meta.quarantine_dirty values ($folder)", {"folder": folder})


def write(engine: Engine, home: Home) -> None:
    """Rewrite the files of every folder whose rows changed since they were last written.

    The folders to write are remembered in the warehouse, so a run that was killed in between is made good by the next.
    """
    dirty = engine.con.execute("select distinct folder from meta.quarantine_dirty order by folder").fetchall()
    if not dirty:
        return
    home.quarantine.mkdir(parents=True, exist_ok=True)
    for (folder,) in dirty:
        _write(engine, home, folder)
    engine.con.execute("delete from meta.quarantine_dirty")


def _write(engine: Engine, home: Home, folder: str) -> None:
    path = home.quarantine / f"{quote(folder, safe='')}.parquet"
    draft = path.with_name(path.name + ".new")
    reader = engine.con.sql(_ROWS, params={"folder": folder}).to_arrow_reader(100_000)
    rows = 0
    schema = pa.schema(
        [
            ("file", pa.string()), ("table", pa.string()), ("line", pa.int64()), ("line_sha256", pa.string()),
            ("reasons", pa.list_(pa.string())),
        ]
    )  # fmt: skip
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(batch.cast(schema))
    if rows:
        draft.replace(path)
    else:
        draft.unlink()
        path.unlink(missing_ok=True)
