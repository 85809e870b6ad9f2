"""How long the report site of a city takes: 1,000 providers, both languages.

    python -m tests.bench.site [--providers 1000]

Writes invented lists of that many providers (candidates, indicators over twelve quarters, deviations) and builds the
site of them as a run does, one language in a process beside. Prints wall time, this process's processor time (the wall
time of an idle machine of two cores, which a busy one does not lengthen much), pages and the largest page; exit code 1
above 60 s of that or 1 MB a page.
"""

import argparse
import sys
import tempfile
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from models import apart
from models.contracts import lists
from models.lists.flat import write_parquet
from models.site.build import write_site
from models.site.source import Served, Source
from tests.unit.lists_support import frame_of

SECONDS, PAGE = 60.0, 1_000_000
QUARTERS = [f"{year}Q{n}" for year in (2022, 2023, 2024, 2025) for n in (1, 2, 3, 4)][1:13]
CANDIDATES, GROUPS, RULES, MONTHS = 20, 12, 10, 12


def _money(number: int) -> Decimal:
    return Decimal(number % 90_000 + 100) / 100


def _rows(providers: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of the quarter's lists, as many a provider as a busy quarter has."""
    names = ("provider_score", "clawback", "indicator", "deviation")
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    kinds = list(lists()["indicator"].column("indicator").values)
    for p in range(providers):
        own = {"fixmedins_code": f"H{p:07d}", "fixmedins_name": f"第{p}医院"}
        measures = ("finding", "deviation", "quality")
        percentiles = {f"{one}_percentile": float((p * 7 + n) % 100) for n, one in enumerate(measures)}
        rows["provider_score"].append(
            {**own, **percentiles, "period": "2025Q1", "peer_group": "二级", "peers": 99, "cases": 900 + p,
             "risk_score": p % 100 + 0.5, "fund_amount": _money(p * 31), "exposure_amount": _money(p * 17)}
        )  # fmt: skip
        for n in range(CANDIDATES):
            number = p * CANDIDATES + n
            rows["clawback"].append(
                {**own, "candidate_id": f"{number:064x}", "period": "2025Q1", "setl_id": f"S{number:09d}",
                 "psn_id": f"{number:064x}", "item_name": f"项目{n}", "rule_id": f"R{n % RULES + 1:02d}",
                 "rule_name": "规则", "track": "clear", "fund_amount": _money(number), "gross_amount": _money(number),
                 "bundled": 0, "acct_amount": Decimal(0), "status": "new", "reason": "与规则所述情形相符，见证据。",
                 "evidence": '{"limit": 1}', "setl_time": datetime(2025, 2, n + 1, 9)}
            )  # fmt: skip
        for kind in kinds:
            rows["indicator"] += [
                {**own, "indicator": kind, "unit": "index", "quarter": quarter, "value": 1 + (p + at) % 17 / 10,
                 "cases": 300, "peers": 99, "peer_median": 1.0, "peer_percentile": 50.0}
                for at, quarter in enumerate(QUARTERS)
            ]  # fmt: skip
        for n in range(GROUPS):
            rows["deviation"].append(
                {**own, "grp_type": "DRG", "grp_ver": "1", "grp_code": f"AA{n:02d}" if n else None, "level": "provider",
                 "cases": 50, "observed_cost": _money(n), "expected_cost": _money(n + 1), "amount": _money(n),
                 "ratio": 1.2, "ratio_low": 1.1, "ratio_high": 1.3, "z": 1.0 + n, "q_value": 0.2, "assessable": True}
            )  # fmt: skip
    return rows


def _served(folder: Path, rows: dict[str, list[dict[str, Any]]], names: list[str]) -> Served:
    folder.mkdir(parents=True)
    for name in names:
        write_parquet(frame_of(lists()[name], rows.get(name, [])), folder / f"{name}.parquet")
    manifest = {"period": folder.name, "as_of": "2025-03-31T10:00:00", "inputs": [], "warnings": [], "lists": {}}
    return Served(folder, manifest)


class Answers:
    """What the snapshot would say of these providers and settlements."""

    def __init__(self, providers: int) -> None:
        codes = [f"H{p:07d}" for p in range(providers)]
        unknown = ("fixmedins_type", "hosp_lv", "biznat", "spec_type", "bed_cnt")
        named = pl.DataFrame({"fixmedins_code": codes, "fixmedins_name": codes})
        self.provider = named.with_columns(
            pl.lit("330100").alias("admdvs"), *(pl.lit(None, pl.String).alias(name) for name in unknown)
        )
        cases = [f"S{n:09d}" for n in range(providers * CANDIDATES)]
        people = pl.DataFrame({"setl_id": cases, "psn_id": [f"{n:064x}" for n in range(len(cases))]})
        self.settlement = people.with_columns(age=pl.lit(60), paid=pl.lit(Decimal("99.00")))
        self.diagnosis = pl.DataFrame({"setl_id": cases}).with_columns(
            diag_code=pl.lit("I10"), diag_name=pl.lit("高血压"), is_main=pl.lit(True)
        )

    def __call__(self, query: str, **_: Any) -> pl.DataFrame:
        months = [date(2024 + (n > 8), (n + 3) % 12 + 1, 1) for n in range(MONTHS)]
        fund = pl.DataFrame({"month": months}).with_columns(
            admdvs=pl.lit("330100"), settlements=pl.lit(9), providers=pl.lit(9), fund_amount=pl.lit(Decimal("500.00"))
        )
        return {
            "site/provider": self.provider, "site/fund_by_month": fund, "site/case_settlement": self.settlement,
            "site/case_diagnosis": self.diagnosis, "site/case_operation": pl.DataFrame(schema={"setl_id": pl.String}),
        }[query]  # fmt: skip


def main() -> int:
    """Print what it took; 1 where it was too much."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--providers", type=int, default=1000)
    providers = options.parse_args().providers
    rows = _rows(providers)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        quarterly = [name for name, spec in lists().items() if "quarter" in spec.cadence]
        source = Source(_served(root / "2025Q1", rows, quarterly), (), None, Answers(providers))
        apart.begin()
        start, wall = time.process_time(), time.perf_counter()
        pages = write_site(source, root / "site", [])
        spent, took = time.process_time() - start, time.perf_counter() - wall
        apart.end()
        sizes = [path.stat().st_size for path in (root / "site").rglob("*.html")]
    print(
        f"site of {providers:,} providers: {pages:,} pages, {spent:.1f} s of processor time, {took:.1f} s in all, "
        f"largest page {max(sizes) / 1000:,.0f} kB, all {sum(sizes) / 1e6:,.0f} MB"
    )
    return int(spent > SECONDS or max(sizes) > PAGE)


if __name__ == "__main__":
    sys.exit(main())
