"""The summary page of a dossier: Chinese first, plots inline, nothing to fetch, ready to print."""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.contracts import ListSpec, lists
from models.dossier.evidence import Evidence, specs
from models.lists.bands import banded
from models.lists.told import told
from models.meeting import listed_meetings
from models.rules import registry
from models.site.cells import formatter, number
from models.site.overview import total
from models.site.portrait import MEASURES, VALUES, all_of
from models.svg import bar_svg, interval_svg, meeting_svg

LANGUAGE = "zh"
CLAIMS_SHOWN, CASES_SHOWN, GROUPS_SHOWN, CODING_SHOWN, DEVIATIONS_SHOWN = 40, 40, 3, 20, 12
CLAIM = (
    "setl_id",
    "ipt_otp_no",
    "setl_time",
    "item_name",
    "rule_id",
    "track",
    "fund_amount",
    "status",
    "reason",
    "basis",
)
CASE = ("setl_id", "ipt_otp_no", "begndate", "enddate", "grp_code", "paid", "why", "rules", "fund_amount")
DEVIATION = ("grp_type", "grp_code", "cases", "observed_cost", "expected_cost", "ratio", "ratio_low", "ratio_high",
             "q_value", "direction")  # fmt: skip
CODING = ("setl_id", "grp_code", "supported_grp_code", "payment_difference", "reasons")
GROUP = ("group_id", "members", "joint_dates", "observed", "expected", "at_stake_amount", "explanation", "reason")
CHECK = ("kind_name", "number", "pull", "pull_en", "cases", "items", "fund_amount")
FRAME = ("month", "stratum", "population", "drawn", "own", "selection_probability", "seed")
BASIS = ("document", "article", "text", "valid_from", "valid_to")
Grid = tuple[list[tuple[str, str]], list[list[tuple[str, str]]]]


@cache
def _template() -> Any:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["number"] = lambda value, show="amount": "" if value is None else number(value, show)
    return made.get_template("dossier.html")


def _kind(column_type: str) -> str:
    """How a cell stands: numbers to the right, days on one line."""
    return "number" if column_type.startswith(("decimal", "double", "bigint")) else "date" * (column_type == "date")


def grid(spec: ListSpec, frame: pl.DataFrame, columns: Sequence[str], most: int | None = None) -> Grid:
    """Heads (title, kind) and cells (text, kind) of some columns of a list, as people read them."""
    spec, shown = banded(spec, frame, LANGUAGE)
    chosen = [spec.column(name) for name in columns]
    kinds = [_kind(one.type) for one in chosen]
    tell = [formatter(one, LANGUAGE) for one in chosen]
    rows = shown.select(columns).head(most).rows() if most is not None else shown.select(columns).rows()
    cells = [
        [("" if value is None else say(value), kind) for value, say, kind in zip(row, tell, kinds, strict=True)]
        for row in rows
    ]
    return [(f"{one.title_zh} {one.title_en}", kind) for one, kind in zip(chosen, kinds, strict=True)], cells


def render(evidence: Evidence, code: str, made: dict[str, pl.DataFrame]) -> str:
    """The page of one provider; `made` are its tables in the form of their contract."""
    material, own = evidence.material, specs()
    plan, score = material.known.get(code, {}), material.scores.get(code, {})
    claims = made["clawback"].filter(pl.col("candidate_id").is_in(_standing(evidence, code)["candidate_id"].implode()))
    largest = claims.sort("fund_amount", "candidate_id", descending=[True, False])
    deviation = _deviations(evidence, code)
    coding = evidence.coding.get(code, material.frame("upcoding_case").clear())
    groups = evidence.groups.get(code, [])
    name = plan.get("fixmedins_name") or score.get("fixmedins_name") or code
    return str(
        _template().render(
            code=code, name=name, year=material.year, as_of=_moment(material.plan.manifest.get("as_of")),
            quarters=[one.period for one in material.quarters], plan=plan, score=score,
            mode=_word("inspection", "mode", plan.get("mode")),
            peer_group=plan.get("peer_group") or score.get("peer_group"),
            money=total(claims), bundled=total(claims.filter(pl.col("bundled") == 1)), count=claims.height,
            plots=[Markup(one.decode()) for one in _plots(evidence, code, claims, deviation)],
            meetings=[Markup(one.decode()) for one in _meetings(evidence, code, groups)],
            rules=_rules(claims),
            checklist=grid(own["checklist"], made["checklist"], CHECK),
            claims=grid(own["clawback"], largest, CLAIM, CLAIMS_SHOWN),
            cases=grid(own["cases"], made["cases"], CASE, CASES_SHOWN), case_count=made["cases"].height,
            deviation=grid(lists()["deviation"], deviation, DEVIATION, DEVIATIONS_SHOWN),
            coding=grid(lists()["upcoding_case"], coding, CODING, CODING_SHOWN), coding_count=coding.height,
            groups=_group_grid(groups), basis=grid(own["basis"], made["basis"], BASIS),
            waiting=bool(claims.filter(pl.col("basis") == "依据待确认").height),
            frame=grid(*told(own["frame"], made["frame"], LANGUAGE, {}), FRAME),
            sample_count=made["review_sample"].height,
            line_count=made["lines"].height, names={one: spec.title_zh for one, spec in own.items()},
            look_at=json.loads(plan.get("look_at") or "{}"),
        )
    )  # fmt: skip


