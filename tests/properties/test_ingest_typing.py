"""Typing a plain column at once gives what typing value by value gives."""

from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts import Column, tables
from models.ingest import quick, typed

CON = duckdb.connect()
COLUMNS = {
    kind: next(c for t in tables().values() for c in t.columns.values() if c.type == kind and not c.also_zero)
    for kind in ("amount", "price", "quantity", "ratio", "weight", "age", "int", "date", "time", "flag", "code")
} | {"padded": tables()["setl_d"].columns["hosp_lv"]}

numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.from_regex(r"\A[+-]?[0-9]{0,5}\.?[0-9]{0,4}\Z"),
    st.integers(-(2**70), 2**70).map(lambda n: f"{n / 10 ** (abs(n) % 7):f}"[:24]),
    st.integers(-(2**66), 2**66).map(lambda n: f"{n // 10**6}.{abs(n) % 10**6:06d}"),
    st.sampled_from(["1e3", "0x1F", "1_0", ".", "-", "１２", "99999999999999.99", "100000000000000", "1.230", "1.235"]),
)
moments = st.one_of(
    st.datetimes().map(lambda d: d.strftime("%Y-%m-%d %H:%M:%S")),
    st.dates().map(str),
    st.from_regex(r"\A[0-2][0-9]{3}-[0-1][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9]\Z"),
    st.from_regex(r"\A[0-9]{4}[-0-9][-0-9:T +Z]{2,15}\Z"),
    st.dates().map(lambda d: d.strftime("%Y%m%d")),
)


def compact(form: str) -> st.SearchStrategy[list[str | None]]:
    return st.lists(st.one_of(st.none(), st.datetimes().map(lambda day: day.strftime(form))), min_size=1, max_size=4)


nearly = st.from_regex(r"\A[12][0-9]{3}[01][0-9][0-3][0-9]([0-2][0-9][0-6][0-9][0-6][0-9])?\Z")
flags = st.lists(st.one_of(st.none(), st.sampled_from(["000", "001", "010"])), min_size=1, max_size=4)
others = st.sampled_from(["0", "1", "2", "00", "000", "001", "true", "A", "01", "11", "中", "'; drop table x; --"])
values = st.lists(st.one_of(st.none(), numbers, moments, others), min_size=1, max_size=6)
alike = st.one_of(
    st.lists(st.one_of(st.none(), numbers), min_size=1, max_size=4),
    st.lists(st.one_of(st.none(), moments), min_size=1, max_size=3),
    st.lists(st.one_of(st.none(), others), min_size=1, max_size=4),
    *map(compact, ("%Y%m%d", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S")),
    st.lists(nearly, min_size=1, max_size=2),
    flags,
)


def carefully(texts: list[str | None], column: Column) -> list[Any]:
    CON.register("texts", pa.table({"place": list(range(len(texts))), "x": pa.array(texts, pa.string())}))
    expression = typed._value(column, "x")
    found = CON.execute(f"select cast({expression} as {column.sql_type}) from texts order by place").fetchall()
    return [row[0] for row in found]


@cache
def alone(text: str | None, kind: str) -> Any:
    """A value as it is typed by itself; many come again and again."""
    return carefully([text], COLUMNS[kind])[0]


@pytest.mark.parametrize("kind", sorted(COLUMNS))
@settings(max_examples=250, deadline=None)
@given(texts=st.one_of(values, alike))
def test_plain_columns_type_as_single_values_do(kind: str, texts: list[str | None]) -> None:
    column = COLUMNS[kind]
    array = pa.array([None if text in quick.NULLS else text for text in texts], pa.string())
    at_once, together = quick.typed(array, column), carefully(array.to_pylist(), column)
    if at_once is not None:
        assert at_once.to_pylist() == together
    assert together == [alone(text, kind) for text in array.to_pylist()]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("amount", ".50", "0.50"),
        ("amount", "+5", "5.00"),
        ("amount", "1.2300", "1.23"),
        ("amount", "1.235", None),
        ("amount", "1e3", None),
        ("amount", "1,000", None),
        ("amount", "99999999999999.99", "99999999999999.99"),
        ("amount", "100000000000000", None),
        ("amount", "184467440737095516.16", None),
        ("amount", "0.18446744073709551616", None),
        ("price", "18451744073710", None),
        ("price", "-18451744073710", None),
        ("price", "1.2345675", "1.234568"),
        ("price", "-1.2345675", "-1.234568"),
        ("age", "40.25", "40.3"),
        ("int", "3.0", "3"),
        ("int", "3.5", None),
        ("date", "2025-02-28", "2025-02-28"),
        ("date", "20250228", "2025-02-28"),
        ("date", "20250228101112", "2025-02-28"),
        ("date", "2025-02-28 10:11:12", "2025-02-28"),
        ("date", "20250228 10:11", "2025-02-28"),
        ("date", "2025-02-30", None),
        ("date", "2025/02/28", None),
        ("date", "infinity", None),
        ("time", "2025-02-28T10:11:12.5", "2025-02-28 10:11:12.500000"),
        ("time", "20250228101112", "2025-02-28 10:11:12"),
        ("time", "2025-02-28 24:00:00", None),
        ("flag", "000", "0"),
        ("flag", "001", "1"),
        ("flag", "2", None),
        ("padded", "2", "02"),
        ("padded", "11", "11"),
        ("padded", "X", "X"),
    ],
)
def test_values_of_each_type(kind: str, text: str, expected: str | None) -> None:
    array = pa.array([text])
    found = quick.typed(array, COLUMNS[kind])
    value = carefully([text], COLUMNS[kind])[0]
    assert (None if value is None else str(value)) == expected
    assert found is None or found.to_pylist() == [value]


def test_other_codes_of_a_flag_mean_zero_where_the_contract_says_so() -> None:
    column = tables()["setl_list_oprn_d"].columns["main_oprn_flag"]
    assert carefully(["1", "2", "3"], column) == ["1", "0", None]
