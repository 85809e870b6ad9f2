"""Second review of a quarter end to end: results come back, an issued draw stays, months are drawn on load."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.config import Config, Sampling
from models.contracts import lists
from models.core import build
from models.engine.duck import Engine, memory_engine
from models.errors import InputRefused
from models.frozen import ENTRY, file_sha256
from models.home import Home
from models.lists import canonical, write_list, write_manifest
from models.money.register import Register
from models.sampling import monthly_draw, published, second_review
from tests.findings import find
from tests.given import given

Q1 = "2025Q1"
CONFIG = Config(sampling=Sampling(inpatient_fraction=0.2))
Rows = list[dict[str, Any]]


def settlements(count: int = 200, first: int = 0) -> Rows:
    return [
        {
            "setl_id": f"S{n}",
            "hifp_pay": 100 + n % 7,
            "fixmedins_code": "H1",
            "setl_time": f"2025-0{n % 3 + 1}-11 08:00:00",
        }
        for n in range(first, first + count)
    ]


def load(engine: Engine, rows: Rows, decisions: Rows | None = None) -> None:
    given(engine, setl_d=[dict(row) for row in rows], decision_d=decisions or [])
    build(engine, CONFIG)
    find(engine, [{"setl_id": "S1"}])


def decided(sample: pl.DataFrame, every: int = 4, **more: Any) -> Rows:
    """Every so-many-th settlement drawn is wrong by 40 yuan, the others are in order."""
    return [
        {"candidate_id": one, "stage": "复审", "decided_on": "2025-06-01", **more}
        | ({"outcome": "partial", "fund_amount": 40} if place % every == 0 else {"outcome": "overturned"})
        for place, one in enumerate(sample["candidate_id"])
    ]


def rows(engine: Engine, table: str) -> pl.DataFrame:
    return engine.frame(f"select * from score.{table} where period = '{Q1}' order by all")


def total(engine: Engine) -> dict[str, Any]:
    return rows(engine, "review_estimate").filter(pl.col("stratum") == "total").row(0, named=True)


@pytest.fixture
def engine() -> Engine:
    return memory_engine()


def test_results_come_back_and_say_what_may_be_recovered(engine: Engine, tmp_path: Path) -> None:
    register = Register(Home(tmp_path))
    load(engine, settlements())
    first = second_review(engine, Q1, CONFIG, register)
    sample = rows(engine, "review_sample")
    assert (first.drawn, first.decided, sample.height) == (sample.height, 0, total(engine)["drawn"])
    assert "S1" not in sample["setl_id"].to_list()
    assert total(engine)["why_not"].startswith("尚无复审结果")
    load(engine, settlements(), decided(sample))
    again = second_review(engine, Q1, CONFIG, register)
    assert rows(engine, "review_sample").equals(sample)
    said, errors = total(engine), -(-sample.height // 4)
    assert (again.decided, said["n"], said["population"]) == (sample.height, sample.height, 199)
    assert said["sample_amount"] == 40 * errors
    assert float(said["plain_ratio"]) == pytest.approx(40 * errors * 199 / sample.height, abs=0.01)
    assert said["lower_coverage"] > 0 and said["usable"] == (said["lower_coverage"] >= 0.95)
    canonical(lists()["review_estimate"], rows(engine, "review_estimate"))
    canonical(lists()["review_sample"], sample)


DECISIONS = [
    # what came back for one settlement of 100 yuan, and what counts
    ([("初审", "upheld", 90), ("复审", "overturned", None)], "0.00", 1),
    ([("复审", "upheld", 30), ("复核", "overturned", None)], "30.00", 1),
    ([("复审", "upheld", 500)], "100.00", 1),  # never more than was paid
    ([("复审", "upheld", None)], "0.00", 0),  # upheld without an amount is not decided
]


@pytest.mark.parametrize(("came", "amount", "reviewed"), DECISIONS)
def test_the_furthest_stage_decides(
    engine: Engine, tmp_path: Path, came: list[tuple[str, str, int | None]], amount: str, reviewed: int
) -> None:
    one: Rows = [{"setl_id": "A", "hifp_pay": 100, "setl_time": "2025-02-11 08:00:00"}]
    load(engine, one)
    second_review(engine, Q1, CONFIG, Register(Home(tmp_path)))
    candidate = rows(engine, "review_sample")["candidate_id"][0]
    load(engine, one, [
        {"candidate_id": candidate, "stage": stage, "decided_on": "2025-06-01", "outcome": outcome, "fund_amount": fund}
        for stage, outcome, fund in came
    ])  # fmt: skip
    second_review(engine, Q1, CONFIG, Register(Home(tmp_path)))
    assert (str(total(engine)["sample_amount"]), total(engine)["n"]) == (amount, reviewed)


def issue(engine: Engine, home: Home) -> None:
    """Serve and issue the quarter's lists: a clawback list without rows and the sample, with what the manifest says."""
    folder = home.lists / Q1
    folder.mkdir(parents=True)
    spec = lists()["clawback"]
    kinds = {"varchar": pl.String, "bigint": pl.Int64, "date": pl.Date, "timestamp": pl.Datetime("us")}
    empty = {c.name: kinds.get(c.type, pl.Decimal(18, 2) if "decimal" in c.type else pl.Float64) for c in spec.columns}
    made = {"clawback": write_list("clawback", pl.DataFrame(schema=empty), folder)}
    made["review_sample"] = write_list("review_sample", rows(engine, "review_sample"), folder)
    facts = {"review": published(engine, Q1, CONFIG), "as_of": "2025-04-10T00:00:00", "key_fingerprint": "ab"}
    write_manifest(folder, period=Q1, inputs=[], lists=made, config=CONFIG, **facts)
    Register(home).issue(Q1)