def _moment(text: str | None) -> str:
    return (text or "")[:16].replace("T", " ")


def _standing(evidence: Evidence, code: str) -> pl.DataFrame:
    return evidence.standing.get(code, evidence.material.claims.clear())


def _word(name: str, column: str, value: str | None) -> str:
    return "" if value is None else lists()[name].column(column).values.get(value, value)


def _deviations(evidence: Evidence, code: str) -> pl.DataFrame:
    """The groups together first, then the groups that can be assessed, furthest from peers first."""
    rows = evidence.deviation.get(code)
    if rows is None:
        return evidence.material.frame("deviation").clear()
    kept = rows.filter(pl.col("grp_code").is_null() | pl.col("assessable").fill_null(False))
    far = pl.col("z").abs().fill_null(0)
    return kept.with_columns(alone=pl.col("grp_code").is_not_null()).sort(
        "alone", far, "grp_type", "grp_code", descending=[False, True, False, False]
    )


def _plots(evidence: Evidence, code: str, claims: pl.DataFrame, deviation: pl.DataFrame) -> list[bytes]:
    found = []
    score = evidence.material.scores.get(code, {})
    spec = lists()["provider_score"]
    known = [
        (spec.column(VALUES.get(one, f"{one}_score")).title_zh, score.get(f"{one}_percentile")) for one in MEASURES
    ]
    ranked = [(title, float(place)) for title, place in known if place is not None]
    if ranked:
        labels, places = [one[0] for one in ranked], [one[1] for one in ranked]
        found.append(bar_svg("同类百分位（越高只表示越不同）/ percentile among peers", labels, places, decimals=1))
    rules = _rules(claims)
    if rules:
        found.append(
            bar_svg("拟追回基金（元）按规则 / by rule", [f"{one['rule_id']} {one['name']}" for one in rules],
                    [float(one["money"]) for one in rules])
        )  # fmt: skip
    trend = [(one.period, claims.filter(pl.col("period") == one.period)) for one in evidence.material.quarters]
    if len(trend) > 1:
        money = [float(total(rows)) for _, rows in trend]
        found.append(bar_svg("拟追回基金（元）按季度 / by quarter", [period for period, _ in trend], money))
    rows = [
        (grp or all_of(kind)[0], ratio, low, high)
        for kind, grp, ratio, low, high in deviation.select("grp_type", "grp_code", "ratio", "ratio_low", "ratio_high")
        .head(DEVIATIONS_SHOWN)
        .iter_rows()
        if ratio is not None
    ]
    if rows:
        found.append(interval_svg("费用比与区间（1＝与同类相当）/ ratio to peers", rows))
    return found


def _meetings(evidence: Evidence, code: str, groups: list[dict[str, Any]]) -> list[bytes]:
    """Who came when, of the groups that nothing explains."""
    came = evidence.meetings.get(code)
    if came is None:
        return []
    found = []
    members = evidence.material.frame("gathering_member")
    for group in [one for one in groups if one["explanation"] is None][:GROUPS_SHOWN]:
        mine = pl.col("group_id") == group["group_id"]
        met = listed_meetings(members.filter(mine), came.filter(mine))
        if met.visits:
            found.append(meeting_svg(f"{group['group_id']} 成员与日期 / members by date", met))
    return found


def _group_grid(groups: list[dict[str, Any]]) -> Grid:
    spec = lists()["gathering_group"]
    frame = pl.DataFrame(
        [[row[name] for name in GROUP] for row in groups], schema=list(GROUP), orient="row", infer_schema_length=None
    )
    return grid(spec, frame, GROUP)


def _rules(claims: pl.DataFrame) -> list[dict[str, Any]]:
    """Rules of the claims that stand, most money first, with what each rests on and its known false alarms."""
    known = {rule.rule_id: rule for rule in registry()}
    found = []
    grouped = claims.group_by("rule_id", "rule_name", "track").agg(pl.len(), pl.col("fund_amount").sum())
    for rule_id, name, track, count, money in grouped.iter_rows():
        rule = known.get(rule_id)
        found.append({
            "rule_id": rule_id, "name": name, "track": _word("clawback", "track", track), "count": count,
            "money": money or Decimal(0), "why": (rule.why or "").rstrip("。") if rule else "",
            "basis": rule.basis if rule else "", "alarms": rule.known_false_alarms if rule else [],
        })  # fmt: skip
    return sorted(found, key=lambda one: (-one["money"], one["rule_id"], one["track"]))
