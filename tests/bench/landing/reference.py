"""Reference tables of a city as queries (`reference.sql`): providers, people, groups, catalogue, points."""

from collections.abc import Iterator
from pathlib import Path
from string import Template

import duckdb
import polars as pl

from models.sample.codes import DICTIONARY
from models.sample.groups import COMORBIDITIES
from tests.bench.city import ITEMS, STEP, knowledge_points
from tests.bench.landing.spec import CitySpec

VERSION = "2.0"
#: limits that fit this city's prices, levels and visits, so that about one charge in a thousand breaks its own
_NUMBER = f"(k * {STEP} + $number) % {ITEMS}"
FITTING_LIMITS = {
    "kp_level": "case when k % 50 = 0 then '09' else '11' end as hosp_lv_max",
    "kp_visit": "'11|13|14|21|41' as med_types",
    "kp_price": f"cast(yuan_(price_({_NUMBER})) as decimal(16, 6)) as pric_uplmt_amt",
}


def references(con: duckdb.DuckDBPyConnection, spec: CitySpec, values: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Table and query of every reference table."""
    queries = (Path(__file__).parent / "reference.sql").read_text(encoding="utf-8").split("\n-- table: ")
    for query in queries[1:]:
        table, text = query.split("\n", 1)
        yield table, Template(text).substitute(values, version=VERSION, items=ITEMS)
    con.register("dictionary", _dictionary())
    yield "nat_data_dic_a", "select * from dictionary"
    con.register("comorbidity", _comorbidities())
    yield "kp_cc", "select * from comorbidity"
    points: dict[str, list[str]] = {}
    for table, text in knowledge_points(spec.points, FITTING_LIMITS, coded_suffix=".900"):
        if table == "kp_discount":  # few operations of a session are reduced
            text += " where k % 10 = 0"
        points.setdefault(table, []).append(f"select *, 'B001' as basis_id from ({text})")
    for table, texts in points.items():
        yield table, " union all by name ".join(texts)


def _dictionary() -> pl.DataFrame:
    rows = [(kind, code, name) for kind, values in DICTIONARY.items() for code, name in values.items()]
    names = ["dic_type_code", "nat_dic_val_code", "nat_dic_val_name"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(vali_flag=pl.lit("1"))


def _comorbidities() -> pl.DataFrame:
    rows = [("S20", code, name, level) for code, name, level, _ in COMORBIDITIES if level]
    names = ["rule_id", "subject_code", "subject_name", "level"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(valid_from=pl.lit("2023-01-01"))