def test_an_issued_draw_stays_whatever_is_delivered_again(engine: Engine, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    load(engine, settlements())
    second_review(engine, Q1, CONFIG, Register(home))
    sample, population = rows(engine, "review_sample"), total(engine)["population"]
    issue(engine, home)
    gone = sample["setl_id"][0]
    later = [row for row in settlements(400) if row["setl_id"] != gone]  # twice as many, and one of the drawn is gone
    load(engine, later, decided(sample))
    made = second_review(engine, Q1, CONFIG, Register(home))
    assert rows(engine, "review_sample").equals(sample)
    assert (made.drawn, total(engine)["population"], total(engine)["n"]) == (sample.height, population, sample.height)
    path = home.register / Q1 / "review_sample.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"tampered!")
    with pytest.raises(InputRefused, match="review_sample"):
        second_review(engine, Q1, CONFIG, Register(home))


def test_a_draw_issued_by_an_earlier_version_stays_too(engine: Engine, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    load(engine, settlements())
    second_review(engine, Q1, CONFIG, Register(home))
    sample = rows(engine, "review_sample")
    issue(engine, home)
    path, entry = home.register / Q1 / "review_sample.parquet", home.register / Q1 / ENTRY
    pl.read_parquet(path).drop("fixmedins_name").write_parquet(path)  # a column that the list has since
    said = json.loads(entry.read_text(encoding="utf-8"))
    entry.write_text(json.dumps({**said, "files": {**said["files"], path.name: file_sha256(path)}}), encoding="utf-8")
    second_review(engine, Q1, CONFIG, Register(home))
    unnamed = sample.with_columns(fixmedins_name=pl.lit(None, pl.String))
    assert rows(engine, "review_sample").sort("setl_id").equals(unnamed.sort("setl_id"))


def test_a_month_is_drawn_as_it_is_loaded_before_any_rule_has_run(engine: Engine, tmp_path: Path) -> None:
    load(engine, settlements())
    made = monthly_draw(engine, date(2025, 2, 1), CONFIG)
    early = engine.frame("select * from score.review_sample where period = '202502'")
    assert made.drawn == early.height and "住院" in made.workload
    assert early["month"].unique().to_list() == [date(2025, 2, 1)]
    second_review(engine, Q1, CONFIG, Register(Home(tmp_path)))
    of_quarter = rows(engine, "review_sample").filter(pl.col("month") == date(2025, 2, 1))
    assert set(early["setl_id"]) - {"S1"} <= set(of_quarter["setl_id"])
    assert of_quarter.height == early.height


def test_what_is_published_is_plain_and_tells_the_workload(engine: Engine, tmp_path: Path) -> None:
    load(engine, settlements())
    second_review(engine, Q1, CONFIG, Register(Home(tmp_path)))
    facts = published(engine, Q1, CONFIG)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["seed"] == CONFIG.seed and facts["rule_id"] == "S90"
    assert facts["workload"] == {"inpatient": {"drawn": rows(engine, "review_sample").height, "population": 199}}
    assert published(engine, "2024Q4", CONFIG) == {}
