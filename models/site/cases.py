"""Case pages: one settlement on a list, what was charged and coded, and why it is listed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from models.contracts import lists
from models.contracts.words import coded, flat_json, items_json
from models.lists.bands import banded
from models.site.cells import shown
from models.site.names import Addresses, slug
from models.site.render import Writer
from models.site.rowsby import Rows, RowsBy
from models.site.source import Source

#: what the snapshot tells of a settlement: column, Chinese, English, how it is shown
FACTS = (
    ("med_type", "医疗类别", "Kind of care", "code"),
    ("insutype", "险种", "Insurance", "code"),
    ("gend", "性别", "Sex", "code"),
    ("age", "年龄", "Age", "code"),
    ("begndate", "开始日期", "From", "code"),
    ("enddate", "结束日期", "To", "code"),
    ("setl_time", "结算时间", "Settled at", "code"),
    ("dise_codg", "病种", "Disease", "code"),
    ("chfpdr_code", "主诊医师", "Attending doctor", "code"),
    ("grp_code", "结算病组", "Billed group", "code"),
    ("grp_ver", "分组版本", "Grouping version", "code"),
    ("wt", "权重", "Weight", "probability"),
    ("pay_std", "支付标准（元）", "Payment standard (yuan)", "amount"),
    ("net_medfee_sumamt", "总费用（元）", "Charges (yuan)", "amount"),
    ("psn_part_amt", "个人负担（元）", "Person's share (yuan)", "amount"),
    ("paid", "基金支付（元）", "Fund paid (yuan)", "amount"),
)


def gather(source: Source, addresses: Addresses) -> dict[str, Mapping[str, Rows]]:
    """Everything told of the cases that have a page, by kind and settlement."""
    ids = sorted(one for page in addresses.case_pages.values() for one in page)
    names = ("settlement", "diagnosis", "operation")
    found: dict[str, Mapping[str, Rows]] = {name: {} for name in names}
    for name in names if ids else ():
        found[name] = RowsBy(source.ask(f"site/case_{name}", setl_ids=ids), "setl_id")
    for name in ("upcoding_case", "gathering_case"):
        found[name] = RowsBy(source.quarter.frame(name), "setl_id")
    return found


def claims_of(source: Source, language: str) -> Mapping[str, Rows]:
    """The rows of `clawback` by settlement, their confidence as people see it."""
    return RowsBy(banded(lists()["clawback"], source.quarter.frame("clawback"), language)[1], "setl_id")


def _facts(row: dict[str, Any], writer: Writer) -> list[tuple[str, str]]:
    known = []
    for name, zh, en, show in FACTS:
        value = row.get(name)
        if name == "gend":
            value = {"1": writer.say("男", "male"), "2": writer.say("女", "female")}.get(str(value), value)
        if value not in (None, ""):
            column = lists()["clawback"].column("fund_amount" if show == "amount" else "confidence")
            plain = coded(name, _text(value), writer.language) if show == "code" else ""
            known.append((writer.say(zh, en), plain or shown(value, column, writer.language)))
    return known


def _text(value: Any) -> str:
    if isinstance(value, float | Decimal) and value == int(value):
        return str(int(value))
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _claim(row: dict[str, Any], language: str) -> dict[str, Any]:
    spec = lists()["clawback"]

    def told(name: str) -> str:
        column = spec.column(name)
        return str(row[name] or "") if name == "confidence" else shown(row[name], column, language)

    names = ("rule_id", "rule_name", "track", "item_code", "item_name", "cnt", "pric", "allowed", "excess", "bkkp_sn",
             "dept_code", "dr_code", "gross_amount", "fund_amount", "acct_amount", "status", "liable", "amount_status",
             "reason", "basis", "confidence")  # fmt: skip
    return {name: told(name) for name in names} | {
        "candidate_id": row["candidate_id"],
        "evidence": flat_json(row["evidence"] or "", language),
        "bundled": row["bundled"],
    }


def case_of(
    setl_id: str, known: dict[str, Mapping[str, Rows]], claims: Mapping[str, Rows], writer: Writer, addresses: Addresses
) -> dict[str, Any]:
    """What the template shows of one settlement."""
    row = known["settlement"].get(setl_id, [{}])[0]
    coding = known["upcoding_case"].get(setl_id, [])
    psn_id = row.get("psn_id")
    return {
        "setl_id": setl_id,
        "anchor": slug(setl_id),
        "person": (psn_id, addresses.of("person", psn_id)) if psn_id else None,
        "facts": _facts(row, writer),
        "diagnoses": known["diagnosis"].get(setl_id, []),
        "operations": known["operation"].get(setl_id, []),
        "claims": [_claim(one, writer.language) for one in claims.get(setl_id, [])],
        "coding": [{**one, "reasons": items_json(one["reasons"] or "", writer.language)} for one in coding],
        "meetings": [
            {**one, "href": addresses.of("group", one["group_id"])} for one in known["gathering_case"].get(setl_id, [])
        ],
    }


def write_cases(writer: Writer, source: Source, known: dict[str, Mapping[str, Rows]], addresses: Addresses) -> None:
    """Pages of some dozens of cases each; only the one asked for shows, without one their index."""
    claims = claims_of(source, writer.language)
    scored = {row["fixmedins_code"]: row for row in source.quarter.frame("provider_score").to_dicts()}
    owner = {}
    for name in ("clawback", "upcoding_case", "gathering_case"):
        frame = source.quarter.frame(name)
        owner.update(dict(frame.select("setl_id", "fixmedins_code").drop_nulls().iter_rows()))
    for page, ids in addresses.case_pages.items():
        code = owner[ids[0]]
        name = (scored.get(code) or {}).get("fixmedins_name") or code
        cases = [case_of(one, known, claims, writer, addresses) for one in ids]
        provider = addresses.of("provider", code)
        writer.page("cases.html", f"{page}.html", cases=cases, code=code, name=name, provider=provider)
