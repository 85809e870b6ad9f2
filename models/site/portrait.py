"""A provider's portrait (画像), and the same page without what is not for outside: its self-check (自查)."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.contracts import lists
from models.contracts.words import flat_json
from models.site import charts
from models.site.cells import SMALL, number, shown
from models.site.names import Addresses, slug
from models.site.overview import ZERO
from models.site.portrait_rows import Known, Rows, by_key
from models.site.render import Writer
from models.site.tables import table
from models.site.words import rule_title

GROUPS_SHOWN = 12
CLAIMS_SHOWN = 100
MEASURES = ("finding", "deviation", "upcoding", "split_stay", "gathering", "person", "outlier", "quality")
VALUES = {
    "finding": "finding_rate",
    "deviation": "deviation_z",
    "split_stay": "split_stay_rate",
    "quality": "quality_rate",
}
ESTIMATORS = (
    "paired_share_excess", "resource_misfit", "fragile_upgrade", "bunching", "change_over_time", "dip_weight_shift",
    "dip_diagnosis_shift", "dip_treatment_shift", "change_onset", "severity_bound",
)  # fmt: skip
CLAIMS = ("setl_id", "item_name", "rule_name", "track", "fund_amount", "status", "reason")
DEVIATION = ("grp_type", "grp_code", "cases", "observed_cost", "expected_cost", "ratio", "q_value", "direction")
CODING = ("setl_id", "grp_code", "supported_grp_code", "payment_difference", "reasons")
GROUP = ("group_id", "members", "joint_dates", "observed", "expected", "at_stake_amount", "explanation", "reason")
NOTED = 0.05  # q value up to which a deviation has a direction worth naming


def measures(score: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Each score with its percentile among peers, as the bars of the page show them."""
    spec = lists()["provider_score"]
    found = []
    for name in MEASURES:
        column = spec.column(VALUES.get(name, f"{name}_score"))
        percentile = score[f"{name}_percentile"]
        found.append(
            {
                "title": column.title(language),
                "explanation": column.explanation(language),
                "value": shown(score[column.name], column, language),
                "percentile": percentile,
            }
        )
    return found


def indicators(rows: Rows, quarters: list[str], language: str, outside: bool) -> list[dict[str, Any]]:
    """One line an indicator: the latest value, its peers, a small line over the quarters.

    Outside, what stands on fewer than five cases or peers is left out.
    """
    column = lists()["indicator"].column("indicator")
    found = []
    known = by_key(rows, "indicator")
    for name in [one for one in column.values if one in known]:
        mine = known[name]
        by_quarter = {row["quarter"]: row for row in mine if not (outside and _few(row["cases"]))}
        line = [by_quarter.get(one, {}).get("value") for one in quarters]
        peers = [_peer_median(by_quarter.get(one, {}), outside) for one in quarters]
        last = by_quarter.get(quarters[-1]) if quarters else None
        show = "share" if mine[0]["unit"] == "share" else "probability"
        found.append(
            {
                "title": shown(name, column, language),
                "rule": mine[0]["rule_id"],
                "value": "" if not last or last["value"] is None else number(last["value"], show),
                "median": "" if not last or peers[-1] is None else number(peers[-1], show),
                "percentile": last["peer_percentile"] if last else None,
                "peers": last["peers"] if last else None,
                "spark": charts.spark(line, peers),
                "note": (last or {}).get("note") or _why_alone(last, language),
            }
        )
    return found


def _why_alone(last: dict[str, Any] | None, language: str) -> str | None:
    """Why a value stands there without its peers."""
    if not last or last["value"] is None or last["peer_percentile"] is not None:
        return None
    if language == "zh":
        return "本季不足 30 例或同类不足 5 家，不作比较"
    return "below 30 cases or 5 peers in the quarter: not compared"


def _few(count: int | None) -> bool:
    return count is not None and 0 < count < SMALL


def _peer_median(row: dict[str, Any], outside: bool) -> float | None:
    return None if outside and (row.get("peers") or 0) < SMALL else row.get("peer_median")


def by_rule(claims: Rows, outside: bool) -> tuple[list[tuple[str, str, int, Decimal]], list[str]]:
    """Rule, name, candidates and fund money, most money first; outside, rules with few candidates by name only."""
    sums: dict[str, tuple[str, int, Decimal]] = {}
    for row in claims:
        _, count, money = sums.get(row["rule_id"], ("", 0, ZERO))
        sums[row["rule_id"]] = (str(row["rule_name"]), count + 1, money + (row["fund_amount"] or ZERO))
    rows = sorted(((rule, *what) for rule, what in sums.items()), key=lambda one: (-one[3], one[0]))
    if not outside:
        return rows, []
    return [one for one in rows if not _few(one[2])], [one[1] for one in rows if _few(one[2])]


def _deviations(rows: Rows, outside: bool) -> tuple[Rows, Rows]:
    """The groups together, and the groups furthest from peers that can be assessed."""
    together = [row for row in rows if row["grp_code"] is None]
    apart = [row for row in rows if row["grp_code"] is not None and row["assessable"]]
    if outside:
        together, apart = ([row for row in part if not _few(row["cases"])] for part in (together, apart))
    return together, sorted(apart, key=lambda row: (-abs(row["z"] or 0.0), row["grp_code"]))[:GROUPS_SHOWN]


def all_of(kind: str) -> tuple[str, str]:
    """What a provider's groups of one kind together are called, in Chinese and English."""
    return ("全部病种", "all diseases") if kind == "DISE" else (f"全部病组 {kind}", f"all groups {kind}")


