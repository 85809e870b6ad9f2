"""The gate: failed checks stop the lists unless somebody takes them over with a reason, which is recorded."""

import json

from models.engine import Engine
from models.errors import GateBlocked, UsageError
from models.quality.result import QualityResult

_TABLE = "create table if not exists meta.accepted_quality (period varchar, reason varchar, checks varchar)"


def accept(engine: Engine, result: QualityResult, reason: str) -> None:
    """Record in meta.accepted_quality, per blocked period, the reason and the failed checks (JSON list).

    The same acceptance is recorded once. Raises UsageError for an empty reason.
    """
    if not reason.strip():
        raise UsageError("放行理由不能为空 / --accept-quality needs a reason, e.g. --accept-quality '已核对原始单据'.")
    engine.con.execute(_TABLE)
    for period in result.periods:
        failed = sorted(check.check_id for check in result.blocked if check.period == period)
        if not failed:
            continue
        values = {"period": period, "reason": reason.strip(), "checks": json.dumps(failed)}
        engine.con.execute(
            "delete from meta.accepted_quality where period = $period and reason = $reason and checks = $checks", values
        )
        engine.con.execute("insert into meta.accepted_quality values ($period, $reason, $checks)", values)


def gate(engine: Engine, result: QualityResult, reason: str | None) -> None:
    """Let the lists be made, or raise GateBlocked that names every failed check; a reason lets them pass, recorded."""
    if not result.blocked:
        return
    if reason is not None:
        accept(engine, result, reason)
        return
    lines = [f"  {check.period} {check.check_id}: {check.message}" for check in result.blocked]
    raise GateBlocked(
        "数据质量不过关，清单未生成 / the quality gate stopped the lists:\n"
        + "\n".join(lines)
        + "\n修正数据后重跑；或用 --accept-quality 理由 放行；限度在 config.yaml 的 quality.fail_rate 中"
        " / mend the data and run again, pass --accept-quality REASON, or set quality.fail_rate in config.yaml."
    )
