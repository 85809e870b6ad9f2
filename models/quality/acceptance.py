"""Taking failed checks over: with a reason, which is recorded, they stop the lists no more."""

import json

from models.engine import Engine
from models.errors import UsageError
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
