"""A city's settlements and fee lines straight in core.*, and knowledge points of every rule, for `tests.bench.rules`.

Everything follows from numbers by a hash, so that any size is made in bounded memory. People, providers and items are
heavy-tailed. Limits are mostly kept, as in life: about one line in a thousand of a limited item breaks its limit. Items
whose number leaves 1, 2, 7, 9 or 13 when divided by 20 are for men, for women, for children, in need of the next item,
and operations.
"""

from collections.abc import Iterator, Mapping

from models.config import Config
from models.core import build
from models.engine.duck import Engine
from models.rules import Rule, registry
from tests.given import given

ITEMS, PROVIDERS, YEAR = 60_000, 2_000, 2025
NO_OTHERS: Mapping[str, str] = {}
LINES_A_SETTLEMENT = 14
CODES = 10_000  # more than there are diagnoses: items are numbered from here on, operations after them
STEP = 13  # of the items of one rule, without a divisor in common with ITEMS

MACROS = f"""
create or replace macro chance(a, b) as (hash(a * 64 + b) % 1000003) / 1000003.0;
create or replace macro drawn_item(n, k) as cast(floor({ITEMS} * chance(n * 1024 + k, 7) ** 3) as bigint);
create or replace macro code_of(i) as 'X' || lpad(cast(i as varchar), 6, '0');
create or replace macro diag_of(a, b) as
    chr(cast(65 + floor(18 * chance(a, b)) as integer)) ||
    lpad(cast(cast(floor(100 * chance(a, b + 1) ** 2) as integer) as varchar), 2, '0')
"""
HEAD = """
select
    n, 'S' || n as setl_id, 'M' || n as mdtrt_id,
    cast(floor($people * chance(n, 1) ** 2) as bigint) as person,
    cast(floor($providers * chance(n, 2) ** 2.2) as bigint) as provider,
    n % 7 = 0 as is_inpatient,
    make_date($year, 1, 1) + cast(floor(365 * chance(n, 3)) as integer) as enddate,
    case when n % 7 = 0 then 20 + cast(floor(70 * chance(n, 4) ** 2) as bigint)
         else 1 + cast(floor(18 * chance(n, 4) ** 1.5) as bigint) end as lines
from range($settlements) as r (n)
"""
SETTLEMENT = """
select
    setl_id, n as setl_no, 'setl_d' as source, mdtrt_id, 'P' || person as psn_id,
    cast(1 + person % 2 as varchar) as gend,
    make_date($year - 1 - cast(person % 90 as integer), 6, 15) as brdy, person % 90 as age,
    case when person % 3 = 0 then '310' else '390' end as insutype, '330199' as insu_admdvs,
    'H' || provider as fixmedins_code, '机构' || provider as fixmedins_name,
    case when provider % 100 = 99 then '11' else '0' || (3 + 2 * (provider % 3)) end as hosp_lv,
    case when is_inpatient then '21' when n % 1000 = 1 then '19' when n % 5 = 0 then '14' when n % 11 = 0 then '41'
         else '11' end as med_type,
    is_inpatient, enddate - case when is_inpatient then cast(2 + n % 9 as integer) else 0 end as begndate, enddate,
    enddate + to_seconds(cast(28800 + n % 36000 as bigint)) as setl_time, date_trunc('month', enddate) as month,
    $year || 'Q' || quarter(enddate) as quarter, case when is_inpatient then '3' else '1' end as hi_paymtd,
    cast(is_inpatient as integer) as bundled, '2' as setl_type, '2' as pay_loc,
    case when not is_inpatient and n % 5 = 0 then diag_of(n, 30) end as dise_codg, '1' as dscg_way,
    '0' as mid_setl_flag, 'none' as refund_state, amount as medfee_sumamt, amount as inscp_scp_amt,
    amount as net_medfee_sumamt, amount as net_hifp_pay, 0 as net_cvlserv_pay, 0 as net_hifes_pay, 0 as net_hifmi_pay,
    0 as net_hifob_pay, 0 as net_hifdm_pay, 0 as net_maf_pay, 0 as net_oth_pay, 0 as net_acct_pay,
    0 as net_acct_mulaid_pay, amount as net_fund, 0 as psn_part_amt, amount as pay_std,
    case when is_inpatient then 'DRG' end as grp_type, case when is_inpatient then '2.0' end as grp_ver,
    case when is_inpatient then diag_of(n, 40) || '5' end as grp_code,
    case when is_inpatient then 1 + n % 40 * 0.1 end as wt,
    amount as paid, amount as paid_hifp_pay, 'provider' as liable, 'local' as recovery_route
from (select *, cast(lines * 137.5 as decimal(16, 2)) as amount from head)
"""
# an item that sex or age rules out becomes another, but for one in a thousand; a companion follows its item.
# `source` has a row a line: n, k, lines, person
FITTING = """
drawn as (
    select h.*, drawn_item(n, k) as own, drawn_item(n, k - 1) as before from {source} as h
),
fitting as (
    select *, case
        when k > 0 and before % 20 = 9 then before + 1
        when chance(n * 1024 + k, 8) < 0.001 then own
        when own % 20 in (1, 2) and own % 20 <> 1 + person % 2 then own + 3
        when own % 20 = 7 and person % 90 >= 18 then own + 4
        when own % 20 = 9 and k = lines - 1 then own + 2
        else own end as item
    from drawn
)"""
_HEADS = "(select *, unnest(range(lines)) as k from head where n >= $first and n < $until)"
LINE = f"""
with {FITTING.format(source=_HEADS)},
counted as (
    select *, case when chance(n * 1024 + k, 9) < 0.0001 then 60 else 1 + (n + k) % 3 end as cnt,
        (1 + item % 500) * case when chance(n * 1024 + k, 10) < 0.001 then 2 else 1 end as pric,
        enddate - case when is_inpatient then cast((n + k) % (2 + n % 9) as integer) else 0 end as day
    from fitting
)
select
    'L' || n || '-' || k as bkkp_sn, setl_id, n as setl_no, $codes + item as code_no, mdtrt_id,
    'P' || person as psn_id, 'H' || provider as fixmedins_code,
    enddate + to_seconds(cast(28800 + n % 36000 as bigint)) as setl_time, date_trunc('month', enddate) as month,
    $year || 'Q' || quarter(enddate) as quarter,
    day + to_seconds(cast(21600 + (n + k * 61) % 7200 as bigint)) as fee_ocur_time,
    day as service_date, code_of(item) as item_code, 'C' || item as hilist_code, '项目' || item as item_name,
    case when item % 10 < 5 then '09' when item % 10 < 7 then '03' when item % 10 = 7 then '07'
         when item % 10 = 8 then '08' else '05' end as med_chrgitm_type,
    '01' as chrgitm_lv, cnt, pric, cnt * pric as det_item_fee_sumamt, cnt * pric as inscp_scp_amt, 0 as overlmt_amt,
    0 as fulamt_ownpay_amt, 0 as preselfpay_amt, 'D' || n % 30 as dept_code,
    'DR' || provider || '-' || n % 40 as dr_code,
    case when item % 10 < 5 then 'R' || n || '-' || k // 6 end as rxno,
    case when item % 10 < 5 then cnt * 2 end as prd_days,
    case when item % 10 < 5 then cnt * 2 end as net_prd_days, 'settled' as state, false as refunded
from counted
"""
OTHERS = {
    "core.stay": "select mdtrt_id, psn_id, fixmedins_code, begndate, enddate, 1 as settlements, "
    "setl_id as first_setl_id, "
    "setl_id as last_setl_id, setl_time as last_setl_time, false as interim, net_fund from core.settlement "
    "where is_inpatient",
    "core.diagnosis": "select setl_id, n as setl_no, dense_rank() over (order by diag_code) as code_no, diag_code, "
    "'诊断' as diag_name, '1' as diag_type, d = 0 as is_main, true as is_icd, d + 1 as diag_srt_no from "
    "(select *, diag_of(n * 4 + d, 20) as diag_code from (select *, unnest(range(1 + n % 3)) as d from head) as r) "
    "as c order by setl_id",
    "core.operation": "select setl_id, n as setl_no, $codes + $items + 100 * (n % 87) + n % 80 as code_no, "
    "lpad(cast(n % 87 as varchar), 2, '0') || '.' || 10 + n % 80 as oprn_oprt_code, "
    "'手术' as oprn_oprt_name, enddate as oprn_oprt_date, true as is_main from head where is_inpatient and n % 3 = 0",
    "core.person": "select distinct psn_id, person_no from core.settlement",
    "core.code": "select 'item' as kind, item_code as code, hilist_code, min(code_no) as code_no from core.fee_line "
    "group by item_code, hilist_code union all select 'diagnosis', diag_code, '', min(code_no) from core.diagnosis "
    "group by diag_code union all select 'operation', oprn_oprt_code, '', min(code_no) from core.operation "
    "group by oprn_oprt_code",
    "core.provider": "select 'H' || i as fixmedins_code, '机构' || i as fixmedins_name, '1' as fixmedins_type, "
    "case when i % 100 = 99 then '11' else '0' || (3 + 2 * (i % 3)) end as hosp_lv, '1' as biznat, "
    "'general' as spec_type, "
    "'330199' as admdvs, 100 as bed_cnt from range($providers) as p (i)",
    "cur.hilist_b": f"select 'C' || i as hilist_code, '项目' || i as hilist_name from range({ITEMS}) as p (i)",
    # purchases of the providers that report stock, a little less than they bill
    "cur.purc_d": "select 'D' || row_number() over () as doc_sn, fixmedins_code, item_code as med_list_codg, "
    "sum(cnt) as cnt, month as ocur_time from core.fee_line where fixmedins_code in ('H3', 'H30', 'H300') "
    "and med_chrgitm_type = '09' group by fixmedins_code, item_code, month",
}  # fmt: skip
_NUMBER = f"(k * {STEP} + $number) % {ITEMS}"
_ANY = f"code_of({_NUMBER})"
_OF_20 = "code_of((k % 3000) * 20 + {0})"
_AFTER = f"code_of((k * {STEP} + $number + 30011) % {ITEMS})"
# by table: subject of the k-th point of a rule, and its limits
LIMITS = {
    "kp_sex": (
        f"case when k < 3000 then {_OF_20.format(1)} else {_OF_20.format(2)} end",
        "case when k < 3000 then '1' else '2' end as gend",
    ),
    "kp_age": (_ANY, f"0 as age_min, case when {_NUMBER} % 20 = 7 then 17 else 110 end as age_max"),
    "kp_visit": (_ANY, "'11|14|21|41' as med_types"),
    "kp_level": (_ANY, "'09' as hosp_lv_max"),
    "kp_price": (_ANY, f"1 + (k * {STEP} + $number) % {ITEMS} % 500 as pric_uplmt_amt"),
    "kp_frequency": (_ANY, "'day' as per, 50 as max_cnt"),
    "kp_amount": (_ANY, "'month' as per, 100000 as max_amount"),
    "kp_supply": (_ANY, "'month' as per, 100 as max_days"),
    "kp_exclusive": (_ANY, f"{_AFTER} as other_code, case when k % 2 = 0 then 'day' else 'visit' end as scope"),
    "kp_interaction": (_ANY, f"{_AFTER} as other_code, 7 as days"),
    "kp_companion": (
        _OF_20.format(9),
        f"{_OF_20.format(10)} || '|' || code_of((k * 7) % {ITEMS}) as other_codes, 'visit' as scope",
    ),
    "kp_discount": (f"code_of({ITEMS // 2} + (k % 1500) * 20 + 13)", "0.5 as ratio"),
    "kp_diagnosis": (
        _ANY,
        "case when k % 2 = 0 then 'forbids' else 'needs' end as mode, case when k % 2 = 0 then 'R9' || k % 10 "
        "|| '*' else 'A*|B*|C*|D*|E*|F*|G*|H*|I*|J*|K*|L*|M*|N*|O*|P*|Q*|R0*' end as diag_codes",
    ),
}  # fmt: skip
CODED = {
    "diagnosis": "'R' || 90 + k",
    "operation": "lpad(cast(k % 87 as varchar), 2, '0') || '.' || 10 + k // 87 % 80",
    "stay": "chr(cast(65 + k % 18 as integer)) || lpad(cast(k // 18 % 100 as varchar), 2, '0')",
}
MOST = {
    "kp_sex": 6_000,
    "kp_companion": 3_000,
    "kp_discount": 1_500,
    "diagnosis": 10,
    "operation": 3_000,
    "stay": 1_800,
}


