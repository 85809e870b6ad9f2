"""No planted name, certificate or psn_no in any byte of the home, logs and Dagster storage included."""

import subprocess
import zipfile
from pathlib import Path

import duckdb
import polars as pl


def planted(landing: Path) -> list[str]:
    frame = pl.read_parquet(landing / "truth" / "identities.parquet")
    values = {str(v) for column in frame.columns for v in frame[column].drop_nulls().unique()}
    # a value of a few bytes would be found by chance
    return sorted(value for value in values if len(value.encode()) >= 6)


def unpacked(home: Path, folder: Path) -> None:
    """What compression hides: workbook parts and the text of every Parquet file."""
    for number, path in enumerate(sorted(home.rglob("*"))):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                for part, name in enumerate(book.namelist()):
                    (folder / f"{number}-{part}.xml").write_bytes(book.read(name))
        if path.suffix == ".parquet":
            pl.read_parquet(path).write_ndjson(folder / f"{number}.ndjson")


def _texts(database: Path, folder: Path) -> None:
    """Every text column of a database, since its pages are compressed."""
    with duckdb.connect(str(database), read_only=True) as con:
        columns = con.execute(
            "select table_schema, table_name, column_name from information_schema.columns where data_type = 'VARCHAR'"
        ).fetchall()
        for number, (schema, table, column) in enumerate(columns):
            target = folder / f"{database.stem}-{number}.txt"
            con.execute(
                f'copy (select distinct "{column}" from "{schema}"."{table}") to $target (format csv)',
                {"target": str(target)},
            )


def files_with(patterns: Path, *folders: Path) -> list[str]:
    found = subprocess.run(
        ["grep", "-rlaFf", str(patterns), *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert found.returncode in {0, 1}, found.stderr
    return found.stdout.split()


def test_no_identity_in_any_byte_of_the_home(landing: Path, home: Path, tmp_path: Path) -> None:
    wanted = planted(landing)
    assert len(wanted) > 100
    patterns = tmp_path / "patterns"
    patterns.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    assert files_with(patterns, landing), "the search finds what the landing holds"
    inside = tmp_path / "unpacked"
    inside.mkdir()
    unpacked(home, inside)
    for database in [home / "warehouse.duckdb", *(home / "published").glob("*.duckdb")]:
        _texts(database, inside)
    assert files_with(patterns, home, inside) == []
