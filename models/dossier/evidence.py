"""The tables of one dossier: findings, cases to pull, their fee lines, bases, the sampling frame, the checklist."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from models.contracts import ListSpec, lists
from models.contracts.cases import CASES
from models.contracts.lists import read_lists
from models.dossier.checklist import kind_of_model, kind_of_rules, kinds
from models.dossier.material import Material, Parts, parts
from models.site.overview import total

ZERO = Decimal("0.00")
WHY = {
    "finding": "规则疑点", "upcoding_case": "病组编码", "gathering_case": "聚集就医", "review_sample": "复审抽样",
    "plan": "检查重点",
}  # fmt: skip
CASE = {"setl_id": pl.String, "ipt_otp_no": pl.String, "why": pl.String, "kind": pl.String, "rule_id": pl.String}
FACTS = ("mdtrt_id", "psn_id", "med_type", "begndate", "enddate", "setl_time", "grp_code", "paid")


@cache
def specs() -> dict[str, ListSpec]:
    """The tables of a dossier by name, in the order of its workbook."""
    own = read_lists(Path(__file__).parent / "tables.yaml")
    shared = {name: lists()[name] for name in ("clawback", "review_sample")}
    kinds_of_care = lists()["clawback"].column("med_type").values
    own["cases"] = replace(
        own["cases"],
        columns=tuple(
            replace(one, values=kinds_of_care) if one.name == "med_type" else one for one in own["cases"].columns
        ),
    )
    order = ("checklist", "clawback", "cases", "lines", "basis", "frame", "review_sample")
    return {name: own.get(name) or shared[name] for name in order}


@dataclass(frozen=True)
class Evidence:
    """What all dossiers share, by provider; `settlement` and `lines` by query, everything else from lists."""

    material: Material
    claims: Parts
    standing: Parts
    coding: Parts
    meetings: Parts
    sample: Parts
    deviation: Parts
    cases: Parts
    lines: Parts
    settlement: pl.DataFrame
    basis: pl.DataFrame
    groups: dict[str, list[dict[str, Any]]]


def collect(material: Material, codes: Sequence[str]) -> Evidence:
    """The rows of the providers asked for, read once for all of them."""
    by_kind = kind_of_rules()
    standing = parts(material.put_forward, codes)
    coding, meetings = parts(material.frame("upcoding_case"), codes), parts(material.frame("gathering_case"), codes)
    sample = parts(material.sample, codes)
    cases = {code: _cases(code, material, standing, coding, meetings, sample, by_kind) for code in codes}
    ids = sorted({one for frame in cases.values() for one in frame["setl_id"].to_list()})
    settlement = material.source.ask("site/case_settlement", setl_ids=ids) if ids else _none(("setl_id", *FACTS))
    found = sorted({one for part in standing.values() for one in part["setl_id"].drop_nulls().to_list()})
    lines = material.source.ask("dossier/fee_line", setl_ids=found) if found else _none(_line_columns())
    deviation = material.frame("deviation")
    own = deviation.filter(pl.col("level") == "provider") if deviation.height else deviation
    return Evidence(
        material, parts(material.claims, codes), standing, coding, meetings, sample, parts(own, codes), cases,
        parts(lines, codes) if lines.height else {}, settlement, _texts(material, standing), _groups(material, codes),
    )  # fmt: skip


def tables(evidence: Evidence, code: str) -> dict[str, pl.DataFrame]:
    """Every table of one provider's dossier, with at least the columns of `specs`."""
    none = evidence.material.claims.clear()
    claims = evidence.claims.get(code, none)
    standing = evidence.standing.get(code, none)
    cases = _told(evidence, code, standing)
    sample = evidence.sample.get(code, evidence.material.sample.clear())
    return {
        "checklist": _checklist(evidence, code, standing),
        "clawback": claims,
        "cases": cases,
        "lines": _lines(evidence, code, standing),
        "basis": _basis(evidence, standing),
        "frame": _frame(evidence, code, sample),
        "review_sample": sample,
    }


