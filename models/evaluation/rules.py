"""Rule schemes: lines and settlements that a rule should have found, with their amounts to the fen."""

import json
from decimal import Decimal
from typing import Any

import polars as pl

from models.evaluation.measures import NOT_BUILT, Result, precision_recall
from models.evaluation.truth import Lists, Truth, codes

SCHEMA: dict[str, Any] = {
    "rule_id": pl.String, "planted": pl.Int64, "found": pl.Int64, "precision": pl.Float64, "recall": pl.Float64,
    "planted_amount": pl.Decimal(18, 2), "claimed_amount": pl.Decimal(18, 2), "to_the_fen": pl.String,
    "note": pl.String,
}  # fmt: skip


def findings_by_rule(clawback: pl.DataFrame) -> dict[str, set[str]]:
    """Lines (setl_id|bkkp_sn) a rule stands behind, as its own row or named in also_found_by."""
    found: dict[str, set[str]] = {}
    for rule, also, setl, line in clawback.select("rule_id", "also_found_by", "setl_id", "bkkp_sn").rows():
        for name in [rule, *json.loads(also or "[]")]:
            found.setdefault(name, set()).add(f"{setl}|{line or ''}")
    return found


def line_table(truth: Truth, lists: Lists, built: set[str], quarters: dict[str, str]) -> Result:
    """Precision and recall by rule, and amounts: a planted line's claims over all rules must equal what was planted.

    `quarters` = the settlements whose quarter has a clawback list; others cannot have been found and do not count.
    Planted lines that nobody may claim (already recovered) count as right if found and as nothing if not.
    """
    clawback = lists.get("clawback")
    lines = truth.lines.filter(pl.col("setl_id").is_in(list(quarters)))
    lines = lines.with_columns(key=pl.col("setl_id") + "|" + pl.col("bkkp_sn").fill_null(""))
    payable = lines.filter(pl.col("claimable").cast(pl.Int64) == 1)
    due = dict(payable.group_by("key").agg(_claim(payable)).rows())
    found = findings_by_rule(clawback) if clawback is not None else {}
    claimed = _claimed(clawback)
    rows: list[tuple[Any, ...]] = []
    for rule in sorted(codes(lines, "rule_id")):
        planted = codes(lines.filter(pl.col("rule_id") == rule), "key")
        expected = planted & due.keys()
        precision, _ = precision_recall(found.get(rule, set()), planted)
        _, recall = precision_recall(found.get(rule, set()), expected)
        mine = expected & codes(payable.filter(pl.col("rule_id") == rule), "key")
        exact = sum(claimed.get(key) == due[key] for key in mine)
        own = sum((due[key] for key in mine), Decimal(0))
        got = sum((claimed.get(key, Decimal(0)) for key in mine), Decimal(0))
        note = "" if rule in built else NOT_BUILT
        rows.append(
            (
                rule,
                len(expected),
                len(found.get(rule, set())),
                precision,
                recall,
                own,
                got,
                f"{exact}/{len(mine)}",
                note,
            )
        )
    rows.append(_together(lines, found, due, claimed))
    return Result(
        "规则：逐行查准查全与金额 / rules: lines and amounts", pl.DataFrame(rows, schema=SCHEMA, orient="row")
    )


def _claim(payable: pl.DataFrame) -> pl.Expr:
    return pl.col("claim_amount" if "claim_amount" in payable.columns else "fund_amount").sum().alias("amount")


def _claimed(clawback: pl.DataFrame | None) -> dict[str, Decimal]:
    if clawback is None or clawback.is_empty():
        return {}
    keyed = clawback.with_columns(key=pl.col("setl_id").fill_null("") + "|" + pl.col("bkkp_sn").fill_null(""))
    return dict(keyed.group_by("key").agg(pl.col("fund_amount").sum()).rows())


def _together(
    lines: pl.DataFrame, found: dict[str, set[str]], due: dict[str, Decimal], claimed: dict[str, Decimal]
) -> tuple[Any, ...]:
    """All rules of the truth together: (rule, line) pairs."""
    planted = {f"{rule}|{key}" for rule, key in lines.select("rule_id", "key").rows()}
    expected = {pair for pair in planted if pair.split("|", 1)[1] in due}
    rules = codes(lines, "rule_id")
    pairs = {f"{rule}|{key}" for rule, keys in found.items() if rule in rules for key in keys}
    exact = sum(claimed.get(key) == amount for key, amount in due.items())
    got = sum((claimed.get(key, Decimal(0)) for key in due), Decimal(0))
    return (
        "全部 / all", len(expected), len(pairs), precision_recall(pairs, planted)[0],
        precision_recall(pairs, expected)[1], sum(due.values(), Decimal(0)), got, f"{exact}/{len(due)}", "",
    )  # fmt: skip


def settlement_table(
    truth: Truth, lists: Lists, built: set[str], quarters: dict[str, str], last_year: set[str]
) -> Result:
    """Schemes that whole settlements show: split stays, case-level rules, upcoded cases, person patterns.

    `quarters` as for the lines; `last_year` = settlements of the twelve months that the last upcoding list looks at.
    """
    clawback = lists.get("clawback")
    by_rule = findings_by_rule(clawback) if clawback is not None else {}
    rule_of = {"split": "R49", "overlap_stay": "S11", "outpatient_in_stay": "S12", "after_death": "S13"}
    rows = []
    frame = truth.settlements.filter(pl.col("setl_id").is_in(sorted(quarters.keys() | last_year)))
    for scheme in sorted(codes(frame, "scheme")):
        planted = codes(frame.filter(pl.col("scheme") == scheme), "setl_id")
        note = ""
        if scheme == "upcoding":
            cases = lists.get("upcoding_case")
            found = codes(cases, "setl_id") if cases is not None else set()
            planted &= last_year
            note = "病例为复核线索 / cases are leads for review" if cases is not None else NOT_BUILT
        else:
            planted &= quarters.keys()
            rule = rule_of.get(scheme, scheme)
            found = {key.split("|")[0] for key in by_rule.get(rule, set())}
            note = "" if found or rule in built else NOT_BUILT
        precision, recall = precision_recall(found, planted)
        rows.append((scheme, len(planted), len(found), precision, recall or 0.0, note))
    schema = {
        "scheme": pl.String,
        "planted": pl.Int64,
        "found": pl.Int64,
        "precision": pl.Float64,
        "recall": pl.Float64,
        "note": pl.String,
    }
    return Result("结算层面 / settlements", pl.DataFrame(rows, schema=schema, orient="row"))
