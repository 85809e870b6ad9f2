"""Baseline: the obvious way in Spark, local with two threads. Needs pyspark (`make spark`) and Java 17."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.baselines.work import JOINT_DAYS, LEAST_CASES, LEAST_PEERS, RULES


def _session() -> Any:
    from pyspark.sql import SparkSession

    build = (
        SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g").config("spark.ui.enabled", "false")
    )
    build = build.config("spark.driver.host", "127.0.0.1").config("spark.sql.shuffle.partitions", "8")
    session = build.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _limits(lines: Any) -> dict[str, Callable[[Any], Any]]:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    def frequency(met: Any) -> Any:
        window = Window.partitionBy("subject_code", "psn_id", "fixmedins_code", "service_date")
        ordered = window.orderBy("fee_ocur_time", "bkkp_sn").rowsBetween(Window.unboundedPreceding, Window.currentRow)
        return met.withColumn("so_far", f.sum("cnt").over(ordered)).where("so_far > max_cnt")

    def exclusive(met: Any) -> Any:
        other = lines.select(
            "psn_id", "fixmedins_code", "service_date", "mdtrt_id", f.col("item_code").alias("other_code"),
            f.col("bkkp_sn").alias("other_sn"),
        )  # fmt: skip
        who = ["psn_id", "fixmedins_code", "other_code"]
        day = (
            met.where("scope = 'day'")
            .join(other.drop("mdtrt_id"), [*who, "service_date"])
            .select("bkkp_sn", "other_sn")
        )
        visit = met.where("scope = 'visit'").join(other.drop("service_date"), [*who, "mdtrt_id"])
        return day.union(visit.select("bkkp_sn", "other_sn")).where("bkkp_sn <> other_sn")

    years = ("year(service_date) - year(brdy) - if(month(service_date) * 100 + day(service_date) "
             "< month(brdy) * 100 + day(brdy), 1, 0)")  # fmt: skip
    over = "least((pric - pric_uplmt_amt) * cnt - overlmt_amt, amount - overlmt_amt)"
    return {
        "kp_sex": lambda met: met.where("gend <> limit_gend"),
        "kp_age": lambda met: met.where(f"{years} < age_min or {years} > age_max"),
        "kp_visit": lambda met: met.where("not array_contains(split(med_types, '[|]'), med_type)"),
        "kp_level": lambda met: met.where("hosp_lv > hosp_lv_max"),
        "kp_price": lambda met: met.where(f"{over} >= 0.005"),
        "kp_frequency": frequency,
        "kp_exclusive": exclusive,
    }


def rules(folder: Path) -> dict[str, int]:
    session = _session()
    settled = session.read.parquet(str(folder / "settlement.parquet")).where("refund_state <> 'full'")
    lines = session.read.parquet(str(folder / "line.parquet")).join(settled, "setl_id").cache()
    limits, found = _limits(lines), {}
    for rule, table in RULES.items():
        points = session.read.parquet(str(folder / f"{table}.parquet")).where(f"rule_id = '{rule}'")
        points = points.drop("hosp_lv").withColumnRenamed("gend", "limit_gend")
        met = lines.join(points, lines["item_code"] == points["subject_code"])
        found[rule] = int(limits[table](met).select("bkkp_sn").distinct().count())
    return found


def deviation(folder: Path) -> dict[str, int]:
    from pyspark.sql import functions as f

    group = ["grp_type", "grp_ver", "grp_code", "hosp_lv"]
    cases = _session().read.parquet(str(folder / "settlement.parquet"))
    cases = cases.where("is_inpatient and grp_code is not null and cost > 0 and refund_state = 'none'")
    own = cases.groupBy(*group, "fixmedins_code").agg(f.count("*").alias("cases"), f.sum(f.log("cost")).alias("total"))
    sums = (f.sum("cases").alias("all_cases"), f.sum("total").alias("all_total"))
    peers = own.groupBy(group).agg(f.count("*").alias("providers"), *sums)
    both = own.join(peers, group).where(f"providers > {LEAST_PEERS} and cases >= {LEAST_CASES}")
    both = both.withColumn("ratio", f.expr("exp(total / cases - (all_total - total) / (all_cases - cases))"))
    return {"groups compared": both.where("ratio > 0").count()}


def pairs(folder: Path) -> dict[str, int]:
    from pyspark.sql import functions as f

    seen = (
        _session().read.parquet(str(folder / "settlement.parquet")).where("not is_inpatient and refund_state <> 'full'")
    )
    seen = seen.select("psn_id", "fixmedins_code", "begndate").distinct()
    other = seen.withColumnRenamed("psn_id", "other_id")
    both = seen.join(other, ["fixmedins_code", "begndate"]).where("psn_id < other_id")
    met = (
        both.groupBy("psn_id", "other_id").agg(f.countDistinct("begndate").alias("days")).where(f"days >= {JOINT_DAYS}")
    )
    return {"pairs": met.count()}