def _none(names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _line_columns() -> tuple[str, ...]:
    return (*(name for name in specs()["lines"].names if name != "rules"), "fixmedins_code")


def _cases(
    code: str, material: Material, standing: Parts, coding: Parts, meetings: Parts, sample: Parts,
    by_kind: dict[str, str],
) -> pl.DataFrame:  # fmt: skip
    """One row a settlement and reason to pull it."""
    rows: list[tuple[str, str | None, str, str, str | None]] = []
    if code in standing:
        found = standing[code].filter(pl.col("setl_id").is_not_null())
        for setl_id, number, rule in found.select("setl_id", "ipt_otp_no", "rule_id").iter_rows():
            why = WHY[CASES[rule][1]] if rule in CASES else WHY["finding"]
            rows.append((setl_id, number, why, by_kind.get(rule, "item"), rule))
    for name, part in (("upcoding_case", coding), ("gathering_case", meetings), ("review_sample", sample)):
        if code in part:
            frame = part[code]
            numbers = frame["ipt_otp_no"].to_list() if "ipt_otp_no" in frame.columns else [None] * frame.height
            kind = kind_of_model(name)
            rows += [(one, no, WHY[name], kind, None) for one, no in zip(frame["setl_id"], numbers, strict=True)]
    named = json.loads((material.known.get(code) or {}).get("look_at") or "{}").get("cases", [])
    there = {row[0] for row in rows}
    rows += [(str(one), None, WHY["plan"], "sample", None) for one in named if str(one) not in there]
    return pl.DataFrame(rows, schema=CASE, orient="row")


def _joined(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().unique().sort().str.join(" ")


def _told(evidence: Evidence, code: str, standing: pl.DataFrame) -> pl.DataFrame:
    """One row a settlement: why it is to be pulled, with its facts and the money put forward."""
    cases = evidence.cases[code]
    once = cases.group_by("setl_id").agg(
        pl.col("ipt_otp_no").drop_nulls().min(),
        why=pl.col("why").unique(maintain_order=True).str.join("；"),
        kinds=_joined("kind"),
        rules=_joined("rule_id"),
    )
    facts = evidence.settlement.select("setl_id", *FACTS)
    money = standing.filter(pl.col("setl_id").is_not_null()).group_by("setl_id").agg(pl.col("fund_amount").sum())
    with_money = once.join(facts, on="setl_id", how="left").join(money, on="setl_id", how="left")
    return with_money.with_columns(pl.col("fund_amount").fill_null(ZERO))


def _lines(evidence: Evidence, code: str, standing: pl.DataFrame) -> pl.DataFrame:
    lines = evidence.lines.get(code)
    if lines is None:
        return _none(specs()["lines"].names)
    named = standing.filter(pl.col("bkkp_sn").is_not_null()).group_by("bkkp_sn").agg(rules=_joined("rule_id"))
    return lines.join(named, on="bkkp_sn", how="left")


def _texts(material: Material, standing: Parts) -> pl.DataFrame:
    """The texts of all bases that the providers' rows print, by what they print."""
    printed = sorted({one for part in standing.values() for one in part["basis"].drop_nulls().to_list()})
    if not printed:
        return _none((*specs()["basis"].names, "printed"))
    return material.source.ask("dossier/basis_text", printed=printed)


def _basis(evidence: Evidence, standing: pl.DataFrame) -> pl.DataFrame:
    return evidence.basis.filter(pl.col("printed").is_in(standing["basis"].drop_nulls().unique().implode()))


def _frame(evidence: Evidence, code: str, sample: pl.DataFrame) -> pl.DataFrame:
    """Strata that hold settlements of the provider: its own, and shared ones from which some of its were drawn."""
    strata = evidence.material.strata
    own = sample.group_by("month", "stratum").agg(
        own=pl.len().cast(pl.Int64),
        seed=pl.col("seed").max(),
        selection_probability=pl.col("selection_probability").max(),
    )
    if strata.is_empty() or sample.is_empty():
        return _none(specs()["frame"].names)
    named = strata.with_columns(code=pl.col("stratum").str.split("|").list.get(1, null_on_oob=True))
    mine = named.join(own, on=["month", "stratum"], how="left").filter((pl.col("code") == code) | (pl.col("own") > 0))
    seed = sample["seed"].max()
    return mine.with_columns(
        drawn=pl.col("units"),
        own=pl.col("own").fill_null(0),
        seed=pl.col("seed").fill_null(pl.lit(seed, pl.Int64)),
        selection_probability=pl.coalesce("selection_probability", (pl.col("units") / pl.col("population")).round(8)),
        fund_amount=(pl.col("fen").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(16, 2)),
    )


def _checklist(evidence: Evidence, code: str, standing: pl.DataFrame) -> pl.DataFrame:
    """A row a thing to pull, for every kind that a finding or a model gives cause for."""
    by_kind, cases = kind_of_rules(), evidence.cases[code]
    found: dict[str, tuple[int, int, Decimal, str]] = {}
    kinds_here = standing.with_columns(kind=pl.col("rule_id").replace_strict(by_kind, default="item"))
    names = set(kinds_here["kind"].to_list()) | set(cases["kind"].to_list())
    if _assessed(evidence, code):
        names.add(kind_of_model("deviation"))
    for name in kinds():
        if name in names:
            rows = kinds_here.filter(pl.col("kind") == name)
            settlements = cases.filter(pl.col("kind") == name)["setl_id"].n_unique()
            items = rows.filter(pl.col("setl_id").is_null())["item_code"].n_unique() if rows.height else 0
            rules = " ".join(rows["rule_id"].unique().sort().to_list())
            found[name] = (settlements, items, total(rows), rules)
    stake = _at_stake(evidence, code)
    order = sorted(found, key=lambda name: (-found[name][2] - stake.get(name, ZERO), list(kinds()).index(name)))
    made = []
    for place, name in enumerate(order, 1):
        settlements, items, money, rules = found[name]
        for number, (zh, en) in enumerate(kinds()[name].pull, 1):
            made.append((place, name, kinds()[name].zh, number, zh, en, settlements, items, money, rules, None))
    types = {"kind_order": pl.Int64, "number": pl.Int64, "cases": pl.Int64, "items": pl.Int64}
    schema = {name: types.get(name, pl.String) for name in specs()["checklist"].names}
    return pl.DataFrame(made, schema=schema | {"fund_amount": pl.Decimal(16, 2)}, orient="row")


def _at_stake(evidence: Evidence, code: str) -> dict[str, Decimal]:
    """Money that models show beside what is put forward, by kind: it orders the kinds, nothing else."""
    shown = (
        ("upcoding_case", evidence.coding, "payment_difference"),
        ("gathering_case", evidence.meetings, "fund_amount"),
    )
    return {kind_of_model(name): total(part[code], column) for name, part, column in shown if code in part}


def _assessed(evidence: Evidence, code: str) -> bool:
    rows = evidence.deviation.get(code)
    return rows is not None and bool(
        (rows["assessable"].fill_null(False) & (rows["q_value"].fill_null(1) < 0.05)).any()
    )


def _groups(material: Material, codes: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in material.frame("gathering_group").to_dicts():
        for code in json.loads(row["fixmedins_codes"]):
            if code in codes:
                found.setdefault(str(code), []).append(row)
    return found
