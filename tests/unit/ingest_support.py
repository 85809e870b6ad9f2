"""A landing, a home and an engine for tests of ingestion, with short ways to write deliveries."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import ingest
from models.config import Config
from models.engine import open_engine
from models.home import Home
from models.ingest.summary import LoadSummary

KEY = bytes(range(32))
SETTLEMENT = {
    "setl_id": "S1", "mdtrt_id": "M1", "psn_no": "P1", "insutype": "310", "fixmedins_code": "H1", "med_type": "21",
    "begndate": "2025-01-02", "enddate": "2025-01-03", "setl_time": "2025-01-03 10:00:00", "medfee_sumamt": "100.00",
    "hifp_pay": "60.00", "fund_pay_sumamt": "60.00", "vali_flag": "1", "updt_time": "2025-01-04 00:00:00",
}  # fmt: skip
LINE = {
    "bkkp_sn": "B1", "setl_id": "S1", "psn_no": "P1", "fee_ocur_time": "2025-01-02 09:00:00", "med_list_codg": "X1",
    "med_chrgitm_type": "09", "cnt": "1", "pric": "5", "det_item_fee_sumamt": "5.00",
}  # fmt: skip


def text(rows: list[dict[str, str]], separator: str = ",") -> str:
    """A header and one line a row."""
    return "".join(separator.join(cells) + "\n" for cells in [list(rows[0]), *(list(row.values()) for row in rows)])


def settlements(*rows: dict[str, str]) -> str:
    """An extract of setl_d; every row names only what the test is about."""
    return text([SETTLEMENT | row for row in rows])


def lines(*rows: dict[str, str]) -> str:
    """An extract of fee_list_d."""
    return text([LINE | row for row in rows])


class World:
    """One landing and one home."""

    def __init__(self, root: Path) -> None:
        self.landing, self.home = root / "landing", Home(root / "home")
        self.landing.mkdir(parents=True)
        self.engine = open_engine(self.home, Config())

    def put(self, file: str, content: str | bytes) -> Path:
        """Write a delivered file; `.gz` is packed."""
        path = self.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if file.endswith(".gz") else data)
        return path

    def load(self, folders: list[str] | None = None) -> LoadSummary:
        summary = ingest.load(self.engine, self.landing, self.home, KEY, Config(), folders)
        ingest.resolve(self.engine)
        return summary

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.engine.con.execute(statement).fetchall()

    def values(self, statement: str) -> list[Any]:
        return [row[0] for row in self.rows(statement)]

    def fates(self) -> dict[str, tuple[int, int, int, int, int]]:
        """File -> rows read, loaded, superseded, cancelled, quarantined."""
        names = ("rows_read", "loaded", "superseded", "cancelled", "quarantined")
        return {one["file"]: tuple(one[name] for name in names) for one in ingest.input_rows(self.engine)}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.engine.close()
