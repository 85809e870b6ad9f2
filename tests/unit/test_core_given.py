"""The helper that fills the contract tables."""

import pytest

from models.contracts import tables
from models.engine.duck import memory_engine
from tests.given import given, rows_of


def test_every_contract_table_is_there_with_every_column() -> None:
    engine = given(memory_engine())
    for table in tables().values():
        named = {name for (name,) in rows_of(engine, f"select column_name from (describe cur.{table.name})")}
        assert named == {column.inside for column in table.columns.values()} | {"file_id", "line_no"}


def test_rows_are_filled_and_add_up() -> None:
    engine = given(
        memory_engine(),
        setl_d=[{"psn_no": "P7", "hifp_pay": 80, "psn_part_amt": 20}],
        fee_list_d=[{"cnt": 2, "pric": "1.5"}],
    )
    assert rows_of(
        engine, "select setl_id, psn_id, fund_pay_sumamt::varchar, medfee_sumamt::varchar from cur.setl_d"
    ) == [("S1", "P7", "80.00", "100.00")]
    assert rows_of(engine, "select det_item_fee_sumamt::varchar, inscp_scp_amt::varchar from cur.fee_list_d") == [
        ("3.00", "3.00")
    ]


def test_a_misspelt_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="no columns"):
        given(memory_engine(), setl_d=[{"setlid": "S1"}])