def _figures(together: Rows, apart: Rows, history: list[Any], writer: Writer, outside: bool) -> dict[str, Any]:
    rows = [(row["grp_code"] or writer.say(*all_of(row["grp_type"])), row) for row in (*together, *apart)]
    known = [(label, row["ratio"], row["ratio_low"], row["ratio_high"]) for label, row in rows if row["ratio"]]
    found: dict[str, Any] = {"deviation": None, "history": None}
    if known:
        found["deviation"] = charts.intervals(
            known, writer.say("费用比（1 为与同类相当）", "ratio to peers (1 = alike)")
        )
    if len(history) > 1 and not (outside and any(_few(one[2]) for one in history)):
        labels, money = [one[0] for one in history], [float(one[3]) for one in history]
        found["history"] = charts.columns(labels, money, writer.say("元", "yuan"))
    return found


def _coding(known: Known, code: str, language: str) -> list[tuple[str, str, str]]:
    rows = known.coding.get(code)
    if not rows:
        return []
    spec = lists()["upcoding_provider"]
    columns = [spec.column(name) for name in ESTIMATORS]
    return [
        (one.title(language), shown(rows[0][one.name], one, language), one.explanation(language))
        for one in columns
        if rows[0][one.name] is not None
    ]


def _noted(row: dict[str, Any], all_word: str) -> dict[str, Any]:
    """A deviation as read on a page: high or low is said only where chance does not explain it."""
    clear = row["q_value"] is not None and row["q_value"] <= NOTED
    told = row | {"grp_code": row["grp_code"] or all_word}
    return told if clear else told | {"direction": None}


def page_of(known: Known, code: str, writer: Writer, addresses: Addresses, outside: bool) -> dict[str, Any]:
    """What the template shows of one provider."""
    language = writer.language
    together, apart = _deviations(known.deviation.get(code, []), outside)
    claims = sorted(known.claims.get(code, []), key=lambda row: (-(row["fund_amount"] or ZERO), row["candidate_id"]))
    rules, few = by_rule(
        [row | {"rule_name": rule_title(row["rule_id"], str(row["rule_name"]), language)} for row in claims], outside
    )
    history = known.history.get(code, [])
    score = known.score[code][0]
    inside = not outside
    coding = known.coding_case.get(code, [])[:GROUPS_SHOWN] if inside else []
    groups = known.group.get(code, [])
    noted = [_noted(row, writer.say("全部", "all")) for row in (*together, *apart)]
    return {
        "code": code,
        "name": score["fixmedins_name"] or code,
        "info": known.info.get(code, [{}])[0],
        "score": score,
        "measures": measures(score, language),
        "indicators": indicators(known.indicator.get(code, []), known.quarters, language, outside),
        "quarters": known.quarters,
        "deviation": table("deviation", noted, language, addresses, DEVIATION),
        "coding": known.coding.get(code, [None])[0],
        "estimators": _coding(known, code, language),
        "coding_cases": table("upcoding_case", coding, language, addresses, CODING),
        "groups": _group_rows(groups, language) if outside else [],
        "group_table": table("gathering_group", groups if inside else [], language, addresses, GROUP),
        "outlier": known.outlier.get(code, [None])[0],
        "rules": rules,
        "few": few,
        "claims": table("clawback", claims[:CLAIMS_SHOWN] if inside else [], language, addresses, CLAIMS),
        "claim_count": len(claims),
        "total": known.total.get(code, [None])[0],
        "plan": known.plan.get(code, [None])[0] if inside else None,
        "look_at": _look_at(known.plan.get(code, [])) if inside else None,
        "history": history,
        "quota": known.quota.get(code, []),
        "quota_names": [one["insutype"] or writer.say("各险种", "all insurances") for one in known.quota.get(code, [])],
        "credit": _credit(known.credit.get(code, []), outside),
        "figures": _figures(together, apart, history, writer, outside),
        "few_history": {one[0] for one in history if outside and _few(one[2])},
        "self_address": f"self/{slug(code)}.html",
    }  # fmt: skip


def _group_rows(rows: Rows, language: str) -> Rows:
    """Groups as the provider may see them: no members, no other provider's share of the money."""
    return [
        {**row, "alone": len(json.loads(row["fixmedins_codes"])) == 1, "ways": flat_json(row["ways"], language)}
        for row in rows
    ]


def _credit(rows: Rows, outside: bool) -> dict[str, Any] | None:
    """The grade with what it rests on; outside only once it is published, for then the time for an appeal runs."""
    if not rows or (outside and rows[0]["appeal_until"] is None):
        return None
    counted = [one for one in json.loads(rows[0]["items"] or "[]") if one["count"]]
    return {**rows[0], "counted": [one["text"] for one in counted]}


def _look_at(rows: Rows) -> dict[str, Any] | None:
    return dict(json.loads(rows[0]["look_at"])) if rows and rows[0]["look_at"] else None


def write_portraits(writer: Writer, known: Known, addresses: Addresses, dossiers: Mapping[str, str]) -> None:
    """Both pages of every scored provider; `dossiers`: addresses below the reports folder, by provider."""
    for code in sorted(known.score):
        for folder, outside in (("provider", False), ("self", True)):
            what = page_of(known, code, writer, addresses, outside)
            dossier = None if outside else dossiers.get(code)
            writer.page("portrait.html", f"{folder}/{slug(code)}.html", outside=outside, dossier=dossier, **what)