def fill(engine: Engine, lines: int, points: int, year: int = YEAR) -> None:
    """Make every table of `cur` and `core` in a warehouse without any: about so many fee lines, so many points."""
    given(engine)
    build(engine, Config())
    for macro in MACROS.strip().split(";"):
        engine.con.execute(macro)
    settlements = max(lines // LINES_A_SETTLEMENT, 1_000)
    sizes = {"people": max(settlements // 6, 100), "providers": PROVIDERS, "year": year, "settlements": settlements}
    engine.con.execute(f"create temp table head as {HEAD}", sizes)
    _insert(engine, "core.settlement", SETTLEMENT, {"year": year})
    step = 200_000
    for first in range(0, settlements, step):
        _insert(engine, "core.fee_line", LINE, {"year": year, "first": first, "until": first + step, "codes": CODES})
    for table, text in OTHERS.items():
        known = {"providers": PROVIDERS, "codes": CODES, "items": ITEMS}
        _insert(engine, table, text, {name: value for name, value in known.items() if f"${name}" in text})
    engine.con.execute("drop table head")
    limit(engine, points)
    for macro in ("chance", "drawn_item", "code_of", "diag_of"):
        engine.con.execute(f"drop macro {macro}")


def limit(engine: Engine, points: int) -> None:
    """Put knowledge points of every rule into the warehouse."""
    for table, text in knowledge_points(points):
        _insert(engine, f"cur.{table}", text, {})


def knowledge_points(
    points: int, limits_by_table: Mapping[str, str] = NO_OTHERS, coded_suffix: str = ""
) -> Iterator[tuple[str, str]]:
    """Table and query for every rule that works from points: equal shares, tables with few fit subjects get fewer.

    Tables named in `limits_by_table` have those limits; diagnoses end with `coded_suffix`.
    """
    rules = [rule for rule in registry() if rule.implemented and rule.knowledge_tables]
    few = [rule for rule in rules if _most(rule) is not None]
    rest = points - sum(_most(rule) or 0 for rule in few)
    share = min(max(rest, 0) // (len(rules) - len(few)) + 1, ITEMS // STEP)
    for number, rule in enumerate(rules):
        table = rule.knowledge_tables[0]
        subject, limits = LIMITS[table]
        limits = limits_by_table.get(table, limits)
        subject = CODED.get(rule.subject_kind, subject)
        if rule.subject_kind in ("diagnosis", "stay"):
            subject += f" || '{coded_suffix}'"
        text = (
            f"select '{rule.rule_id}' as rule_id, {subject} as subject_code, {limits}, "
            f"date '2020-01-01' as valid_from from range({_most(rule) or share}) as r (k)"
        ).replace("$number", str(number))
        yield table, text


def _most(rule: Rule) -> int | None:
    return MOST.get(rule.subject_kind, MOST.get(rule.knowledge_tables[0]))


def _insert(engine: Engine, table: str, text: str, params: dict[str, int]) -> None:
    engine.con.execute(f"insert into {table} by name {text}", params)
