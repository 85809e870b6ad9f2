"""What a manifest says besides the lists: inputs, versions, what was switched off and why."""

from collections.abc import Callable
from typing import Any

from models import due, ingest, rules, sampling
from models.engine import Engine
from models.ingest import store
from models.ingest.keys import fingerprint as key_fingerprint
from models.lists.unfilled import unfilled
from models.session import Session

# what an absent table switches off
SWITCHES = {
    "psn_info_b": "参保人信息：户号、死亡日期 / households, services after death",
    "drg_grp_d": "病组：DRG/DIP 偏差与高编高套 / DRG/DIP deviation and upcoding",
    "drg_std": "病组标准：病例未带的权重 / weights that cases do not bring",
    "pay_par": "支付参数：金额均为暂定 / amounts of DRG/DIP cases stay provisional",
    "basis_b": "依据：均显示“依据待确认” / every basis is shown as unconfirmed",
    "fee_list_d": "费用明细：明细规则 / item rules",
    "setl_list_diag_d": "诊断：诊断规则、孤证升级 / diagnosis rules, tiers that hang on one diagnosis",
    "setl_list_oprn_d": "手术操作：操作规则 / operation rules",
    "hilist_b": "医保目录：目录限价 / caps of the catalogue",
    "nat_data_dic_a": "字典：代码检查 / code-set checks",
    "recovered_d": "已追回：不能冲减 / money returned elsewhere is unknown",
    "decision_d": "处理结果：不能学习 / nothing is learnt from decisions",
    "reply_d": "申辩：答复不可知 / answers to notices are unknown",
    "complaint_d": "投诉举报：年度计划没有举报线索 / no complaint leads the plan",
    "inspection_d": "检查记录：不能按上次检查安排 / earlier inspections are unknown to the plan",
    "fund_budget_d": "预算与总额：基金预警没有预算可比 / the fund watch has no budget to compare with",
    "mdtrt_d": "就诊：住院号 / hospital numbers",
}


def manifest_facts(session: Session, period: str) -> dict[str, Any]:
    """Keyword arguments of `write_manifest` that do not depend on the lists themselves."""
    engine = session.engine
    review = sampling.published(engine, period, session.config)
    groupings = engine.con.execute(
        "select distinct grp_type || ' ' || grp_ver from core.settlement where grp_ver is not null order by 1"
    ).fetchall()
    return {
        "as_of": due.as_of(session),
        "inputs": ingest.input_rows(engine),
        "key_fingerprint": key_fingerprint(session.key),
        "seeds": {"config": session.config.seed},
        "rule_versions": {rule.rule_id: rule.version for rule in rules.registry() if rule.implemented},
        "grouping_versions": [str(row[0]) for row in groupings],
        "switched_off": _of_load(session, switched_off),
        "recovered_until": _recovered_until(session),
        "warnings": _warnings(session, period),
        **({"review": review} if review else {}),
    }


def _recovered_until(session: Session) -> str | None:
    """The day of the last recovery loaded: what came back later pays off what these lists put forward."""
    day = session.engine.frame("select max(decided_on) as day from cur.recovered_d")["day"][0]
    return day.isoformat() if day else None


def switched_off(session: Session) -> list[str]:
    """What absent tables and empty knowledge points switch off, a line each."""
    waiting = [f"{row.rule_id} {row.name}: {row.note}" for row in rules.coverage(session.engine) if row.points == 0]
    return [*absent(session), *waiting]


def absent(session: Session) -> list[str]:
    """What tables that nobody delivered and columns that nobody fills switch off, a line each."""
    there = ingest.delivered(session.engine)
    tables = [f"{table}: {what}" for table, what in SWITCHES.items() if table not in there]
    return [*tables, *unfilled(session.engine)] if there else tables


def _warnings(session: Session, period: str) -> list[str]:
    accepted: list[str] = []
    if session.engine.exists("meta.accepted_quality"):
        accepted = [
            f"质量闸门已放行 / quality gate accepted for {row[0]}: {row[1]}"
            for row in session.engine.con.execute(
                "select distinct period, reason from meta.accepted_quality where period = $period order by 1, 2",
                {"period": period},
            ).fetchall()
        ]
    levels = without_levels(session.engine, period) if "Q" in period else []
    return [*accepted, *_rests_on_less(session, period), *levels, *_of_load(session, _remarks)]


def _of_load(session: Session, tell: Callable[[Session], list[str]]) -> list[str]:
    """What is told of the data as loaded, the same for every period: looked up once a session and load."""
    key = (tell.__name__, store.info(session.engine, "generation") or "")
    if key not in session.told:
        session.told[key] = tell(session)
    return session.told[key]


def _remarks(session: Session) -> list[str]:
    engine = session.engine
    delivered = [*ingest.remarks(engine), *aimless_recoveries(engine)]
    return [*delivered, *rules.check_knowledge(engine), *rules.knowledge_remarks(engine)]


def aimless_recoveries(engine: Engine) -> list[str]:
    """Told where money came back for nothing named: it can lower no claim."""
    found = engine.frame(
        "select count(*) as n, sum(fund_amount) as fund from cur.recovered_d "
        "where setl_id is null and bkkp_sn is null and (fixmedins_code is null or period is null)"
    )
    rows, fund = found.row(0)
    if not rows:
        return []
    return [
        f"recovered_d: {rows} 行（{fund} 元）既无结算或明细，也无机构和期间，不能冲减 / rows name neither settlement, "
        "line nor provider and period, so they lower no claim; deliver them again with one of these"
    ]


def without_levels(engine: Engine, period: str) -> list[str]:
    """Told where a quarter has grouped cases but nobody could be judged for upcoding."""
    judged = "score.upcoding_provider"
    if engine.exists(judged):
        row = engine.frame(f"select count(*) as n from {judged} where period = $period", {"period": period})
        if row.item():
            return []
    grouped = engine.frame(
        "select count(*) as n from core.settlement where quarter = $period and grp_code is not null", {"period": period}
    ).item()
    if not grouped:
        return []
    return [
        f"upcoding_provider：{period} 有分组病例 {grouped} 例，但没有同类机构可比的病组层级"
        "（DRG 看严重程度位与内科病组的权重，DIP 看分值），高编高套清单为空 / "
        f"{grouped} grouped cases, but no family of groups whose levels enough peers billed "
        "(DRG: severity digits and weights of medical groups, DIP: weights), so the upcoding lists are empty"
    ]


def _rests_on_less(session: Session, period: str) -> list[str]:
    """Told where a quarter before is loaded but not made: `jicha run` makes it first, the UI makes what it is asked."""
    unmade = due.unmade_before(session, period) if "Q" in period else []
    if not unmade:
        return []
    return [
        f"所依据的季度尚未生成或其数据已变化：{'、'.join(unmade)}。先生成它们，再重做 {period} / quarters it rests "
        f"on are not made, or made of other data: {', '.join(unmade)}. Make them first, then {period} again"
    ]
