"""The city that `make bench-city` measures on: its files load, and every row is accounted for."""

from pathlib import Path

import pytest

from models import core, ingest
from models.config import Config
from models.engine import open_engine
from models.home import Home
from models.ingest.keys import read_or_make_key
from tests.bench.landing import CitySpec, write_city
from tests.bench.reading import read_only

SPEC = CitySpec(scale=1 / 2000, months=2, points=2_000)
TABLES = ("setl_d", "fee_list_d", "setl_list_diag_d", "drg_grp_d", "psn_info_b", "kp_sex")
ADDED_UP = """
    select count(*), count(*) filter (s.medfee_sumamt <> l.total) from cur.setl_d as s
    inner join (select setl_id, sum(det_item_fee_sumamt) as total from cur.fee_list_d group by setl_id) as l
    on s.setl_id = l.setl_id"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    write_city(SPEC, out)
    return out


def _loaded(landing: Path, home: Home) -> tuple[dict[str, int], list[str], set[str]]:
    """Rows that won by table, sums of settlements, reasons of quarantine.

    Every row must have its fate, and but for late and cancelled lines the lines add up to their settlements.
    """
    engine = open_engine(home, Config())
    ingest.load(engine, landing, home, read_or_make_key(home, engine), Config())
    ingest.resolve(engine)
    core.build(engine, Config())
    for row in ingest.input_rows(engine):
        assert row["rows_read"] == row["loaded"] + row["superseded"] + row["cancelled"] + row["quarantined"], row[
            "file"
        ]
    rows = {table: engine.count(f"cur.{table}") for table in TABLES}
    query = "select count(*), sum(net_fund), sum(net_medfee_sumamt), sum(paid) from core.settlement"
    sums = [str(value) for value in engine.con.execute(query).fetchall()[0]]
    reasons = engine.con.execute("select distinct reason from meta.quarantine_reason").fetchall()
    ((settlements, different),) = engine.con.execute(ADDED_UP).fetchall()
    assert settlements > 300 and different <= settlements * 0.02
    engine.close()
    return rows, sums, {reason for (reason,) in reasons}


def test_loads_with_nothing_refused_and_every_row_reconciled(city: Path, tmp_path: Path) -> None:
    text = _loaded(city / "csv", Home(tmp_path / "csv"))
    typed = _loaded(city / "parquet", Home(tmp_path / "parquet"))
    assert text[:2] == typed[:2]
    assert all(rows > 0 for rows in typed[0].values())
    assert typed[2] == {"missing:setl_id"}
    assert {"missing:setl_id", "wrong_field_count"} < text[2]


def test_plain_reader_reads_what_is_loaded(city: Path) -> None:
    text, typed = (read_only(city / kind, 1)["rows"] for kind in ("csv", "parquet"))
    assert abs(text - typed) <= 8  # the spoilt lines
